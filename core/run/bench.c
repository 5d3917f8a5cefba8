/* SPDX-License-Identifier: Apache-2.0 */
/* The workloads are specs like any other, so that what is timed is what a run does. They are the networks of the papers
 * without what Smalti adds by default (batch norm in the heads), which is what people time elsewhere. */
#include "core/run/bench.h"

#include <stdlib.h>

#include "core/base/error.h"
#include "core/optim/optimizer.h"
#include "core/run/network-private.h"

#define SEED 1

/* Of all workloads. */
static const char *const common[]
    = { "train.optimizer", "sgd", "train.lr", "0.001", "train.momentum", "0.9", "train.weight_decay", "0.0005", NULL };

/* Noroozi & Favaro 2016: 9 tiles of 64, fc6 of 1024 a tile, fc7 of 4096, 1000 permutations. */
static const char *const jigsaw_cfn[]
    = { "method.name",         "jigsaw", "backbone.name",  "cfn",  "method.tile", "64",
        "method.permutations", "1000",   "method.fc6",     "1024", "method.fc7",  "4096",
        "method.head_norm",    "false",  "method.dropout", "0.5",  NULL };
/* Zhang, Isola & Efros 2016, at 128. */
static const char *const colorization[]
    = { "method.name", "colorization",     "backbone.name", "colornet", "method.size",
        "128",         "method.head_norm", "false",         NULL };
/* He et al. 2016. */
static const char *const resnet18[]
    = { "method.name", "supervised", "backbone.name", "resnet18", "method.size", "64", NULL };
static const char *const resnet50[]
    = { "method.name", "supervised", "backbone.name", "resnet50", "method.size", "224", NULL };

const SmaltiWorkload smalti_workloads[] = {
  { "jigsaw-cfn", N_ ("Jigsaw, CFN, 9 tiles of 64"), 32, 0, jigsaw_cfn },
  { "colorization-128", N_ ("Colorization at 128"), 16, 0, colorization },
  { "resnet18-64", N_ ("ResNet-18 at 64, labels"), 64, 200, resnet18 },
  { "resnet50-224", N_ ("ResNet-50 at 224, labels"), 16, 1000, resnet50 },
  { NULL },
};

/* One workload in memory. */
typedef struct
{
  SmaltiSpec *spec;
  SmaltiPretext *pretext;
  SmaltiSampler sampler;
  SmaltiWeights *weights;
  SmaltiNetwork network;
  SmaltiOptimizer *optimizer;
  guint64 step;
} Bench;

static void
bench_clear (Bench *self)
{
  g_clear_pointer (&self->optimizer, smalti_optimizer_free);
  smalti_network_clear (&self->network);
  g_clear_pointer (&self->weights, smalti_weights_unref);
  g_clear_pointer (&self->pretext, smalti_pretext_free);
  g_clear_pointer (&self->spec, smalti_spec_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

static void
apply (SmaltiSpec *spec, const char *const *settings)
{
  for (; settings[0] != NULL; settings += 2)
    {
      g_autoptr (GError) error = NULL;

      if (!smalti_spec_set (spec, settings[0], settings[1], &error))
        g_error ("%s", error->message); /* the tables above are ours */
    }
}

/* As from a checkpoint: there is no data set to ask for its classes. */
static gboolean
name_classes (SmaltiPretext *pretext, guint n_classes, GError **error)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (GString) names = g_string_new ("class 0");

  for (guint i = 1; i < n_classes; i++)
    g_string_append_printf (names, "\nclass %u", i);
  smalti_tensor_file_set_metadata (file, "pretext.classes", names->str);
  return pretext->klass->restore (pretext, file, error);
}

static SmaltiImage *
draw_noise (gint side, SmaltiRandom *random)
{
  SmaltiImage *image = smalti_image_new (side, side);

  for (gint i = 0; i < 3 * side * side; i++)
    image->pixels[i] = smalti_random_u32 (random) >> 24;
  return image;
}

static void
write_batch (Bench *self, guint n_classes)
{
  SmaltiTensor *fields[SMALTI_MAX_FIELDS];

  smalti_network_new_fields (&self->sampler, self->network.batch, fields);
  for (guint i = 0; i < self->network.batch; i++)
    {
      g_autoptr (SmaltiImage) image = NULL;
      SmaltiRandom random;

      smalti_random_init (&random, SEED, SMALTI_STREAM_SAMPLE, 0, i);
      image = draw_noise (self->sampler.min_side, &random);
      smalti_network_draw (&self->sampler, image, n_classes > 0 ? (gint)smalti_random_int (&random, n_classes) : -1,
                           &random, TRUE, i, fields);
    }
  smalti_network_write (&self->network, &self->sampler, fields);
  for (guint f = 0; f < self->sampler.n_fields; f++)
    smalti_tensor_unref (fields[f]);
}

static gboolean
prepare (Bench *self, const SmaltiWorkload *workload, guint batch, SmaltiDevice *device, SmaltiPrecision precision,
         GError **error)
{
  const SmaltiPretextClass *method;

  self->spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));
  apply (self->spec, workload->settings);
  apply (self->spec, common);
  method = smalti_spec_get_method (self->spec);
  self->pretext = smalti_pretext_new (method, smalti_spec_get_values (self->spec, "method"), NULL, error);
  if (self->pretext == NULL || (workload->n_classes > 0 && !name_classes (self->pretext, workload->n_classes, error)))
    return FALSE;
  method->sampler (self->pretext, &self->sampler);
  self->weights = smalti_weights_new (device);
  if (!smalti_network_build (&self->network, self->spec, self->pretext, TRUE, batch, device, precision, self->weights,
                             error))
    return FALSE;
  self->optimizer
      = smalti_optimizer_new (smalti_spec_get_values (self->spec, "train"), self->network.program, batch, 1000, error);
  if (self->optimizer == NULL)
    return FALSE;
  write_batch (self, workload->n_classes);
  return TRUE;
}

