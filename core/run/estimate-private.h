/* SPDX-License-Identifier: Apache-2.0 */
/* Between the estimate's parts: planning (estimate.c) and measuring (estimate-measure.c). */
#pragma once

#include "core/run/estimate.h"

G_BEGIN_DECLS

/* What of the images matters to a plan. */
typedef struct
{
  guint n_classes;
  guint64 n_images;     /* to train on: no batch is larger; 0: not known */
  guint64 n_val_images; /* held out; G_MAXUINT: not known */
  guint64 cache_bytes;
  SmaltiPretext *pretext;    /* (nullable): one of the spec's that is there already, with its classes */
  gboolean only_when_needed; /* look for the largest batch only when the spec's own does not fit */
} SmaltiEstimateData;

/* Fills the planned part. @available_bytes: 0 when not known. */
gboolean smalti_estimate_plan (SmaltiEstimate           *self,
                               const SmaltiSpec         *spec,
                               const SmaltiEstimateData *data,
                               guint64                   available_bytes,
                               GError                  **error);

G_END_DECLS
