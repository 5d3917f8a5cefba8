/* SPDX-License-Identifier: Apache-2.0 */
/* Between a model's parts: bringing it back and asking it (model.c), puzzles with a person's hand in them (puzzle.c), and
 * looking into it (insight.c). */
#pragma once

#include "core/run/model.h"
#include "core/run/network-private.h"

G_BEGIN_DECLS

struct _SmaltiModel
{
  char *folder; /* of the run */
  SmaltiSpec *spec;
  SmaltiDevice *device;
  SmaltiPrecision precision;
  SmaltiPretext *pretext;
  SmaltiSampler sampler;
  SmaltiWeights *weights;
  SmaltiNetwork network; /* of one image */
  SmaltiTensor *field[SMALTI_MAX_FIELDS];
  SmaltiTensor *logits; /* %NULL, as the fields, for methods that answer nothing */

  /* insight.c: the trunk alone on a square image, every layer to be read; made when first asked for */
  SmaltiGraph *trunk_graph;
  SmaltiProgram *trunk_program;
  SmaltiValue *trunk_input;
  SmaltiTrunk trunk;
};

/* Draws @image into the fields as held-out images are; @random (out): what it was drawn from. SMALTI_ERROR_ARGUMENT for
 * methods that answer nothing. */
gboolean      smalti_model_draw   (SmaltiModel        *self,
                                   const SmaltiImage  *image,
                                   guint64             seed,
                                   SmaltiRandom       *random,
                                   GError            **error);
/* The logits for what is in the fields; the model's own, until it is asked again. */
const gfloat *smalti_model_answer (SmaltiModel        *self);

G_END_DECLS
