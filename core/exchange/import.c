/* SPDX-License-Identifier: Apache-2.0 */
/* The backbone is built as a graph, and the graph asks for its weights: names are compared in both directions before
 * anything is stored. While its checkpoint is written the entry is a run that is running and locked, so that a program
 * that is killed leaves a lost run and never one that looks whole. */
#include "core/exchange/import.h"

#include <string.h>

#include "core/base/error.h"
#include "core/exchange/torch-file.h"
#include "core/exchange/torch-names.h"
#include "core/run/checkpoint.h"

#define N_NAMED 3

typedef struct
{
  const char *path;
  SmaltiTensorFile *file;
  char *sha256;
  char *prefix; /* before the names in the file */
  SmaltiBackboneChoice choice;
  SmaltiSpec *spec;
  SmaltiPretext *pretext;
  SmaltiGraph *graph;
  GHashTable *used; /* names in the file */
  gint64 n_params;
} Import;

static void
import_clear (Import *self)
{
  g_clear_pointer (&self->file, smalti_tensor_file_free);
  g_clear_pointer (&self->graph, smalti_graph_free);
  g_clear_pointer (&self->pretext, smalti_pretext_free);
  g_clear_pointer (&self->spec, smalti_spec_unref);
  g_clear_pointer (&self->used, g_hash_table_unref);
  smalti_backbone_choice_clear (&self->choice);
  g_free (self->prefix);
  g_free (self->sha256);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

/* The file */

/* Its SHA-256, and in @head how it begins. */
static gboolean
look_at (Import *self, guint8 *head, gsize *n_head, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &reason);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (1 << 16);
  gssize n = 0;

  *n_head = 0;
  while (stream != NULL && (n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, 1 << 16, NULL, &reason)) > 0)
    {
      for (gssize i = 0; i < n && *n_head < 2; i++)
        head[(*n_head)++] = buffer[i];
      g_checksum_update (checksum, buffer, n);
    }
  if (reason != NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not read “%s”: %s."), self->path, reason->message);
      return FALSE;
    }
  self->sha256 = g_strdup (g_checksum_get_string (checksum));
  return TRUE;
}

static gboolean
read_file (Import *self, GError **error)
{
  guint8 head[2];
  gsize n_head;

  if (!g_file_test (self->path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no file “%s”."), self->path);
      return FALSE;
    }
  if (!look_at (self, head, &n_head, error))
    return FALSE;
  self->file = smalti_torch_file_is (head, n_head) ? smalti_torch_file_read (self->path, error)
                                                   : smalti_tensor_file_read (self->path, error);
  if (self->file == NULL)
    return FALSE;
  self->prefix = smalti_torch_prefix (self->file);
  return TRUE;
}

/* "a, b, c and 4 more" */
static char *
first_names (const GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < names->len && i < N_NAMED; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
  if (names->len > N_NAMED)
    g_string_append_printf (text,
                            /* Translators: follows a list of names */
                            g_dngettext (GETTEXT_PACKAGE, " and %u more", " and %u more", names->len - N_NAMED),
                            names->len - N_NAMED);
  return g_string_free (text, FALSE);
}

/* The backbone */

static gboolean
refuse_unknown (const Import *self, GError **error)
{
  g_autofree const char **names = smalti_tensor_file_names (self->file, NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GString) backbones = g_string_new (NULL);
  g_autofree char *first = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer)names[i]);
  for (const SmaltiBackboneClass *const *b = smalti_backbones (); *b != NULL; b++)
    g_string_append_printf (backbones, "%s%s", backbones->len > 0 ? ", " : "", (*b)->id);
  first = first_names (all);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
               _ ("What backbone the weights in “%s” (%s) are of can't be told from them; name it with --backbone, one "
                  "of: %s."),
               self->path, first, backbones->str);
  return FALSE;
}

static gboolean
choose_backbone (Import *self, const char *asked, GError **error)
{
  const SmaltiBackboneClass *backbone = asked != NULL ? smalti_backbone_find (asked) : NULL;
  g_autoptr (GError) reason = NULL;

  if (smalti_torch_guess (self->file, self->prefix, &self->choice, &reason)
      && (backbone == NULL || backbone == self->choice.backbone) && (asked == NULL || backbone != NULL))
    return TRUE;
  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  smalti_backbone_choice_clear (&self->choice);
  if (asked == NULL)
    return refuse_unknown (self, error);
  self->choice.backbone = backbone; /* %NULL: the spec will say what there is */
  return TRUE;
}

