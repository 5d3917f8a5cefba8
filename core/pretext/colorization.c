/* SPDX-License-Identifier: Apache-2.0 */
/* Colorization (Zhang, Isola & Efros 2016, arXiv:1603.08511): from the lightness of an image to a distribution over 313
 * colours at every fourth pixel.
 *
 * Targets are sparse: 5 classes a position and their shares, so a batch carries 10 numbers a position and not 313. Rare
 * colours weigh more, by how rare they are in the user's own images (measure). Saturated colours would hardly ever be
 * said otherwise, for most of any photograph is nearly grey.
 *
 * The head brings the trunk's features up to the resolution of the target by as many transposed convolutions (4 x 4,
 * stride 2) as that takes: none for a trunk of stride 4, one for Zhang et al.'s own trunk of stride 8, three for a
 * ResNet. A trunk whose features are no such fraction of the target (AlexNet without padding) is averaged onto it. */
#include "core/pretext/colorization.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/lab.h"
#include "core/nn/layers.h"
#include "core/pretext/ab-bins.h"
#include "core/pretext/paint.h"
#include "core/pretext/pretext-private.h"

#define N_BINS SMALTI_N_AB_BINS
#define N_NEAR SMALTI_AB_NEIGHBOURS
/* Below it a temperature is as good as 0: the most likely colour alone. */
#define COLDEST 1e-3f
/* Of the picture of the colours alone. */
#define PLANE_L 70

