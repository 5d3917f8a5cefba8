/* SPDX-License-Identifier: Apache-2.0 */
/* The table of operators and shapes that every device is tried on. */
#pragma once

#include "tests/ops/trial.h"

typedef struct _Case Case;

/* What a field means is up to @build; zero is the plain thing. */
struct _Case
{
  const char *path; /* "conv/dilated-groups" */
  SmaltiValue *(*build) (Trial *trial, const Case *self);

  SmaltiShape shape; /* of the first input */
  SmaltiValueClass klass;
  Data data;
  gint64 n_out; /* filters, outputs, columns, classes of a sparse target */
  SmaltiWindow window;
  gint size, axis; /* of LRN; of CONCAT and SLICE; factor; k */
  gint64 start, length;
  SmaltiShape to;
  gfloat number; /* alpha of LRN, p, factor, scale, eps */
  gboolean bias, bilinear, transpose_a, transpose_b, as_f32;
  gboolean residual, residual_first, relu; /* added behind it, then fused into it */
  gboolean inference;                      /* the graph is not a training one */
  Data target;
  SmaltiCrossEntropyAttr loss;

  gboolean forward_only; /* it has no gradient */
  gboolean kinked;       /* its data lie on kinks: differences are no derivative there */
  gboolean large;        /* too large for differences; its place is the comparison */
};

extern const Case cases[];
extern const guint n_cases;

/* The finished trial of a case; @hidden as in trial_new(). */
Trial *case_build (const Case *self,
                   gboolean    hidden);