/* Reads the loss, as loops do that show it: that waits for everything before. */
static gdouble
time_step (Bench *self, SmaltiDevice *device, gdouble *loss)
{
  SmaltiRunContext context = { .seed = SEED, .step = self->step };
  gint64 start = g_get_monotonic_time ();

  smalti_program_run (self->network.program, &context);
  smalti_optimizer_step (self->optimizer, self->step++);
  *loss = smalti_program_read_scalar (self->network.program, self->network.parts.loss);
  smalti_device_wait (device);
  return (g_get_monotonic_time () - start) / (gdouble)G_USEC_PER_SEC;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *)a, y = *(const gdouble *)b;

  return (x > y) - (x < y);
}

static gdouble
median_of_sorted (const gdouble *values, guint n)
{
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void
smalti_timing_free (SmaltiTiming *self)
{
  g_free (self->profile);
  g_free (self);
}

SmaltiTiming *
smalti_workload_time (const SmaltiWorkload *self, SmaltiDevice *device, SmaltiPrecision precision,
                      const SmaltiTimingOptions *options, GCancellable *cancellable, SmaltiTimingProgress progress,
                      gpointer user_data, GError **error)
{
  g_auto (Bench) bench = { 0 };
  g_autoptr (SmaltiTiming) timing = g_new0 (SmaltiTiming, 1);
  guint n = MAX (options->n_timed, 1), total = options->n_warm + n;
  g_autofree gdouble *seconds = g_new (gdouble, n);

  timing->batch = options->batch > 0 ? options->batch : self->batch;
  timing->n_timed = n;
  if (!prepare (&bench, self, timing->batch, device, precision, error))
    return NULL;
  for (guint i = 0; i < total; i++)
    {
      gdouble taken;

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Stopped."));
          return NULL;
        }
      if (progress != NULL)
        progress (i, total, user_data);
      taken = time_step (&bench, device, &timing->loss);
      if (i >= options->n_warm)
        seconds[i - options->n_warm] = taken;
    }
  qsort (seconds, n, sizeof *seconds, by_size);
  timing->min = seconds[0];
  timing->max = seconds[n - 1];
  timing->median = median_of_sorted (seconds, n);
  timing->flop = smalti_graph_count_flop (bench.network.graph);
  timing->plan_bytes = device->allocated;
  timing->n_params = smalti_weights_n_params (bench.weights);
  if (options->profile)
    timing->profile = smalti_program_profile (bench.network.program, MIN (n, 3));
  return g_steal_pointer (&timing);
}