static gboolean
set (Import *self, const char *key, const char *value, GError **error)
{
  return smalti_spec_set (self->spec, key, value, error);
}

static gboolean
copy_backbone_settings (Import *self, GError **error)
{
  if (self->choice.values == NULL)
    return TRUE;
  for (const SmaltiParam *param = self->choice.backbone->params; param->key != NULL; param++)
    {
      g_autofree char *text = smalti_values_get_text (self->choice.values, param->key);

      if (!smalti_values_set (smalti_spec_get_values (self->spec, "backbone"), param->key, text, error))
        return FALSE;
    }
  return TRUE;
}

/* What smalti export has written of how images became numbers. */
static gboolean
copy_input_settings (Import *self, GError **error)
{
  static const char *const keys[] = { "size", "input", "mean", "deviation" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *key = g_strconcat ("smalti.", keys[i], NULL);
      const char *text = smalti_tensor_file_get_metadata (self->file, key);

      if (text != NULL && !smalti_values_set (smalti_spec_get_values (self->spec, "method"), keys[i], text, error))
        return FALSE;
    }
  return TRUE;
}

/* One channel in: lightness. */
static gboolean
takes_light (const Import *self)
{
  static const char *const firsts[] = { "conv1.weight", "features.0.weight", "model1.0.weight" };

  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++)
    {
      g_autofree char *name = g_strconcat (self->prefix, firsts[i], NULL);
      const SmaltiTensor *first = smalti_tensor_file_get (self->file, name);

      if (first != NULL)
        return first->shape.n_dims == 4 && first->shape.dim[1] == 1;
    }
  return FALSE;
}

static char *
file_name (const Import *self)
{
  g_autofree char *base = g_path_get_basename (self->path);

  return g_utf8_make_valid (base, -1);
}

static gboolean
set_name (Import *self, const char *name, GError **error)
{
  static const char *const endings[] = { ".tar", ".safetensors", ".bin", ".pt", ".pth" };
  g_autofree char *own = file_name (self);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) /* .pth.tar has two */
    if (g_str_has_suffix (own, endings[i]) && strlen (own) > strlen (endings[i]))
      own[strlen (own) - strlen (endings[i])] = '\0';
  return set (self, "name", name != NULL ? name : own, error);
}

