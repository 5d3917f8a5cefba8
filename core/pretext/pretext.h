/* SPDX-License-Identifier: Apache-2.0 */
/* One interface for everything a backbone can be trained on: pretext tasks, labels, nothing at all (random weights). A
 * method is one file: a SmaltiPretextClass with a parameter table and a few functions. */
#pragma once

#include "core/base/param.h"
#include "core/data/loader.h"
#include "core/graph/graph.h"
#include "core/image/image.h"
#include "core/nn/backbone.h"
#include "core/pretext/color-answer.h"
#include "core/tensor/safetensors.h"

G_BEGIN_DECLS

typedef struct _SmaltiPretext SmaltiPretext;
typedef struct _SmaltiPretextClass SmaltiPretextClass;

#define SMALTI_MAX_METRICS 4

/* What build_graph made. */
typedef struct
{
  SmaltiValue *field[SMALTI_MAX_FIELDS]; /* INPUTs for the sampler's fields, in their order */
  SmaltiTrunk trunk;
  SmaltiValue *loss;   /* scalar, mean over the batch; %NULL, as logits, for what does not train */
  SmaltiValue *logits; /* what the preview reads; its first dimension is a multiple of the batch */
  struct
  {
    const char *name; /* "accuracy", "top5" */
    SmaltiValue *sum; /* scalar: summed over the batch */
    gdouble divisor;  /* the metric is sum / divisor */
    gboolean percent;
  } metric[SMALTI_MAX_METRICS];
  guint n_metrics;
} SmaltiPretextGraph;

/* What normalize makes of a pixel, for who would do the same elsewhere. */
typedef struct
{
  const char *channels;         /* "rgb", "bgr": (value / 255 - mean) / deviation; "light": (L - 50) / 100 of CIE Lab */
  gdouble mean[3], deviation[3]; /* in the order of channels; unused for "light" */
} SmaltiInputForm;

/* What people look at: the same image as the network got it, as it answered, and the truth. */
typedef struct
{
  SmaltiImage *input;  /* jigsaw: shuffled tiles; colorization: L alone */
  SmaltiImage *answer; /* tiles as the network would put them; its colours; %NULL where there is nothing to show */
  SmaltiImage *truth;
  gboolean correct;    /* jigsaw: the permutation; labels: the class; colorization: unused */
  gfloat score;        /* jigsaw, labels: probability of its answer; colorization: mean distance in ab, lower is better */
  char *caption;       /* one translated line, e.g. "7 of 9 tiles in place, 83% sure" */
  guint8 wrong[16];    /* jigsaw: 1 where the tile in that cell of the answer is wrong */
  guint grid;          /* jigsaw: cells a side; else 0 */
  struct
  {
    char *label;
    gfloat probability;
    guint8 order[16];  /* jigsaw: tile that it says each cell of the input shows; all 0 in previews of older versions */
  } top[5];            /* most likely answers first; label %NULL ends it */
  guint8 shown[16];    /* jigsaw: tile that each cell of the input does show; all 0 in previews of older versions */
  SmaltiColorAnswer *colors; /* colorization: what the answer was made of; %NULL in previews of older versions */
  gfloat temperature;  /* colorization: of the answer; see smalti_preview_recolor() */
} SmaltiPreview;

void           smalti_preview_free (SmaltiPreview *self);
/* Input, answer and truth side by side, wrong tiles framed. */
SmaltiImage   *smalti_preview_render (const SmaltiPreview *self);
/* (transfer full) (nullable): the answer as it would be at another temperature (1: the mean, near 0: the most likely), in a
 * few milliseconds; at the preview's own it is the answer but for rounding. %NULL when the preview has no colours. Thread
 * safe. */
SmaltiImage   *smalti_preview_recolor (const SmaltiPreview *self, gfloat temperature);

/* What the network gets of one image, as a picture for people. */
typedef struct
{
  const char *id;    /* static: "cut", "tiles", "light", ... */
  const char *title; /* translated, static */
  const char *note;  /* one translated sentence, static */
  SmaltiImage *image;
  guint grid;        /* cells a side when the picture is of tiles edge to edge, else 0 */
  guint8 order[16];  /* tile that each cell shows */
} SmaltiLook;

void           smalti_look_free (SmaltiLook *self);

struct _SmaltiPretextClass
{
  const char *id;      /* "jigsaw", "colorization", "supervised", "random", "imported" */
  const char *title;   /* translatable */
  const char *summary; /* one sentence, translatable */
  const char *paper;   /* with its arXiv number */
  const SmaltiParam *params;
  gboolean needs_labels;
  gboolean trains;     /* FALSE: random or imported weights */
  gboolean is_imported; /* weights from elsewhere: it has no images, is stored by an import, and never runs */