/* clang-format off */
static const SmaltiParam params[] = {
  { .key = "size", .title = N_ ("Image size"), .help = N_ ("Side of the square the network sees."), .unit = "px",
    .type = SMALTI_PARAM_INT, .value = "128", .min = 16, .max = 1024 },
  { .key = "target_stride", .title = N_ ("Coarseness of the colours"),
    .help = N_ ("One colour is asked for in so many pixels each way; must divide the image size."), .unit = "px",
    .type = SMALTI_PARAM_INT, .value = "4", .min = 1, .max = 16, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "lambda", .title = N_ ("Evenness of weights"),
    .help = N_ ("Near 0 a colour weighs by how rare it is, at 1 all weigh the same."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.5", .min = 0.01, .max = 1 },
  { .key = "sigma", .title = N_ ("Softness of targets"),
    .help = N_ ("Deviation of the Gaussian that spreads a pixel's colour over its 5 nearest classes, in ab."),
    .type = SMALTI_PARAM_FLOAT, .value = "5", .min = 0.5, .max = 50, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "temperature", .title = N_ ("Temperature"),
    .help = N_ ("Of reading a colour out of the answer: 1 gives the mean (dull), near 0 the most likely (patchy)."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.38", .min = 0.01, .max = 1 },
  { .key = "min_scale", .title = N_ ("Least crop"), .help = N_ ("Share of the image's area that a random crop has at least."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.5", .min = 0.05, .max = 1 },
  { .key = "flip", .title = N_ ("Mirror"), .help = N_ ("Mirror half of the images, left and right."),
    .type = SMALTI_PARAM_BOOL, .value = "true" },
  { .key = "prior_images", .title = N_ ("Images for the weights"),
    .help = N_ ("How many training images are looked at to learn how rare each colour is; 0 for all."),
    .type = SMALTI_PARAM_INT, .value = "1000", .min = 0, .max = G_MAXINT32, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "head_filters", .title = N_ ("Filters of the head"), .help = N_ ("Of each convolution after the trunk."),
    .type = SMALTI_PARAM_INT, .value = "256", .min = 8, .max = 2048, .flags = SMALTI_PARAM_LOG },
  { .key = "head_convs", .title = N_ ("Convolutions of the head"),
    .help = N_ ("3 by 3 convolutions between the last upsampling and the classes."),
    .type = SMALTI_PARAM_INT, .value = "2", .min = 0, .max = 8, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "head_norm", .title = N_ ("Batch norm in the head"), .help = N_ ("Normalise the head's convolutions too."),
    .type = SMALTI_PARAM_BOOL, .value = "true", .flags = SMALTI_PARAM_ADVANCED },
  { .key = NULL },
};
/* clang-format on */

typedef struct
{
  SmaltiPretext base;
  SmaltiAbEncoder *encoder;
  gint size, stride, out; /* out = size / stride */
  gfloat lambda, sigma, temperature, min_scale;
  gboolean flip, head_norm;
  gint head_filters, head_convs;
  guint prior_images;
  /* of the user's images; all weights 1 until measured */
  gfloat weight[N_BINS];
  gdouble prior[N_BINS];    /* smoothed */
  gdouble marginal[N_BINS]; /* expectation of weight times soft target */
  guint n_measured;
} Colorization;

static SmaltiPretext *
colorization_create (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset,
                     GError **error)
{
  gint size = smalti_values_get_int (values, "size"), stride = smalti_values_get_int (values, "target_stride");
  Colorization *self;

  if (size % stride != 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("An image size of %d px can't be divided by a target_stride of %d px; make it a multiple."), size,
                   stride);
      return NULL;
    }
  self = g_new0 (Colorization, 1);
  self->base.klass = klass;
  self->size = size;
  self->stride = stride;
  self->out = size / stride;
  self->lambda = smalti_values_get_float (values, "lambda");
  self->sigma = smalti_values_get_float (values, "sigma");
  self->temperature = smalti_values_get_float (values, "temperature");
  self->min_scale = smalti_values_get_float (values, "min_scale");
  self->flip = smalti_values_get_bool (values, "flip");
  self->prior_images = smalti_values_get_int (values, "prior_images");
  self->head_filters = smalti_values_get_int (values, "head_filters");
  self->head_convs = smalti_values_get_int (values, "head_convs");
  self->head_norm = smalti_values_get_bool (values, "head_norm");
  self->encoder = smalti_ab_encoder_new (self->sigma);
  for (guint q = 0; q < N_BINS; q++)
    self->weight[q] = 1;
  return &self->base;
}

static void
colorization_destroy (SmaltiPretext *pretext)
{
  Colorization *self = (Colorization *)pretext;

  smalti_ab_encoder_free (self->encoder);
  g_free (self);
}

/* Where a crop's numbers go; @light and @weight may be %NULL. Planes of out x out but for light: size x size. */
typedef struct
{
  gfloat *light;
  gint32 *bin;     /* (5, out, out) */
  gfloat *share;   /* (5, out, out) */
  gfloat *weight;  /* (out, out) */
  gint32 *nearest; /* (out, out) */
} Target;

/* One row of the target at a time: @stride rows of pixels to Lab, their ab averaged over squares of stride x stride. */
static void
crop_to_target (const Colorization *self, const SmaltiImage *crop, const Target *target)
{
  const gsize n_band = (gsize)self->stride * self->size, n_out = (gsize)self->out * self->out;
  const gfloat per_square = 1.0f / (self->stride * self->stride);
  g_autofree gfloat *lab = g_new (gfloat, 3 * n_band);

  for (gint y = 0; y < self->out; y++)
    {
      smalti_lab_from_srgb (crop->pixels + 3 * n_band * y, lab, n_band);
      for (gsize i = 0; i < n_band; i++)
        target->light[n_band * y + i] = (lab[i] - 50) / 100;
      for (gint x = 0; x < self->out; x++)
        {
          gsize at = (gsize)y * self->out + x;
          gfloat a = 0, b = 0, share[N_NEAR];
          gint32 bin[N_NEAR];

          for (gint v = 0; v < self->stride; v++)
            for (gint u = 0; u < self->stride; u++)
              {
                gsize i = (gsize)v * self->size + (gsize)x * self->stride + u;

                a += lab[n_band + i];
                b += lab[2 * n_band + i];
              }
          smalti_ab_encode (self->encoder, a * per_square, b * per_square, bin, share);
          for (guint k = 0; k < N_NEAR; k++)
            {
              target->bin[k * n_out + at] = bin[k];
              target->share[k * n_out + at] = share[k];
            }
          target->weight[at] = self->weight[bin[0]];
          target->nearest[at] = bin[0];
        }
    }
}

static void
colorization_draw (gpointer data, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
                   gpointer const *fields)
{
  const Colorization *self = data;
  g_autoptr (SmaltiImage) crop = smalti_input_crop (image, random, training, self->min_scale, self->flip, self->size);

  crop_to_target (
      self, crop,
      &(Target){ .light = fields[0], .bin = fields[1], .share = fields[2], .weight = fields[3], .nearest = fields[4] });
}

static void
colorization_sampler (SmaltiPretext *pretext, SmaltiSampler *sampler)
{
  Colorization *self = (Colorization *)pretext;

  *sampler = (SmaltiSampler){
    .field = { { "light", SMALTI_DTYPE_F32, SMALTI_SHAPE (1, self->size, self->size) },
               { "bin", SMALTI_DTYPE_I32, SMALTI_SHAPE (N_NEAR, self->out, self->out) },
               { "share", SMALTI_DTYPE_F32, SMALTI_SHAPE (N_NEAR, self->out, self->out) },
               { "weight", SMALTI_DTYPE_F32, SMALTI_SHAPE (self->out, self->out) },
               { "nearest", SMALTI_DTYPE_I32, SMALTI_SHAPE (self->out, self->out) } },
    .n_fields = 5,
    .min_side = (gint)ceil (self->size / sqrt (self->min_scale)),
    .draw = colorization_draw,
    .self = self,
  };
}

/* Measuring: which bins are nearest, and the soft targets of the pixels of each. Sums are integers (shares times 2^20),
 * so they don't depend on which thread adds first. */
typedef struct
{
  Colorization *self;
  SmaltiDataset *dataset;
  GCancellable *cancellable;
  const guint32 *item; /* of the training split */
  guint n_items;
  guint n;   /* of them looked at, evenly spread */
  gint next; /* atomic */
  GMutex mutex;
  guint n_done;
  guint64 *soft; /* (nearest, bin) */
  guint64 count[N_BINS];
  char *reason; /* why the first image could not be read */
} Measure;

#define FIXED_POINT (1 << 20)

static void
measure_image (Measure *measure, const SmaltiImage *image, guint64 *soft, guint64 *count)
{
  Colorization *self = measure->self;
  gsize n_out = (gsize)self->out * self->out;
  g_autoptr (SmaltiImage) crop = smalti_image_center_crop (image, self->size, self->size);
  g_autofree gfloat *light = g_new (gfloat, (gsize)self->size * self->size);
  g_autofree gint32 *bin = g_new (gint32, N_NEAR * n_out);
  g_autofree gfloat *share = g_new (gfloat, N_NEAR * n_out);
  g_autofree gfloat *weight = g_new (gfloat, n_out);
  g_autofree gint32 *nearest = g_new (gint32, n_out);

  crop_to_target (self, crop, &(Target){ light, bin, share, weight, nearest });
  for (gsize i = 0; i < n_out; i++)
    {
      count[nearest[i]]++;
      for (guint k = 0; k < N_NEAR; k++)
        soft[(gsize)nearest[i] * N_BINS + bin[k * n_out + i]] += lrintf (share[k * n_out + i] * FIXED_POINT);
    }
}

static gpointer
measure_thread (gpointer data)
{
  Measure *measure = data;
  g_autofree guint64 *soft = g_new0 (guint64, N_BINS * N_BINS);
  g_autofree guint64 *count = g_new0 (guint64, N_BINS);
  guint n_done = 0, i;

  while ((i = g_atomic_int_add (&measure->next, 1)) < measure->n && !g_cancellable_is_cancelled (measure->cancellable))
    {
      guint32 item = measure->item[(guint64)i * measure->n_items / measure->n];
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiImage) image = smalti_dataset_load (measure->dataset, item, measure->self->size, &error);

      if (image != NULL)
        {
          measure_image (measure, image, soft, count);
          n_done++;
          continue;
        }
      smalti_dataset_mark_unreadable (measure->dataset, item, error->message);
      g_mutex_lock (&measure->mutex);
      if (measure->reason == NULL)
        measure->reason = g_strdup (error->message);
      g_mutex_unlock (&measure->mutex);
    }
  g_mutex_lock (&measure->mutex);
  measure->n_done += n_done;
  for (guint q = 0; q < N_BINS; q++)
    measure->count[q] += count[q];
  for (guint q = 0; q < N_BINS * N_BINS; q++)
    measure->soft[q] += soft[q];
  g_mutex_unlock (&measure->mutex);
  return NULL;
}

static void
use_measure (Colorization *self, const Measure *measure)
{
  gdouble counts[N_BINS], n_pixels = (gdouble)measure->n_done * self->out * self->out;

  for (guint q = 0; q < N_BINS; q++)
    counts[q] = measure->count[q];
  smalti_ab_rebalance (counts, self->sigma, self->lambda, self->prior, self->weight);
  for (guint q = 0; q < N_BINS; q++)
    {
      self->marginal[q] = 0;
      for (guint near = 0; near < N_BINS; near++)
        self->marginal[q] += self->weight[near] * (measure->soft[(gsize)near * N_BINS + q] / (FIXED_POINT * n_pixels));
    }
  self->n_measured = measure->n_done;
}

static gboolean
colorization_measure (SmaltiPretext *pretext, SmaltiDataset *dataset, guint n_threads, GCancellable *cancellable,
                      GError **error)
{
  Colorization *self = (Colorization *)pretext;
  Measure measure = { .self = self, .dataset = dataset, .cancellable = cancellable };
  g_autofree guint64 *soft = measure.soft = g_new0 (guint64, N_BINS * N_BINS);
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autofree char *reason = NULL;

  measure.item = smalti_dataset_get_split (dataset, SMALTI_SPLIT_TRAIN, &measure.n_items);
  measure.n = self->prior_images == 0 ? measure.n_items : MIN (self->prior_images, measure.n_items);
  g_mutex_init (&measure.mutex);
  for (guint i = 1; i < n_threads; i++)
    g_ptr_array_add (threads, g_thread_new ("measure", measure_thread, &measure));
  measure_thread (&measure);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
  g_mutex_clear (&measure.mutex);
  reason = measure.reason;

  if (g_cancellable_is_cancelled (cancellable))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Measuring the colours was stopped."));
      return FALSE;
    }
  if (measure.n_done == 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                   _ ("None of the %u training images looked at for their colours could be read: %s"), measure.n,
                   reason != NULL ? reason : _ ("there are none."));
      return FALSE;
    }
  use_measure (self, &measure);
  return TRUE;
}

static void
add_row (SmaltiTensorFile *file, const char *name, const gdouble *values)
{
  g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F64, SMALTI_SHAPE (N_BINS));

  memcpy (tensor->data, values, N_BINS * sizeof (gdouble));
  smalti_tensor_file_add (file, name, tensor);
}

static void
colorization_save (SmaltiPretext *pretext, SmaltiTensorFile *file)
{
  Colorization *self = (Colorization *)pretext;
  gdouble weight[N_BINS];

  if (self->n_measured == 0)
    return;
  for (guint q = 0; q < N_BINS; q++)
    weight[q] = self->weight[q];
  add_row (file, "pretext.ab_prior", self->prior);
  add_row (file, "pretext.ab_weight", weight);
  add_row (file, "pretext.ab_marginal", self->marginal);
}

static gboolean
get_row (const SmaltiTensorFile *file, const char *name, gdouble *values, GError **error)
{
  SmaltiTensor *tensor = smalti_tensor_file_get (file, name);

  if (tensor == NULL || tensor->dtype != SMALTI_DTYPE_F64 || !smalti_shape_equal (tensor->shape, SMALTI_SHAPE (N_BINS)))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT,
                   _ ("The checkpoint has no usable “%s”; it is not of a colorization run."), name);
      return FALSE;
    }
  memcpy (values, tensor->data, N_BINS * sizeof (gdouble));
  for (guint q = 0; q < N_BINS; q++)
    if (!isfinite (values[q]) || values[q] < 0)
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CHECKPOINT, _ ("“%s” in the checkpoint is damaged."), name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
colorization_restore (SmaltiPretext *pretext, const SmaltiTensorFile *file, GError **error)
{
  Colorization *self = (Colorization *)pretext;
  gdouble prior[N_BINS], weight[N_BINS], marginal[N_BINS];

  if (!get_row (file, "pretext.ab_prior", prior, error) || !get_row (file, "pretext.ab_weight", weight, error)
      || !get_row (file, "pretext.ab_marginal", marginal, error))
    return FALSE;
  for (guint q = 0; q < N_BINS; q++)
    {
      self->prior[q] = prior[q];
      self->weight[q] = weight[q];
      self->marginal[q] = marginal[q];
    }
  self->n_measured = 1;
  return TRUE;
}

