/* SPDX-License-Identifier: Apache-2.0 */
/* What a colorization network can do beside being trained. */
#pragma once

#include "core/pretext/pretext.h"

G_BEGIN_DECLS

/* The loss of the best answer that is the same for every pixel: the distribution of colours in the measured images, each
 * pixel with its weight. What a network learns from the image is what it gets below this. NaN before measure or restore. */
gdouble      smalti_colorization_marginal_loss (SmaltiPretext      *pretext);
/* @image in the colours of @logits (313, height, width): its own L, and ab by annealed mean, stretched bilinearly over the
 * whole image. @temperature: negative for that of the method's settings. */
SmaltiImage *smalti_colorization_paint         (SmaltiPretext      *pretext,
                                                const SmaltiImage  *image,
                                                const gfloat       *logits,
                                                gint                height,
                                                gint                width,
                                                gfloat              temperature);

G_END_DECLS
