/* SPDX-License-Identifier: Apache-2.0 */
#include "tiny-run.h"

#include <string.h>

#include "core/data/sample.h"

void
tiny_write_sample (const char *folder)
{
  g_autoptr (GError) error = NULL;

  smalti_sample_write (folder, 8, 3, 48, NULL, &error);
  g_assert_no_error (error);
}

static void
set (SmaltiSpec *spec, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;

  smalti_spec_set (spec, key, value, &error);
  g_assert_no_error (error);
}

SmaltiSpec *
tiny_spec (const char *data, ...)
{
  static const char *const settings[][2] = {
    { "threads", "1" },      { "loader_threads", "2" },   { "precision", "f32" },         { "method.grid", "2" },
    { "method.tile", "16" }, { "method.gap", "2" },       { "method.permutations", "8" }, { "method.fc6", "16" },
    { "method.fc7", "32" },  { "backbone.width", "0.2" }, { "train.batch", "8" },         { "train.epochs", "3" },
    { "train.lr", "0.05" },  { "train.n_previews", "3" }, { "eval.protocol", "none" },
  };
  SmaltiSpec *spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn-small"));
  const char *key;
  va_list more;

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    set (spec, settings[i][0], settings[i][1]);
  set (spec, "data.path", data);
  va_start (more, data);
  while ((key = va_arg (more, const char *)) != NULL)
    set (spec, key, va_arg (more, const char *));
  va_end (more);
  return spec;
}

char *
tiny_hash (const char *store, gint64 run)
{
  g_autofree char *folder = g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT, store, run);
  g_autoptr (GError) error = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree const char **names = NULL;
  SmaltiPosition position;
  g_autoptr (SmaltiTensorFile) file = smalti_checkpoint_read (folder, &position, &error);
  guint n;

  g_assert_no_error (error);
  g_assert_nonnull (file);
  g_assert_cmpuint (position.step, ==, position.n_steps);
  names = smalti_tensor_file_names (file, &n);
  for (guint i = 0; i < n; i++)
    if (!g_str_has_prefix (names[i], "optimizer."))
      {
        const SmaltiTensor *tensor = smalti_tensor_file_get (file, names[i]);

        g_checksum_update (checksum, (const guchar *)names[i], strlen (names[i]));
        g_checksum_update (checksum, tensor->data, tensor->n_bytes);
      }
  return g_strdup (g_checksum_get_string (checksum));
}