gdouble
smalti_colorization_marginal_loss (SmaltiPretext *pretext)
{
  Colorization *self = (Colorization *)pretext;
  gdouble total = 0, loss = 0;

  g_return_val_if_fail (pretext->klass == &smalti_colorization_class, NAN);

  if (self->n_measured == 0)
    return NAN;
  /* The mean of weight * -sum_q target_q log answer_q is least for the answer in proportion to the mean of
   * weight * target. */
  for (guint q = 0; q < N_BINS; q++)
    total += self->marginal[q];
  for (guint q = 0; q < N_BINS; q++)
    if (self->marginal[q] > 0)
      loss -= self->marginal[q] * log (self->marginal[q] / total);
  return loss;
}

/* A layer of the head: @window says whether it convolves or, with stride 2, upsamples. */
static SmaltiValue *
head_layer (SmaltiGraph *graph, const Colorization *self, guint i, SmaltiValue *x, gboolean upsample)
{
  SmaltiInit init = { .kind = SMALTI_INIT_HE_FAN_IN };
  g_autofree char *conv = g_strdup_printf (SMALTI_HEAD_PREFIX "conv8_%u", i);
  g_autofree char *norm = g_strdup_printf (SMALTI_HEAD_PREFIX "bn8_%u", i);
  g_autofree char *relu = g_strdup_printf (SMALTI_HEAD_PREFIX "relu8_%u", i);

  if (upsample)
    x = smalti_layer_conv_transpose (graph, conv, x, self->head_filters,
                                     SMALTI_WINDOW (4, .stride = { 2, 2 }, .padding = { 1, 1 }), !self->head_norm,
                                     init);
  else
    x = smalti_layer_conv (graph, conv, x, self->head_filters, SMALTI_WINDOW (3, .padding = { 1, 1 }), !self->head_norm,
                           init);
  if (self->head_norm)
    x = smalti_layer_batch_norm (graph, norm, x);
  return smalti_relu (graph, relu, x);
}