static gboolean
apply_settings (Import *self, const char *const *settings, GError **error)
{
  for (; settings != NULL && *settings != NULL; settings++)
    {
      const char *equals = strchr (*settings, '=');
      g_autofree char *key = equals != NULL ? g_strndup (*settings, equals - *settings) : NULL;

      if (key == NULL || !(g_str_has_prefix (key, "method.") || g_str_has_prefix (key, "backbone."))
          || strcmp (key, "method.name") == 0 || strcmp (key, "backbone.name") == 0)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("“--set %s” is no setting of imported weights, as “--set method.size=64” is."), *settings);
          return FALSE;
        }
      if (!set (self, key, equals + 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_spec (Import *self, const SmaltiImportOptions *options, GError **error)
{
  g_autofree char *source = file_name (self);

  self->spec = smalti_spec_new (smalti_pretext_find ("imported"),
                                self->choice.backbone != NULL ? self->choice.backbone : smalti_backbones ()[0]);
  return (self->choice.backbone != NULL || set (self, "backbone.name", options->backbone, error))
         && copy_backbone_settings (self, error) && copy_input_settings (self, error)
         && (!takes_light (self) || set (self, "method.input", "light", error))
         && apply_settings (self, options->settings, error) && set_name (self, options->name, error)
         && set (self, "method.source", source, error) && set (self, "method.sha256", self->sha256, error);
}

static gboolean
build (Import *self, GError **error)
{
  const SmaltiPretextClass *method = smalti_spec_get_method (self->spec);
  SmaltiPretextGraph parts;

  self->pretext = smalti_pretext_new (method, smalti_spec_get_values (self->spec, "method"), NULL, error);
  if (self->pretext == NULL)
    return FALSE;
  self->graph = smalti_graph_new (FALSE);
  method->build (self->pretext, self->graph, smalti_spec_get_backbone (self->spec),
                 smalti_spec_get_values (self->spec, "backbone"), 1, &parts);
  return smalti_graph_check (self->graph, error);
}

/* The weights */

static gboolean
is_weight (const SmaltiValue *value)
{
  return value->producer->op == SMALTI_OP_PARAM || value->producer->op == SMALTI_OP_STATE;
}

/* The file's tensor for one of the network's, by PyTorch's name or ours; @name (out): how it is called there. */
static SmaltiTensor *
find_tensor (const Import *self, const SmaltiValue *value, char **name)
{
  const char *ours = value->name + strlen (SMALTI_TRUNK_PREFIX);
  g_autofree char *torch = smalti_torch_name (smalti_spec_get_backbone (self->spec),
                                              smalti_spec_get_values (self->spec, "backbone"), ours);
  g_autofree char *full = g_strconcat (self->prefix, torch, NULL), *plain = g_strconcat (self->prefix, ours, NULL);
  SmaltiTensor *tensor = smalti_tensor_file_get (self->file, full);

  if (tensor == NULL && strcmp (full, plain) != 0)
    {
      tensor = smalti_tensor_file_get (self->file, plain);
      if (tensor != NULL)
        {
          *name = g_steal_pointer (&plain);
          return tensor;
        }
    }
  *name = g_steal_pointer (&full);
  return tensor;
}

static gboolean
refuse_weights (const Import *self, const char *format, const GPtrArray *names, GError **error)
{
  g_autofree char *list = first_names (names);
  g_autofree char *what = g_strdup_printf (format, list);

  /* Translators: "The weights in “file” are not of resnet50: it has no conv1.weight, bn1.weight and 3 more." */
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("The weights in “%s” are not of %s: %s."), self->path,
               smalti_spec_get_backbone (self->spec)->id, what);
  return FALSE;
}

/* From ours to the file's: all must be there, in their shapes. */
static gboolean
check_ours (Import *self, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) unlike = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < smalti_graph_get_n_values (self->graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (self->graph, i);
      g_autofree char *name = NULL;
      const SmaltiTensor *tensor;

      if (!is_weight (value))
        continue;
      tensor = find_tensor (self, value, &name);
      if (value->producer->op == SMALTI_OP_PARAM)
        self->n_params += smalti_shape_size (value->shape);
      if (tensor == NULL)
        g_ptr_array_add (missing, g_steal_pointer (&name));
      else if (!smalti_shape_equal (tensor->shape, value->shape))
        {
          g_autofree char *is = smalti_shape_to_text (tensor->shape), *wanted = smalti_shape_to_text (value->shape);

          g_ptr_array_add (unlike, g_strdup_printf (_ ("%s is %s instead of %s"), name, is, wanted));
        }
      else
        g_hash_table_add (self->used, g_steal_pointer (&name));
    }
  if (missing->len > 0)
    return refuse_weights (self, _ ("it has no %s"), missing, error);
  return unlike->len == 0 ? TRUE : refuse_weights (self, "%s", unlike, error);
}

/* "layer1" of "layer1.0.conv1.weight" */
static char *
module_of (const char *name)
{
  const char *dot = strchr (name, '.');

  return dot != NULL ? g_strndup (name, dot - name) : g_strdup (name);
}

/* Back from the file's names: what else is in the backbone's own modules makes it another network. Convolutions that we
 * have not (conv6) in modules of their own are such a part, too, if they are AlexNet's, since they are all named alike.
 */
static gboolean
check_theirs (const Import *self, char **left_out, GError **error)
{
  g_autofree const char **names = smalti_tensor_file_names (self->file, NULL);
  g_autoptr (GHashTable) modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) unexpected = g_ptr_array_new (), rest = g_ptr_array_new ();
  gsize n_prefix = strlen (self->prefix);
  GHashTableIter iter;
  gpointer used;

  g_hash_table_iter_init (&iter, self->used);
  while (g_hash_table_iter_next (&iter, &used, NULL))
    g_hash_table_add (modules, module_of ((const char *)used + n_prefix));
  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean inside = g_str_has_prefix (names[i], self->prefix);
      g_autofree char *module = inside ? module_of (names[i] + n_prefix) : NULL;

      if (g_hash_table_contains (self->used, names[i]) || g_str_has_suffix (names[i], ".num_batches_tracked"))
        continue;
      g_ptr_array_add (inside && g_hash_table_contains (modules, module) ? unexpected : rest, (gpointer)names[i]);
    }
  if (unexpected->len > 0)
    return refuse_weights (self, _ ("it also has %s"), unexpected, error);
  if (left_out != NULL && rest->len > 0)
    {
      g_autofree char *list = first_names (rest);

      *left_out
          = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Left out %u tensor that is no part of the backbone: %s.",
                                          "Left out %u tensors that are no part of the backbone: %s.", rest->len),
                             rest->len, list);
    }
  return TRUE;
}

