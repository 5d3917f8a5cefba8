/* SPDX-License-Identifier: Apache-2.0 */
/* What the methods share among themselves: how an image becomes a network's input. */
#pragma once

#include "core/pretext/pretext.h"

G_BEGIN_DECLS

extern const SmaltiPretextClass smalti_jigsaw_class;
extern const SmaltiPretextClass smalti_colorization_class;
extern const SmaltiPretextClass smalti_supervised_class;
extern const SmaltiPretextClass smalti_random_class;
extern const SmaltiPretextClass smalti_imported_class;

/* What a network that sees whole images is fed; the names stand in the same order in smalti_input_kinds. */
typedef enum
{
  SMALTI_INPUT_RGB,
  SMALTI_INPUT_LIGHT,
} SmaltiInputKind;

extern const char *const smalti_input_kinds[];

gint         smalti_input_n_channels (SmaltiInputKind     kind);
/* smalti_input_rgb() or smalti_input_light(). */
void         smalti_input_whole      (SmaltiInputKind     kind,
                                      const SmaltiImage  *image,
                                      gfloat             *out);
void         smalti_input_form       (SmaltiInputKind     kind,
                                      SmaltiInputForm    *form);
/* (3, height, width), standardised by @mean and @deviation of the channels in their order; @reversed: blue first. */
void         smalti_input_standard   (const SmaltiImage  *image,
                                      const gdouble      *mean,
                                      const gdouble      *deviation,
                                      gboolean            reversed,
                                      gfloat             *out);
/* The same by the mean and deviation of ImageNet as everyone does. */
void         smalti_input_rgb        (const SmaltiImage  *image,
                                      gfloat             *out);
/* (1, height, width): (L - 50) / 100 of CIE Lab, the scale of Zhang et al.'s released networks. */
void         smalti_input_light      (const SmaltiImage  *image,
                                      gfloat             *out);
/* (3, height, width) of a rectangle, each channel to mean 0 and deviation 1 by its own statistics. A deviation below 0.02
 * (of 1) counts as 0.02, so that flat sky does not become amplified noise. */
void         smalti_input_tile       (const SmaltiImage  *image,
                                      gint                x,
                                      gint                y,
                                      gint                width,
                                      gint                height,
                                      gfloat             *out);

/* Back to pictures: smalti_input_whole(), _rgb() and _light() undone, but for what 8 bits can't hold. A tile that was brought
 * to mean 0 and deviation 1 by itself looks, by the second, like one of the mean brightness and contrast of photographs:
 * what it was is not in it any more. */
SmaltiImage *smalti_input_show       (SmaltiInputKind     kind,
                                      const gfloat       *in,
                                      gint                width,
                                      gint                height);
SmaltiImage *smalti_input_show_rgb   (const gfloat       *in,
                                      gint                width,
                                      gint                height);
SmaltiImage *smalti_input_show_light (const gfloat       *in,
                                      gint                width,
                                      gint                height);
/* Adds a look to @looks, and returns it. Takes @image. */
SmaltiLook  *smalti_look_add         (GPtrArray          *looks,
                                      const char         *id,
                                      const char         *title,
                                      const char         *note,
                                      SmaltiImage        *image);
/* For methods that see whole images: the sample in @fields[0] as a picture. */
void         smalti_look_add_whole   (GPtrArray          *looks,
                                      SmaltiInputKind     kind,
                                      const gfloat       *in,
                                      gint                side,
                                      gboolean            training);

/* A crop for a network that sees whole images. Training: a random resized crop (area from @min_scale) and, with @flip,
 * half of them mirrored; else the largest square in the middle, and nothing is drawn. */
SmaltiImage *smalti_input_crop       (const SmaltiImage  *image,
                                      SmaltiRandom       *random,
                                      gboolean            training,
                                      gdouble             min_scale,
                                      gboolean            flip,
                                      gint                side);

/* The INPUT for a batch of @field. */
SmaltiValue *smalti_input_of_field   (SmaltiGraph        *graph,
                                      const SmaltiField  *field,
                                      SmaltiValueClass    klass,
                                      guint               batch);

/* probability <- softmax (logits); returns the largest's index. */
guint        smalti_softmax_host     (const gfloat       *logits,
                                      guint               n,
                                      gfloat             *probability);
/* The @n_top most probable, most probable first. */
void         smalti_top_of           (const gfloat       *probability,
                                      guint               n,
                                      guint              *top,
                                      guint               n_top);

G_END_DECLS