static void
colorization_build (SmaltiPretext *pretext, SmaltiGraph *graph, const SmaltiBackboneClass *backbone,
                    const SmaltiValues *backbone_values, guint batch, SmaltiPretextGraph *out)
{
  static const SmaltiValueClass classes[]
      = { SMALTI_CLASS_ACTIVATION, SMALTI_CLASS_I32, SMALTI_CLASS_F32, SMALTI_CLASS_F32, SMALTI_CLASS_I32 };
  Colorization *self = (Colorization *)pretext;
  SmaltiSampler sampler;
  SmaltiValue *x;
  guint n_layers = 0;

  *out = (SmaltiPretextGraph){ 0 };
  colorization_sampler (pretext, &sampler);
  for (guint i = 0; i < sampler.n_fields; i++)
    out->field[i] = smalti_input_of_field (graph, &sampler.field[i], classes[i], batch);
  backbone->build (graph, backbone_values, SMALTI_TRUNK_PREFIX, out->field[0], &out->trunk);

  x = out->trunk.features;
  for (gint64 side = x->shape.dim[2]; side > 0 && side < self->out; side *= 2)
    x = head_layer (graph, self, ++n_layers, x, TRUE);
  for (gint i = 0; i < self->head_convs; i++)
    x = head_layer (graph, self, ++n_layers, x, FALSE);
  if (x->shape.dim[2] != self->out || x->shape.dim[3] != self->out)
    x = smalti_adaptive_avg_pool (graph, SMALTI_HEAD_PREFIX "fit", x, self->out, self->out);
  x = smalti_layer_conv (graph, SMALTI_HEAD_PREFIX "classes", x, N_BINS, SMALTI_WINDOW (1), TRUE,
                         (SmaltiInit){ .kind = SMALTI_INIT_UNIFORM_FAN_IN });
  out->logits = smalti_as_f32 (graph, x);

  out->loss = smalti_cross_entropy (
      graph, "loss", out->logits, out->field[1], out->field[2], out->field[3],
      (SmaltiCrossEntropyAttr){ .target = SMALTI_TARGET_SPARSE, .weighted = TRUE, .mean_over_positions = TRUE });
  out->metric[0].name = "accuracy";
  out->metric[0].sum = smalti_correct (graph, "accuracy", out->logits, out->field[4], 1);
  out->metric[0].divisor = (gdouble)batch * self->out * self->out;
  out->metric[0].percent = TRUE;
  out->n_metrics = 1;
}

