/* SPDX-License-Identifier: Apache-2.0 */
/* From the checkpoint, which has all there is, to the file; no device is needed. */
#include "core/exchange/export.h"

#include <string.h>

#include "core/base/error.h"
#include "core/exchange/torch-names.h"
#include "core/run/checkpoint.h"

static SmaltiTensorFile *
read_checkpoint (const char *folder, GError **error)
{
  SmaltiPosition position;
  g_autoptr (GError) reason = NULL;
  SmaltiTensorFile *saved = smalti_checkpoint_read (folder, &position, &reason);

  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else if (saved == NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                 _ ("The run has no checkpoint in “%s”: it has not come so far yet."), folder);
  return saved;
}

static SmaltiSpec *
read_spec (const SmaltiTensorFile *saved, GError **error)
{
  const char *yaml = smalti_tensor_file_get_metadata (saved, "spec");
  g_autoptr (GError) reason = NULL;
  SmaltiSpec *spec = yaml != NULL ? smalti_spec_parse (yaml, _ ("the checkpoint's spec"), NULL, &reason) : NULL;

  if (spec == NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, "%s",
                 reason != NULL ? reason->message : _ ("The checkpoint does not say what network it is of."));
  return spec;
}

static guint
add_trunk (SmaltiTensorFile *file, const SmaltiTensorFile *saved, const SmaltiSpec *spec)
{
  g_autofree const char **names = smalti_tensor_file_names (saved, NULL);
  guint n = 0;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], SMALTI_TRUNK_PREFIX))
      {
        g_autofree char *name
            = smalti_torch_name (smalti_spec_get_backbone (spec), smalti_spec_get_values (spec, "backbone"),
                                 names[i] + strlen (SMALTI_TRUNK_PREFIX));

        smalti_tensor_file_add (file, name, smalti_tensor_file_get (saved, names[i]));
        n++;
      }
  return n;
}

/* "[0.485, 0.456, 0.406]" */
static char *
list_text (const gdouble *channel)
{
  GString *text = g_string_new ("[");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint c = 0; c < 3; c++)
    g_string_append_printf (text, "%s%s", c > 0 ? ", " : "",
                            g_ascii_formatd (number, sizeof number, "%.9g", channel[c]));
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
describe_backbone (SmaltiTensorFile *file, const SmaltiSpec *spec)
{
  const SmaltiBackboneClass *backbone = smalti_spec_get_backbone (spec);

  smalti_tensor_file_set_metadata (file, SMALTI_EXPORT_BACKBONE, backbone->id);
  for (const SmaltiParam *param = backbone->params; param->key != NULL; param++)
    {
      g_autofree char *key = g_strconcat (SMALTI_EXPORT_BACKBONE ".", param->key, NULL);
      g_autofree char *text = smalti_values_get_text (smalti_spec_get_values (spec, "backbone"), param->key);

      smalti_tensor_file_set_metadata (file, key, text);
    }
}

static void
describe_input (SmaltiTensorFile *file, const SmaltiInputForm *form, gint side)
{
  g_autofree char *size = g_strdup_printf ("%d", side);

  smalti_tensor_file_set_metadata (file, "smalti.size", size);
  smalti_tensor_file_set_metadata (file, "smalti.input", form->channels);
  if (strcmp (form->channels, "light") != 0)
    {
      g_autofree char *mean = list_text (form->mean), *deviation = list_text (form->deviation);

      smalti_tensor_file_set_metadata (file, "smalti.mean", mean);
      smalti_tensor_file_set_metadata (file, "smalti.deviation", deviation);
    }
}

static char *
python_string (const char *text)
{
  GString *quoted = g_string_new ("\"");

  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *text == '\n' ? ' ' : *text);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* What a person pastes into Python. */
static char *
python_lines (const SmaltiSpec *spec, const SmaltiInputForm *form, gint side, const char *path)
{
  const char *model
      = smalti_torchvision_model (smalti_spec_get_backbone (spec), smalti_spec_get_values (spec, "backbone"));
  g_autofree char *file = python_string (path);
  GString *out = g_string_new ("from safetensors.torch import load_file\n");

  if (model != NULL)
    {
      g_string_append_printf (out, "import torch, torchvision\nmodel = torchvision.models.%s()\n", model);
      if (strcmp (form->channels, "light") == 0)
        g_string_append_printf (out,
                                strcmp (model, "alexnet") == 0
                                    ? "model.features[0] = torch.nn.Conv2d(1, 64, 11, stride=4, padding=2)\n"
                                    : "model.conv1 = torch.nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)\n");
      /* Translators: a comment in Python */
      g_string_append_printf (out, "model.load_state_dict(load_file(%s), strict=False)  # %s\nmodel.eval()\n", file,
                              _ ("all but the classifier"));
    }
  else
    g_string_append_printf (out, "weights = load_file(%s)\n", file);
  if (strcmp (form->channels, "light") == 0)
    g_string_append_printf (out, "# %s: (L - 50) / 100, L of CIE Lab (D65), 1 x %d x %d\n", _ ("input"), side, side);
  else
    {
      g_autofree char *mean = list_text (form->mean), *deviation = list_text (form->deviation);

      g_string_append_printf (out, "# %s: %s, (x / 255 - %s) / %s, 3 x %d x %d\n", _ ("input"), form->channels, mean,
                              deviation, side, side);
    }
  return g_string_free (out, FALSE);
}

gboolean
smalti_model_export (const char *folder, const char *name, const char *path, char **python, GError **error)
{
  g_autoptr (SmaltiTensorFile) saved = read_checkpoint (folder, error);
  g_autoptr (SmaltiSpec) spec = saved != NULL ? read_spec (saved, error) : NULL;
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (SmaltiPretext) pretext = NULL;
  const SmaltiPretextClass *method;
  SmaltiInputForm form;

  if (spec == NULL)
    return FALSE;
  method = smalti_spec_get_method (spec);
  pretext = smalti_pretext_new (method, smalti_spec_get_values (spec, "method"), NULL, error);
  if (pretext == NULL)
    return FALSE;
  method->input (pretext, &form);
  smalti_tensor_file_set_metadata (file, "format", "pt"); /* what others write and look for */
  smalti_tensor_file_set_metadata (file, "smalti.version", SMALTI_VERSION);
  smalti_tensor_file_set_metadata (file, "smalti.run", name);
  smalti_tensor_file_set_metadata (file, "smalti.method", method->id);
  describe_backbone (file, spec);
  describe_input (file, &form, method->side (pretext));
  if (add_trunk (file, saved, spec) == 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, _ ("The checkpoint in “%s” has no backbone."), folder);
      return FALSE;
    }
  if (!smalti_tensor_file_write (file, path, error))
    return FALSE;
  *python = python_lines (spec, &form, method->side (pretext), path);
  return TRUE;
}
