/* SPDX-License-Identifier: Apache-2.0 */
/* CIE 1976 L*a*b* under D65 from and to sRGB (IEC 61966-2-1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * smalti_lab_from_srgb:
 * @rgb: (array): N pixels, interleaved R G B, 8 bit, sRGB
 * @lab: (out): N pixels as three planes L, a, b; L in [0, 100], a and b in about [-110, 110]
 * @n_pixels: N
 */
void smalti_lab_from_srgb (const guint8 *rgb,
                           gfloat       *lab,
                           gsize         n_pixels);
/* The inverse; colours outside the gamut are clipped channel by channel. */
void smalti_lab_to_srgb   (const gfloat *lab,
                           guint8       *rgb,
                           gsize         n_pixels);

G_END_DECLS