/* On the reference device, which keeps numbers as they are and touches no setting of the process. */
static gboolean
write_checkpoint (const Import *self, const char *folder, GError **error)
{
  const SmaltiPosition position = { 0 };
  const SmaltiDeviceInfo nowhere = { .name = (char *)"" };
  SmaltiDevice *device = smalti_device_open ("reference", 1, error);
  SmaltiWeights *weights = device != NULL ? smalti_weights_new (device) : NULL;
  gboolean ok = weights != NULL && smalti_weights_add_graph (weights, self->graph, 0, error);

  for (guint i = 0; ok && i < smalti_graph_get_n_values (self->graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (self->graph, i);
      g_autofree char *name = NULL;

      if (is_weight (value))
        ok = smalti_weights_write (weights, value->name, find_tensor (self, value, &name), error);
    }
  ok = ok && smalti_checkpoint_write (folder, self->spec, self->pretext, weights, NULL, &position, &nowhere, error);
  smalti_weights_unref (weights);
  g_clear_pointer (&device, smalti_device_close);
  return ok;
}

/* The store */

static void
replace (char **text, const char *with)
{
  g_free (*text);
  *text = g_strdup (with);
}

/* The entry, running and locked. */
static SmaltiRunInfo *
begin_entry (const Import *self, SmaltiStore *store, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = NULL;
  gint64 id;

  if (!smalti_store_begin (store, error))
    return NULL;
  id = smalti_store_add_run (store, self->spec, error);
  info = id > 0 ? smalti_store_get_run (store, id, error) : NULL;
  if (info != NULL && smalti_store_lock_run (store, id, error))
    {
      info->state = SMALTI_RUN_RUNNING;
      info->started = info->created;
      info->n_params = self->n_params;
      replace (&info->program_version, SMALTI_VERSION);
      replace (&info->phase, "prepare");
      if (smalti_store_update_run (store, info, error) && smalti_store_commit (store, error))
        return g_steal_pointer (&info);
      smalti_store_unlock_run (store, id);
    }
  smalti_store_rollback (store);
  return NULL;
}

static gint64
keep (const Import *self, SmaltiStore *store, const char *note, GError **error)
{
  g_autoptr (SmaltiRunInfo) info = begin_entry (self, store, error);
  g_autofree char *folder = NULL;
  gint64 id = 0;
  gboolean ok;

  if (info == NULL)
    return 0;
  folder = smalti_store_get_run_folder (store, info->id);
  ok = write_checkpoint (self, folder, error)
       && (note == NULL || smalti_store_add_artifact (store, info->id, "log", 0, note, NULL, error));
  if (ok)
    {
      info->state = SMALTI_RUN_DONE;
      info->finished = g_get_real_time ();
      replace (&info->phase, "");
      ok = smalti_store_update_run (store, info, error);
    }
  smalti_store_unlock_run (store, info->id);
  if (ok)
    id = info->id;
  else
    smalti_store_remove_run (store, info->id, NULL);
  return id;
}

gint64
smalti_model_import (SmaltiStore *store, const char *path, const SmaltiImportOptions *options, char **left_out,
                     GError **error)
{
  g_auto (Import) self = { .path = path };
  g_autofree char *note = NULL;
  gint64 id;

  self.used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!read_file (&self, error) || !choose_backbone (&self, options->backbone, error)
      || !make_spec (&self, options, error) || !build (&self, error) || !check_ours (&self, error)
      || !check_theirs (&self, &note, error))
    return 0;
  id = keep (&self, store, note, error);
  if (left_out != NULL)
    *left_out = id > 0 ? g_steal_pointer (&note) : NULL;
  return id;
}
