/* SPDX-License-Identifier: Apache-2.0 */
/* A guess only chooses what to try: every shape is compared with the network afterwards. */
#include "core/exchange/torch-names.h"

#include <string.h>

#include "core/base/error.h"

#define MAX_WORDS 4

/* torchvision's AlexNet (Krizhevsky 2014, "one weird trick"): layer i is features.<number>. */
static const guint alexnet_layers[] = { 0, 3, 6, 8, 10 };

static const char *const anchors[] = { "conv1.weight", "features.0.weight", "model1.0.weight" };
static const char *const words[]
    = { "module.", "model.",           "backbone.", "encoder_q.", "base_encoder.", "encoder.",
        "trunk.",  "_feature_blocks.", "net.",      "network.",   "teacher.",      "student." };

static const SmaltiTensor *
find (const SmaltiTensorFile *file, const char *prefix, const char *name)
{
  g_autofree char *full = g_strconcat (prefix, name, NULL);

  return smalti_tensor_file_get (file, full);
}

static gboolean
has_anchor (const SmaltiTensorFile *file, const char *prefix)
{
  for (guint i = 0; i < G_N_ELEMENTS (anchors); i++)
    if (find (file, prefix, anchors[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* @prefix and a word that some name begins with, or %NULL. */
static char *
add_word (const char *const *names, const char *prefix)
{
  for (guint w = 0; w < G_N_ELEMENTS (words); w++)
    {
      g_autofree char *longer = g_strconcat (prefix, words[w], NULL);

      for (guint i = 0; names[i] != NULL; i++)
        if (g_str_has_prefix (names[i], longer))
          return g_steal_pointer (&longer);
    }
  return NULL;
}

char *
smalti_torch_prefix (const SmaltiTensorFile *file)
{
  g_autofree const char **names = smalti_tensor_file_names (file, NULL);
  g_autofree char *prefix = g_strdup ("");

  for (guint i = 0; i < MAX_WORDS && !has_anchor (file, prefix); i++)
    {
      char *longer = add_word (names, prefix);

      if (longer == NULL)
        break;
      g_free (prefix);
      prefix = longer;
    }
  return g_steal_pointer (&prefix);
}

void
smalti_backbone_choice_clear (SmaltiBackboneChoice *self)
{
  g_clear_pointer (&self->values, smalti_values_unref);
}

static void
choose (SmaltiBackboneChoice *choice, const char *id)
{
  choice->backbone = smalti_backbone_find (id);
  choice->values = smalti_values_new (choice->backbone->params);
}

/* What is out of range stays at its default, and the shapes will not fit. */
static void
set (SmaltiBackboneChoice *choice, const char *key, const char *value)
{
  smalti_values_set (choice->values, key, value, NULL);
}

static void
set_width (SmaltiBackboneChoice *choice, const SmaltiTensor *first, gint64 usual)
{
  char width[G_ASCII_DTOSTR_BUF_SIZE];

  set (choice, "width", g_ascii_dtostr (width, sizeof width, (double)first->shape.dim[0] / usual));
}

static gboolean
guess_resnet (const SmaltiTensorFile *file, const char *prefix, const SmaltiTensor *first, SmaltiBackboneChoice *choice)
{
  const struct
  {
    const char *id;
    guint n_blocks[4];
    gboolean bottleneck;
  } depths[] = { { "resnet18", { 2, 2, 2, 2 }, FALSE },
                 { "resnet34", { 3, 4, 6, 3 }, FALSE },
                 { "resnet50", { 3, 4, 6, 3 }, TRUE },
                 { "resnet-small", { 1, 1, 1, 1 }, FALSE } };
  gboolean bottleneck = find (file, prefix, "layer1.0.conv3.weight") != NULL;
  guint n_blocks[4] = { 0 };

  for (guint i = 0; i < 4; i++)
    for (gboolean more = TRUE; more && n_blocks[i] < 100; n_blocks[i] += more)
      {
        g_autofree char *name = g_strdup_printf ("layer%u.%u.conv1.weight", i + 1, n_blocks[i]);

        more = find (file, prefix, name) != NULL;
      }
  for (guint i = 0; i < G_N_ELEMENTS (depths); i++)
    if (memcmp (n_blocks, depths[i].n_blocks, sizeof n_blocks) == 0 && bottleneck == depths[i].bottleneck)
      {
        choose (choice, depths[i].id);
        set_width (choice, first, 64);
        set (choice, "small_stem", first->shape.dim[2] == 3 ? "true" : "false");
        set (choice, "stem_stride", "1"); /* as everyone has it for small images; a small stem alone has one */
        return TRUE;
      }
  return FALSE;
}

static gboolean
guess_alexnet (const SmaltiTensorFile *file, const char *prefix, SmaltiBackboneChoice *choice)
{
  g_autoptr (GString) filters = g_string_new ("[");
  const SmaltiTensor *layer = NULL;

  choose (choice, "cfn");
  for (guint i = 0; i < G_N_ELEMENTS (alexnet_layers); i++)
    {
      g_autofree char *name = g_strdup_printf ("features.%u.weight", alexnet_layers[i]);

      layer = find (file, prefix, name);
      if (layer == NULL || layer->shape.n_dims != 4)
        return FALSE;
      g_string_append_printf (filters, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", layer->shape.dim[0]);
    }
  g_string_append_c (filters, ']');
  set (choice, "filters", filters->str);
  set (choice, "groups", "1");
  set (choice, "norm", "none");
  set (choice, "first_stride", "4");
  set (choice, "first_padding", "2");
  return TRUE;
}

static gboolean
guess_colornet (const SmaltiTensorFile *file, const char *prefix, const SmaltiTensor *first,
                SmaltiBackboneChoice *choice)
{
  const SmaltiTensor *second = find (file, prefix, "model1.2.weight");
  gboolean small = second != NULL && second->shape.n_dims == 1; /* its norm, after one convolution */

  choose (choice, small ? "colornet-small" : "colornet");
  set_width (choice, first, small ? 32 : 64);
  return TRUE;
}

/* What smalti export has written. */
static gboolean
read_metadata (const SmaltiTensorFile *file, const char *id, SmaltiBackboneChoice *choice, GError **error)
{
  if (smalti_backbone_find (id) == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT,
                   _ ("The weights were exported on backbone “%s”, which this version of Smalti does not know."), id);
      return FALSE;
    }
  choose (choice, id);
  for (const SmaltiParam *param = choice->backbone->params; param->key != NULL; param++)
    {
      g_autofree char *key = g_strconcat (SMALTI_EXPORT_BACKBONE ".", param->key, NULL);
      const char *text = smalti_tensor_file_get_metadata (file, key);

      if (text != NULL && !smalti_values_set (choice->values, param->key, text, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
smalti_torch_guess (const SmaltiTensorFile *file, const char *prefix, SmaltiBackboneChoice *choice, GError **error)
{
  const char *id = smalti_tensor_file_get_metadata (file, SMALTI_EXPORT_BACKBONE);
  const SmaltiTensor *first;

  if (id != NULL)
    return read_metadata (file, id, choice, error);
  first = find (file, prefix, "conv1.weight");
  if (first != NULL && first->shape.n_dims == 4 && find (file, prefix, "layer1.0.conv1.weight") != NULL)
    return guess_resnet (file, prefix, first, choice);
  first = find (file, prefix, "features.0.weight");
  if (first != NULL && first->shape.n_dims == 4 && first->shape.dim[2] == 11)
    return guess_alexnet (file, prefix, choice);
  first = find (file, prefix, "model1.0.weight");
  if (first != NULL && first->shape.n_dims == 4)
    return guess_colornet (file, prefix, first, choice);
  return FALSE;
}

static gboolean
is_alexnet (const SmaltiBackboneClass *backbone, const SmaltiValues *values)
{
  guint n;

  if (strcmp (backbone->id, "cfn") != 0)
    return FALSE;
  smalti_values_get_int_list (values, "filters", &n);
  return n == G_N_ELEMENTS (alexnet_layers) && strcmp (smalti_values_get_string (values, "norm"), "none") == 0;
}

char *
smalti_torch_name (const SmaltiBackboneClass *backbone, const SmaltiValues *values, const char *name)
{
  if (is_alexnet (backbone, values))
    for (guint i = 0; i < G_N_ELEMENTS (alexnet_layers); i++)
      {
        g_autofree char *layer = g_strdup_printf ("conv%u.", i + 1);

        if (g_str_has_prefix (name, layer))
          return g_strdup_printf ("features.%u.%s", alexnet_layers[i], name + strlen (layer));
      }
  return g_strdup (name);
}

static gboolean
has_text (const SmaltiValues *values, const char *key, const char *text)
{
  g_autofree char *is = smalti_values_get_text (values, key);

  return strcmp (is, text) == 0;
}

const char *
smalti_torchvision_model (const SmaltiBackboneClass *backbone, const SmaltiValues *values)
{
  if (is_alexnet (backbone, values))
    return has_text (values, "filters", "[64, 192, 384, 256, 256]") && has_text (values, "width", "1")
                   && has_text (values, "groups", "1") && has_text (values, "pool", "max")
                   && has_text (values, "first_stride", "4") && has_text (values, "first_padding", "2")
               ? "alexnet"
               : NULL;
  if (strcmp (backbone->id, "resnet18") != 0 && strcmp (backbone->id, "resnet34") != 0
      && strcmp (backbone->id, "resnet50") != 0)
    return NULL;
  return has_text (values, "width", "1") && has_text (values, "layer4_stride", "2")
                 && has_text (values, "small_stem", "false")
             ? backbone->id
             : NULL;
}