static gfloat *
read_out (const gfloat *logits, gint height, gint width, gfloat temperature)
{
  const gsize n = (gsize)height * width;
  gfloat *ab = g_new (gfloat, 2 * n);

  for (gsize i = 0; i < n; i++)
    smalti_ab_annealed_mean (logits + i, n, temperature, &ab[i], &ab[n + i]);
  return ab;
}

SmaltiImage *
smalti_colorization_paint (SmaltiPretext *pretext, const SmaltiImage *image, const gfloat *logits, gint height,
                           gint width, gfloat temperature)
{
  g_autofree gfloat *ab = NULL;

  g_return_val_if_fail (pretext->klass == &smalti_colorization_class, NULL);

  if (temperature < 0)
    temperature = ((Colorization *)pretext)->temperature;
  ab = read_out (logits, height, width, MAX (temperature, COLDEST));
  return smalti_paint_image (image, ab, height, width, NULL);
}

static SmaltiPreview *
colorization_preview (SmaltiPretext *pretext, const SmaltiImage *image, gint label, const SmaltiRandom *random,
                      const gfloat *logits)
{
  Colorization *self = (Colorization *)pretext;
  SmaltiRandom again = *random;
  SmaltiPreview *preview = g_new0 (SmaltiPreview, 1);
  SmaltiImage *crop = smalti_input_crop (image, &again, FALSE, self->min_scale, self->flip, self->size);
  g_autofree gfloat *ab = read_out (logits, self->out, self->out, self->temperature);
  gdouble distance = 0;

  preview->input = smalti_paint_image (crop, NULL, 0, 0, NULL);
  preview->answer = smalti_paint_image (crop, ab, self->out, self->out, &distance);
  preview->truth = crop;
  preview->colors = smalti_color_answer_new (logits, self->out, self->out);
  preview->temperature = self->temperature;
  preview->score = distance / ((gdouble)crop->width * crop->height);
  preview->caption = g_strdup_printf (_ ("%.1f from the true colours on average"), preview->score);
  return preview;
}

