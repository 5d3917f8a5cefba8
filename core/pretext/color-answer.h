/* SPDX-License-Identifier: Apache-2.0 */
/* What a colorization network said of one image, small enough to be kept with every preview: for each position its most
 * likely colours. From it the picture can be painted at any temperature, long after the network is gone. */
#pragma once

#include <gio/gio.h>

#include "core/image/image.h"

G_BEGIN_DECLS

/* Immutable, reference counted; thread safe. */
typedef struct _SmaltiColorAnswer SmaltiColorAnswer;

/* @logits (313, height, width). %NULL when there are more than 65,536 positions: that would not be small any more. */
SmaltiColorAnswer *smalti_color_answer_new        (const gfloat             *logits,
                                                   gint                      height,
                                                   gint                      width);
SmaltiColorAnswer *smalti_color_answer_ref        (SmaltiColorAnswer        *self);
void               smalti_color_answer_unref      (SmaltiColorAnswer        *self);
/* How many colours a position keeps, and the probability that they hold together, in the mean over all positions. */
guint              smalti_color_answer_n_kept     (const SmaltiColorAnswer  *self);
gfloat             smalti_color_answer_mass       (const SmaltiColorAnswer  *self);

/* (transfer full): compressed. */
GBytes            *smalti_color_answer_to_bytes   (const SmaltiColorAnswer  *self);
/* (nullable): %NULL when they are damaged. */
SmaltiColorAnswer *smalti_color_answer_from_bytes (GBytes                   *bytes);

/**
 * smalti_color_answer_paint:
 * @image: of any size: its lightness is kept, its colours are not looked at
 * @temperature: 1 is the mean (dull), near 0 the most likely (patchy); the paper has 0.38
 *
 * The annealed mean of Zhang, Isola & Efros 2016 (section 2.3) over the kept colours, stretched bilinearly over @image.
 * The others take part as one: as many of one probability as give their sum right at temperatures 1 and 1/2, in their mean
 * colour there. So at 1 the mean is the network's own but for rounding, and below it the kept ones soon are all that counts.
 */
SmaltiImage       *smalti_color_answer_paint      (const SmaltiColorAnswer  *self,
                                                   const SmaltiImage        *image,
                                                   gfloat                    temperature);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiColorAnswer, smalti_color_answer_unref)

G_END_DECLS
