/* SPDX-License-Identifier: Apache-2.0 */
/* smalti predict: the task of a trained run on the user's own pictures. */
#include <inttypes.h>
#include <errno.h>
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/trained.h"
#include "app/work.h"

static const CliOption options[] = {
  { "out", 'o', CLI_FOLDER, N_ ("DIR"), N_ ("Folder the pictures are written to; made when it is not there"),
    .required = TRUE },
  { "seed", 0, CLI_WHOLE, N_ ("N"), N_ ("Which puzzle is drawn (1)"), .max = 9007199254740992.0 },
  { "temperature", 0, CLI_NUMBER, N_ ("T"),
    N_ ("Of colours: 1 is the mean (dull), near 0 the most likely (patchy); the run's own"), .min = 0, .max = 10 },
  { NULL },
};

typedef struct
{
  const CliInvocation *invocation;
  SmaltiRunInfo *info;
  char *folder;      /* of the run */
  GHashTable *names; /* files written by this call */
  guint n_failed;
} Prediction;

/* What is known of one picture, on its way to the main loop. */
typedef struct
{
  char *image, *file, *color_file;
  SmaltiPreview *preview;
  GError *error;
} Answer;

static void
answer_free (Answer *self)
{
  g_free (self->image);
  g_free (self->file);
  g_free (self->color_file);
  g_clear_pointer (&self->preview, smalti_preview_free);
  g_clear_error (&self->error);
  g_free (self);
}

static void
answer_as_json (const Answer *self)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_json_string (builder, "image", self->image);
  if (self->error != NULL)
    cli_json_string (builder, "error", self->error->message);
  else
    {
      cli_json_string (builder, "file", self->file);
      if (self->color_file != NULL)
        cli_json_string (builder, "color_file", self->color_file);
      cli_json_string (builder, "caption", self->preview->caption);
      cli_json_bool (builder, "correct", self->preview->correct);
      cli_json_number (builder, "score", self->preview->score);
      cli_json_array (builder, "top");
      for (guint i = 0; i < G_N_ELEMENTS (self->preview->top) && self->preview->top[i].label != NULL; i++)
        {
          json_builder_begin_object (builder);
          cli_json_string (builder, "label", self->preview->top[i].label);
          cli_json_number (builder, "probability", self->preview->top[i].probability);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  cli_json_end (builder);
}

/* On the main loop's thread. */
static gboolean
tell (gpointer data)
{
  const Answer *self = data;

  if (cli_output_json ())
    answer_as_json (self);
  if (self->error != NULL)
    {
      cli_warn ("%s", self->error->message);
      return G_SOURCE_REMOVE;
    }
  cli_say ("%s: %s", self->image, self->preview->caption != NULL ? self->preview->caption : "");
  for (guint i = 0; i < G_N_ELEMENTS (self->preview->top) && self->preview->top[i].label != NULL; i++)
    cli_say ("  %5.1f%%  %s", 100 * self->preview->top[i].probability, self->preview->top[i].label);
  cli_note ("  %s", self->file);
  if (self->color_file != NULL)
    cli_note ("  %s", self->color_file);
  return G_SOURCE_REMOVE;
}

/* OUT/name-what.png, "-2" and so on after it where this call has written that name already. */
static char *
new_file (Prediction *self, const char *image, const char *what)
{
  g_autofree char *base = g_path_get_basename (image);
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  for (guint n = 1;; n++)
    {
      g_autofree char *name
          = n == 1 ? g_strdup_printf ("%s-%s.png", base, what) : g_strdup_printf ("%s-%s-%u.png", base, what, n);

      if (g_hash_table_add (self->names, g_strdup (name)))
        return g_build_filename (cli_text (self->invocation, "out"), name, NULL);
    }
}

static gboolean
predict (Prediction *self, SmaltiModel *model, Answer *answer, GError **error)
{
  guint64 seed = cli_whole (self->invocation, "seed", 1);
  const char *method = smalti_spec_get_method (smalti_model_get_spec (model))->id;
  g_autoptr (SmaltiImage) image = smalti_image_load (answer->image, 0, error);
  g_autoptr (SmaltiImage) strip = NULL;

  if (image == NULL)
    return FALSE;
  answer->preview = smalti_model_predict (model, image, seed, error);
  if (answer->preview == NULL)
    return FALSE;
  strip = smalti_preview_render (answer->preview);
  answer->file = new_file (self, answer->image, method);
  if (!smalti_image_save_png (strip, answer->file, error))
    return FALSE;
  if (strcmp (method, "colorization") == 0)
    {
      g_autoptr (SmaltiImage) colored
          = smalti_model_colorize_at (model, image, cli_number (self->invocation, "temperature", -1), error);

      if (colored == NULL)
        return FALSE;
      answer->color_file = new_file (self, answer->image, "color");
      return smalti_image_save_png (colored, answer->color_file, error);
    }
  return TRUE;
}

static gboolean
work (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Prediction *self = user_data;
  guint n_images = self->invocation->arguments->len - 1;
  g_autoptr (SmaltiModel) model = NULL;

  model = cli_trained_open (self->invocation, self->info, self->folder, error);
  if (model == NULL)
    return FALSE;
  if (smalti_spec_get_method (smalti_model_get_spec (model))->preview == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Run %" PRId64 " is of method %s, which learns nothing that could be asked; choose another."),
                   self->info->id, self->info->method);
      return FALSE;
    }
  if (g_mkdir_with_parents (cli_text (self->invocation, "out"), 0777) != 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not make the folder “%s”: %s."),
                   cli_text (self->invocation, "out"), g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < n_images; i++)
    {
      Answer *answer = g_new0 (Answer, 1);

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_free (answer);
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped after %u of %u pictures."), i,
                       n_images);
          return FALSE;
        }
      cli_work_phase (_ ("Answering"), i, n_images, NULL);
      answer->image = g_strdup (cli_argument (self->invocation, i + 1));
      if (!predict (self, model, answer, &answer->error))
        self->n_failed++;
      g_idle_add_full (G_PRIORITY_DEFAULT, tell, answer, (GDestroyNotify)answer_free);
    }
  if (self->n_failed == 0)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("%u of %u pictures could not be answered."), self->n_failed,
               n_images);
  return FALSE;
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  g_autoptr (SmaltiStore) store = smalti_store_open (cli_text (invocation, "store"), error);
  g_autoptr (SmaltiRunInfo) info = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *folder = NULL;
  Prediction self = { invocation };

  if (store == NULL)
    return FALSE;
  info = smalti_store_find_run (store, cli_argument (invocation, 0), error);
  if (info == NULL)
    return FALSE;
  folder = smalti_store_get_run_folder (store, info->id);
  self.info = info;
  self.folder = folder;
  self.names = names;
  return cli_work (work, &self, error);
}

const CliCommand cli_predict_command = {
  .name = "predict",
  .summary = N_ ("Let a trained run answer: puzzles solved, pictures coloured"),
  .details
  = N_ ("Writes for each picture a PNG of what the network got, what it answered and the truth; for colorization also "
        "the picture coloured at its full size."),
  .uses = CLI_COMPUTES | CLI_STORES,
  .argument = { { N_ ("RUN"), CLI_RUN }, { N_ ("IMAGE"), CLI_FILE, .repeats = TRUE } },
  .options = options,
  .example = { { "smalti predict last holiday.jpg --out answers", N_ ("The newest run on one picture.") } },
  .run = run,
};