/* The colours that the target says, read out of its sparse rows: the nearest class of each position, or the mean of its
 * five by their shares. */
static gfloat *
read_target (const Colorization *self, gpointer const *fields, gboolean nearest)
{
  const gfloat *centres = smalti_ab_centres (), *share = fields[2];
  const gint32 *bin = fields[1], *first = fields[4];
  const gsize n = (gsize)self->out * self->out;
  gfloat *ab = g_new0 (gfloat, 2 * n);

  for (gsize i = 0; i < n; i++)
    for (guint k = 0; k < (nearest ? 1 : N_NEAR); k++)
      for (guint plane = 0; plane < 2; plane++)
        ab[plane * n + i]
            += nearest ? centres[2 * first[i] + plane] : share[k * n + i] * centres[2 * bin[k * n + i] + plane];
  return ab;
}

static void
colorization_look (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random, gboolean training,
                   gpointer const *fields, GPtrArray *looks)
{
  const Colorization *self = (const Colorization *)pretext;
  const gsize n = (gsize)self->size * self->size;
  g_autofree gfloat *light = g_new (gfloat, n), *flat = g_new (gfloat, n);
  g_autofree gfloat *nearest = read_target (self, fields, TRUE), *soft = read_target (self, fields, FALSE);

  for (gsize i = 0; i < n; i++)
    {
      light[i] = 100 * ((const gfloat *)fields[0])[i] + 50;
      flat[i] = PLANE_L;
    }
  smalti_look_add (looks, "light", _ ("What the Network Gets"),
                   training ? _ ("The lightness of a part of the image, changed at random as in training.")
                            : _ ("The lightness of the middle of the image, as held-out images are looked at."),
                   smalti_input_show_light (fields[0], self->size, self->size));
  smalti_look_add (looks, "plane", _ ("Colours It Must Name"),
                   _ ("The nearest of 313 colours at each position, without the lightness."),
                   smalti_paint_light (flat, self->size, nearest, self->out, self->out, FALSE));
  smalti_look_add (looks, "bins", _ ("Nearest Colours"), _ ("The same on the lightness: what is left of the image."),
                   smalti_paint_light (light, self->size, nearest, self->out, self->out, FALSE));
  smalti_look_add (looks, "soft", _ ("Soft Target"),
                   _ ("The five nearest colours by their shares, as the network is taught."),
                   smalti_paint_light (light, self->size, soft, self->out, self->out, TRUE));
}