  /* @values stay owned by the caller, copied if needed. @dataset (nullable): without it, what it would tell (the classes)
   * comes from restore. */
  SmaltiPretext *(*create)  (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset,
                             GError **error);
  void           (*destroy) (SmaltiPretext *self);
  /* (nullable): statistics of the user's own data that the method needs (class rebalancing). May take seconds; the result
   * can be saved to and restored from a checkpoint's tensors under "pretext.". */
  gboolean       (*measure) (SmaltiPretext *self, SmaltiDataset *dataset, guint n_threads, GCancellable *cancellable,
                             GError **error);
  /* (nullable), both */
  void           (*save)    (SmaltiPretext *self, SmaltiTensorFile *file);
  gboolean       (*restore) (SmaltiPretext *self, const SmaltiTensorFile *file, GError **error);

  void           (*sampler) (SmaltiPretext *self, SmaltiSampler *sampler);
  /* The whole network on @backbone; parameter names begin with SMALTI_TRUNK_PREFIX and SMALTI_HEAD_PREFIX. The caller
   * fuses, differentiates and compiles. */
  void           (*build)   (SmaltiPretext *self, SmaltiGraph *graph, const SmaltiBackboneClass *backbone,
                             const SmaltiValues *backbone_values, guint batch, SmaltiPretextGraph *out);
  /* (nullable): random weights have no answer. @logits: the sample's own part. @random: a copy of what draw got, so that
   * the same tiles are cut again; the sample was drawn with training FALSE. */
  SmaltiPreview *(*preview) (SmaltiPretext *self, const SmaltiImage *image, gint label, const SmaltiRandom *random,
                             const gfloat *logits);
  /* Appends SmaltiLooks of a sample: @fields as draw has filled them from @image and @random. What can be read out of the
   * fields is shown as it stands there, never made again, so that nothing else can be shown than what a network gets. */
  void           (*look)     (SmaltiPretext *self, const SmaltiImage *image, const SmaltiRandom *random,
                              gboolean training, gpointer const *fields, GPtrArray *looks);
  /* (nullable): what is worth knowing before the start: "1000 permutations, least distance 4"; free with g_free(). */
  char          *(*describe) (SmaltiPretext *self);
  /* How the linear benchmark feeds an image to this trunk. side: of the square, at the scale that the trunk trained on (a
   * jigsaw's whole puzzle, not a tile). normalize fills (channels, side, side) f32 from an image already cropped to
   * side x side; any other side will do, too. */
  gint           (*side)       (SmaltiPretext *self);
  gint           (*n_channels) (SmaltiPretext *self);
  void           (*normalize)  (SmaltiPretext *self, const SmaltiImage *image, gfloat *out);
  void           (*input)      (SmaltiPretext *self, SmaltiInputForm *form);
};

/* Methods' own structs begin with this one. */
struct _SmaltiPretext
{
  const SmaltiPretextClass *klass;
};

/* %NULL-terminated, in the order people should see them. */
const SmaltiPretextClass *const *smalti_pretexts      (void);
const SmaltiPretextClass        *smalti_pretext_find  (const char *id);

SmaltiPretext *smalti_pretext_new  (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset,
                                    GError **error);
void           smalti_pretext_free (SmaltiPretext *self);
/**
 * smalti_pretext_look:
 * @image: decoded to at least the sampler's min_side, as the loader does
 * @random: what the sample is drawn from; smalti_random_init (seed, SMALTI_STREAM_SAMPLE, epoch, item) gives the very one
 *   that a run of that seed draws of that item in that epoch
 * @training: as in training (augmented), or as held-out images are
 *
 * Draws a sample and shows it, without any network.
 *
 * Returns: (transfer full) (element-type SmaltiLook): in the order in which people should see them
 */
GPtrArray     *smalti_pretext_look (SmaltiPretext *self, const SmaltiImage *image, const SmaltiRandom *random,
                                    gboolean training);
/* The same from a method's settings alone. Making a method may take seconds for very large permutation sets: to show more
 * than one sample, make it once with smalti_pretext_new() without a data set. */
GPtrArray     *smalti_method_look  (const SmaltiPretextClass *klass, const SmaltiValues *values,
                                    const SmaltiImage *image, guint64 seed, gboolean training, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPretext, smalti_pretext_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPreview, smalti_preview_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiLook, smalti_look_free)

G_END_DECLS
