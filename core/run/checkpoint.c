/* SPDX-License-Identifier: Apache-2.0 */
/* The current checkpoint gets a second name (a hard link) before a new one is renamed over its first: at every instant
 * there is a whole one under the current name, and the one before it under the previous name. */
#include "core/run/checkpoint.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"

#define FORMAT_VERSION "1"
#define CURRENT        "checkpoint.safetensors"
#define PREVIOUS       "checkpoint.previous.safetensors"

static void
set_number (SmaltiTensorFile *file, const char *key, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  smalti_tensor_file_set_metadata (file, key, text);
}

static SmaltiTensorFile *
collect (const SmaltiSpec *spec, SmaltiPretext *pretext, SmaltiWeights *weights, SmaltiOptimizer *optimizer,
         const SmaltiPosition *position, const SmaltiDeviceInfo *device)
{
  SmaltiTensorFile *file = smalti_tensor_file_new ();
  g_autofree char *yaml = smalti_spec_to_yaml (spec, TRUE);
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  smalti_tensor_file_set_metadata (file, "format", "smalti checkpoint");
  smalti_tensor_file_set_metadata (file, "format_version", FORMAT_VERSION);
  smalti_tensor_file_set_metadata (file, "program_version", SMALTI_VERSION);
  smalti_tensor_file_set_metadata (file, "method", smalti_spec_get_method (spec)->id);
  smalti_tensor_file_set_metadata (file, "backbone", smalti_spec_get_backbone (spec)->id);
  set_number (file, "step", position->step);
  set_number (file, "n_steps", position->n_steps);
  set_number (file, "epoch", position->epoch);
  set_number (file, "epoch_step", position->epoch_step);
  set_number (file, "seed", smalti_values_get_int (smalti_spec_get_values (spec, ""), "seed"));
  smalti_tensor_file_set_metadata (file, "seconds", g_ascii_dtostr (seconds, sizeof seconds, position->seconds));
  if (position->planned_at > 0)
    {
      char place[G_ASCII_DTOSTR_BUF_SIZE];

      set_number (file, "planned_at", position->planned_at);
      smalti_tensor_file_set_metadata (file, "planned_place",
                                       g_ascii_dtostr (place, sizeof place, position->planned_place));
    }
  smalti_tensor_file_set_metadata (file, "device", device->name);
  set_number (file, "threads", device->n_threads);
  smalti_tensor_file_set_metadata (file, "spec", yaml);

  smalti_weights_save (weights, file, "");
  if (optimizer != NULL)
    smalti_optimizer_save (optimizer, file);
  if (pretext->klass->save != NULL)
    pretext->klass->save (pretext, file);
  return file;
}

/* Where a file can't have two names, the current one moves: reading then falls back to it. */
static void
keep_previous (const char *current, const char *previous)
{
  if (!g_file_test (current, G_FILE_TEST_EXISTS))
    return;
  g_unlink (previous);
  if (link (current, previous) != 0)
    g_rename (current, previous);
}

gboolean
smalti_checkpoint_write (const char *folder, const SmaltiSpec *spec, SmaltiPretext *pretext, SmaltiWeights *weights,
                         SmaltiOptimizer *optimizer, const SmaltiPosition *position, const SmaltiDeviceInfo *device,
                         GError **error)
{
  g_autoptr (SmaltiTensorFile) file = collect (spec, pretext, weights, optimizer, position, device);
  g_autofree char *current = g_build_filename (folder, CURRENT, NULL);
  g_autofree char *previous = g_build_filename (folder, PREVIOUS, NULL);

  keep_previous (current, previous);
  return smalti_tensor_file_write (file, current, error);
}

static gboolean
get_number (const SmaltiTensorFile *file, const char *key, guint64 *number)
{
  const char *text = smalti_tensor_file_get_metadata (file, key);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, number, NULL);
}

static gboolean
get_position (const SmaltiTensorFile *file, SmaltiPosition *position)
{
  const char *seconds = smalti_tensor_file_get_metadata (file, "seconds");
  const char *place = smalti_tensor_file_get_metadata (file, "planned_place");
  guint64 epoch;

  if (!get_number (file, "step", &position->step) || !get_number (file, "n_steps", &position->n_steps)
      || !get_number (file, "epoch", &epoch) || !get_number (file, "epoch_step", &position->epoch_step)
      || seconds == NULL || epoch > G_MAXUINT32)
    return FALSE;
  position->epoch = epoch;
  position->seconds = g_ascii_strtod (seconds, NULL);
  position->planned_at = 0;
  position->planned_place = place != NULL ? g_ascii_strtod (place, NULL) : 0;
  return place == NULL || get_number (file, "planned_at", &position->planned_at);
}

/* %NULL without an error when there is no such file. */
static SmaltiTensorFile *
read_one (const char *folder, const char *name, SmaltiPosition *position, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (SmaltiTensorFile) file = NULL;
  const char *version;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  file = smalti_tensor_file_read (path, error);
  if (file == NULL)
    return NULL;
  version = smalti_tensor_file_get_metadata (file, "format_version");
  if (g_strcmp0 (smalti_tensor_file_get_metadata (file, "format"), "smalti checkpoint") != 0 || version == NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, _ ("“%s” is no checkpoint of Smalti."), path);
  else if (strcmp (version, FORMAT_VERSION) != 0)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                 _ ("“%s” was written by another version of Smalti (format %s, this one knows %s)."), path, version,
                 FORMAT_VERSION);
  else if (!get_position (file, position))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, _ ("“%s” does not say how far its run was."), path);
  else
    return g_steal_pointer (&file);
  return NULL;
}

SmaltiTensorFile *
smalti_checkpoint_read (const char *folder, SmaltiPosition *position, GError **error)
{
  static const char *const names[] = { CURRENT, PREVIOUS };
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) reason = NULL;
      SmaltiTensorFile *file = read_one (folder, names[i], position, &reason);

      if (file != NULL)
        return file;
      if (first == NULL)
        first = g_steal_pointer (&reason);
    }
  if (first != NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, "%s", first->message);
  return NULL;
}