static char *
colorization_describe (SmaltiPretext *pretext)
{
  Colorization *self = (Colorization *)pretext;

  if (self->n_measured == 0)
    return g_strdup_printf (_ ("%d colours at %d × %d positions of a %d px image"), N_BINS, self->out, self->out,
                            self->size);
  return g_strdup_printf (
      _ ("%d colours at %d × %d positions of a %d px image; always giving the mean answer costs %.3f"), N_BINS,
      self->out, self->out, self->size, smalti_colorization_marginal_loss (pretext));
}

static gint
colorization_side (SmaltiPretext *pretext)
{
  return ((Colorization *)pretext)->size;
}

static gint
colorization_n_channels (SmaltiPretext *pretext)
{
  return 1;
}

static void
colorization_normalize (SmaltiPretext *pretext, const SmaltiImage *image, gfloat *out)
{
  smalti_input_light (image, out);
}

static void
colorization_input (SmaltiPretext *pretext, SmaltiInputForm *form)
{
  smalti_input_form (SMALTI_INPUT_LIGHT, form);
}

const SmaltiPretextClass smalti_colorization_class = {
  .id = "colorization",
  .title = N_ ("Colorization"),
  .summary = N_ ("Take the colour away, and learn to say what it was."),
  .paper = "Zhang, Isola & Efros 2016, arXiv:1603.08511",
  .params = params,
  .trains = TRUE,
  .create = colorization_create,
  .destroy = colorization_destroy,
  .measure = colorization_measure,
  .save = colorization_save,
  .restore = colorization_restore,
  .sampler = colorization_sampler,
  .build = colorization_build,
  .look = colorization_look,
  .preview = colorization_preview,
  .describe = colorization_describe,
  .side = colorization_side,
  .n_channels = colorization_n_channels,
  .normalize = colorization_normalize,
  .input = colorization_input,
};
