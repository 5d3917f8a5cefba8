/* SPDX-License-Identifier: Apache-2.0 */
/* Training with labels: the upper baseline every pretext task is measured against, on the same backbone. */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/base/error.h"
#include "core/nn/layers.h"
#include "core/pretext/pretext-private.h"

enum
{
  HEAD_POOL,
  HEAD_FC,
};

static const char *const heads[] = { "pool", "fc", NULL };

/* clang-format off */
static const SmaltiParam params[] = {
  { .key = "size", .title = N_ ("Image size"), .help = N_ ("Side of the square the network sees."), .unit = "px",
    .type = SMALTI_PARAM_INT, .value = "128", .min = 8, .max = 1024 },
  { .key = "input", .title = N_ ("Input"),
    .help = N_ ("Colour, or lightness alone as colorization networks get it."),
    .type = SMALTI_PARAM_CHOICE, .value = "rgb", .choices = smalti_input_kinds },
  { .key = "min_scale", .title = N_ ("Least crop"), .help = N_ ("Share of the image's area that a random crop has at least."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.35", .min = 0.05, .max = 1 },
  { .key = "flip", .title = N_ ("Mirror"), .help = N_ ("Mirror half of the images, left and right."),
    .type = SMALTI_PARAM_BOOL, .value = "true" },
  { .key = "color_jitter", .title = N_ ("Colour jitter"),
    .help = N_ ("Strength of random changes of brightness, contrast and saturation."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 1 },
  { .key = "label_smoothing", .title = N_ ("Label smoothing"),
    .help = N_ ("Share of the target spread evenly over all classes."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 0.9 },
  { .key = "head", .title = N_ ("Head"),
    .help = N_ ("Global average and one linear layer, or two fully connected layers before it."),
    .type = SMALTI_PARAM_CHOICE, .value = "pool", .choices = heads },
  { .key = "fc", .title = N_ ("Width of the head"), .help = N_ ("Outputs of each fully connected layer."),
    .type = SMALTI_PARAM_INT, .value = "1024", .min = 1, .max = 8192, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "dropout", .title = N_ ("Dropout"), .help = N_ ("Share of the last layer's inputs left out in training."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 0.95 },
  { .key = NULL },
};

/* clang-format on */

typedef struct
{
  SmaltiPretext base;
  gint size, fc;
  SmaltiInputKind input;
  guint head;
  gfloat min_scale, color_jitter, label_smoothing, dropout;
  gboolean flip;
  GPtrArray *classes; /* (element-type utf8) their names; from the data set or a checkpoint */
} Labels;

static SmaltiPretext *
labels_create (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset, GError **error)
{
  Labels *self = g_new0 (Labels, 1);

  self->base.klass = klass;
  self->size = smalti_values_get_int (values, "size");
  self->input = smalti_values_get_choice (values, "input");
  self->head = smalti_values_get_choice (values, "head");
  self->fc = smalti_values_get_int (values, "fc");
  self->min_scale = smalti_values_get_float (values, "min_scale");
  self->color_jitter = smalti_values_get_float (values, "color_jitter");
  self->label_smoothing = smalti_values_get_float (values, "label_smoothing");
  self->dropout = smalti_values_get_float (values, "dropout");
  self->flip = smalti_values_get_bool (values, "flip");
  self->classes = g_ptr_array_new_with_free_func (g_free);
  if (dataset == NULL) /* the classes come with the checkpoint */
    return &self->base;

  for (guint i = 0; i < smalti_dataset_get_n_classes (dataset); i++)
    g_ptr_array_add (self->classes, g_strdup (smalti_dataset_get_class_name (dataset, i)));
  if (self->classes->len < 2)
    {
      g_set_error (
          error, SMALTI_ERROR, SMALTI_ERROR_DATA,
          _ ("Supervised training needs labels of at least two classes, but “%s” has %u; give it a folder with "
             "one folder a class."),
          smalti_dataset_get_path (dataset), self->classes->len);
      smalti_pretext_free (&self->base);
      return NULL;
    }
  return &self->base;
}

static void
labels_destroy (SmaltiPretext *pretext)
{
  Labels *self = (Labels *)pretext;

  g_ptr_array_unref (self->classes);
  g_free (self);
}

static void
labels_save (SmaltiPretext *pretext, SmaltiTensorFile *file)
{
  Labels *self = (Labels *)pretext;
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < self->classes->len; i++)
    g_string_append_printf (names, "%s%s", i == 0 ? "" : "\n", (const char *)self->classes->pdata[i]);
  smalti_tensor_file_set_metadata (file, "pretext.classes", names->str);
}

static gboolean
labels_restore (SmaltiPretext *pretext, const SmaltiTensorFile *file, GError **error)
{
  Labels *self = (Labels *)pretext;
  const char *text = smalti_tensor_file_get_metadata (file, "pretext.classes");
  g_auto (GStrv) names = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  if (names == NULL || g_strv_length (names) < 2)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                           _ ("The checkpoint has no names of classes; it is not of a supervised run."));
      return FALSE;
    }
  if (self->classes->len != 0 && self->classes->len != g_strv_length (names))
    {
      g_set_error (
          error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
          _ ("The checkpoint knows %u classes, but the data set has %u; resume on the data it was trained on."),
          g_strv_length (names), self->classes->len);
      return FALSE;
    }
  g_ptr_array_set_size (self->classes, 0);
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (self->classes, g_strdup (names[i]));
  return TRUE;
}

static SmaltiImage *
cut (const Labels *self, const SmaltiImage *image, SmaltiRandom *random, gboolean training)
{
  SmaltiImage *crop = smalti_input_crop (image, random, training, self->min_scale, self->flip, self->size);

  if (training && self->color_jitter > 0)
    smalti_augment_color_jitter (crop, random, self->color_jitter, 0);
  return crop;
}

static void
labels_draw (gpointer data, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
             gpointer const *fields)
{
  const Labels *self = data;
  g_autoptr (SmaltiImage) crop = cut (self, image, random, training);

  smalti_input_whole (self->input, crop, fields[0]);
  *(gint32 *)fields[1] = label;
}

static void
labels_sampler (SmaltiPretext *pretext, SmaltiSampler *sampler)
{
  Labels *self = (Labels *)pretext;

  *sampler = (SmaltiSampler){
    .field
    = { { "image", SMALTI_DTYPE_F32, SMALTI_SHAPE (smalti_input_n_channels (self->input), self->size, self->size) },
        { "label", SMALTI_DTYPE_I32, SMALTI_SCALAR } },
    .n_fields = 2,
    .min_side = (gint)ceil (self->size / sqrt (self->min_scale)),
    .draw = labels_draw,
    .self = self,
  };
}

static SmaltiValue *
dense (SmaltiGraph *graph, guint i, SmaltiValue *x, gint n_outputs)
{
  g_autofree char *fc = g_strdup_printf (SMALTI_HEAD_PREFIX "fc%u", i);
  g_autofree char *bn = g_strdup_printf (SMALTI_HEAD_PREFIX "bn%u", i);
  g_autofree char *relu = g_strdup_printf (SMALTI_HEAD_PREFIX "relu%u", i);

  x = smalti_layer_linear (graph, fc, x, n_outputs, FALSE, (SmaltiInit){ .kind = SMALTI_INIT_HE_FAN_IN });
  return smalti_relu (graph, relu, smalti_layer_batch_norm (graph, bn, x));
}

static void
labels_build (SmaltiPretext *pretext, SmaltiGraph *graph, const SmaltiBackboneClass *backbone,
              const SmaltiValues *backbone_values, guint batch, SmaltiPretextGraph *out)
{
  Labels *self = (Labels *)pretext;
  SmaltiSampler sampler;
  SmaltiValue *x;

  *out = (SmaltiPretextGraph){ 0 };
  labels_sampler (pretext, &sampler);
  out->field[0] = smalti_input_of_field (graph, &sampler.field[0], SMALTI_CLASS_ACTIVATION, batch);
  out->field[1] = smalti_input_of_field (graph, &sampler.field[1], SMALTI_CLASS_I32, batch);
  backbone->build (graph, backbone_values, SMALTI_TRUNK_PREFIX, out->field[0], &out->trunk);

  x = out->trunk.features;
  if (self->head == HEAD_POOL)
    x = smalti_adaptive_avg_pool (graph, SMALTI_HEAD_PREFIX "avgpool", x, 1, 1);
  x = smalti_flatten (graph, SMALTI_HEAD_PREFIX "flatten", x);
  if (self->head == HEAD_FC)
    {
      x = dense (graph, 6, x, self->fc);
      x = dense (graph, 7, x, self->fc);
    }
  if (self->dropout > 0)
    x = smalti_dropout (graph, SMALTI_HEAD_PREFIX "dropout", x, self->dropout);
  out->logits = smalti_as_f32 (graph, smalti_layer_linear (graph, SMALTI_HEAD_PREFIX "fc", x, self->classes->len, TRUE,
                                                           (SmaltiInit){ .kind = SMALTI_INIT_UNIFORM_FAN_IN }));
  out->loss = smalti_cross_entropy (
      graph, "loss", out->logits, out->field[1], NULL, NULL,
      (SmaltiCrossEntropyAttr){ .target = SMALTI_TARGET_INDEX, .label_smoothing = self->label_smoothing });
  out->metric[0].name = "accuracy";
  out->metric[0].sum = smalti_correct (graph, "accuracy", out->logits, out->field[1], 1);
  out->metric[0].divisor = batch;
  out->metric[0].percent = TRUE;
  out->n_metrics = 1;
  if (self->classes->len >= 10)
    {
      out->metric[1] = out->metric[0];
      out->metric[1].name = "top5";
      out->metric[1].sum = smalti_correct (graph, "top5", out->logits, out->field[1], 5);
      out->n_metrics = 2;
    }
}

static SmaltiPreview *
labels_preview (SmaltiPretext *pretext, const SmaltiImage *image, gint label, const SmaltiRandom *random,
                const gfloat *logits)
{
  Labels *self = (Labels *)pretext;
  SmaltiRandom again = *random;
  SmaltiPreview *preview = g_new0 (SmaltiPreview, 1);
  const guint n = self->classes->len;
  g_autofree gfloat *probability = g_new (gfloat, n);
  const guint answer = smalti_softmax_host (logits, n, probability);
  const char *said = self->classes->pdata[answer];
  guint top[G_N_ELEMENTS (preview->top)], n_top = MIN (G_N_ELEMENTS (top), n);

  preview->input = cut (self, image, &again, FALSE);
  preview->correct = label >= 0 && answer == (guint)label;
  preview->score = probability[answer];
  if (label < 0 || (guint)label >= n)
    preview->caption = g_strdup_printf (_ ("%s, %.0f%% sure"), said, 100 * probability[answer]);
  else if (preview->correct)
    preview->caption = g_strdup_printf (_ ("%s: right, %.0f%% sure"), said, 100 * probability[answer]);
  else
    preview->caption = g_strdup_printf (_ ("%s, but it is %s; %.0f%% sure"), said,
                                        (const char *)self->classes->pdata[label], 100 * probability[answer]);
  smalti_top_of (probability, n, top, n_top);
  for (guint k = 0; k < n_top; k++)
    {
      preview->top[k].label = g_strdup (self->classes->pdata[top[k]]);
      preview->top[k].probability = probability[top[k]];
    }
  return preview;
}

static void
labels_look (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random, gboolean training,
             gpointer const *fields, GPtrArray *looks)
{
  const Labels *self = (const Labels *)pretext;

  smalti_look_add_whole (looks, self->input, fields[0], self->size, training);
}

static char *
labels_describe (SmaltiPretext *pretext)
{
  Labels *self = (Labels *)pretext;

  return g_strdup_printf (_ ("%u classes of images of %d px"), self->classes->len, self->size);
}

static gint
labels_side (SmaltiPretext *pretext)
{
  return ((Labels *)pretext)->size;
}

static gint
labels_n_channels (SmaltiPretext *pretext)
{
  return smalti_input_n_channels (((Labels *)pretext)->input);
}

static void
labels_normalize (SmaltiPretext *pretext, const SmaltiImage *image, gfloat *out)
{
  smalti_input_whole (((Labels *)pretext)->input, image, out);
}

static void
labels_input (SmaltiPretext *pretext, SmaltiInputForm *form)
{
  smalti_input_form (((Labels *)pretext)->input, form);
}

const SmaltiPretextClass smalti_supervised_class = {
  .id = "supervised",
  .title = N_ ("Supervised"),
  .summary = N_ ("Learn the labels themselves: what pretraining without them is measured against."),
  .paper = "Krizhevsky, Sutskever & Hinton 2012, NeurIPS 25",
  .params = params,
  .needs_labels = TRUE,
  .trains = TRUE,
  .create = labels_create,
  .destroy = labels_destroy,
  .save = labels_save,
  .restore = labels_restore,
  .sampler = labels_sampler,
  .build = labels_build,
  .look = labels_look,
  .preview = labels_preview,
  .describe = labels_describe,
  .side = labels_side,
  .n_channels = labels_n_channels,
  .normalize = labels_normalize,
  .input = labels_input,
};
