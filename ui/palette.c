/* SPDX-License-Identifier: Apache-2.0 */
/* Light: contrast against white at least 3 to 1 for every entry; dark: the same against #1e1e1e. */
#include "ui/palette.h"

static const guint32 light[SMALTI_PALETTE_SIZE] = { 0x0072b2, 0xd55e00, 0x007f5f, 0xb0508a, 0x6b5b00, 0x5b5b66 };
static const guint32 dark_set[SMALTI_PALETTE_SIZE] = { 0x56b4e9, 0xf0a33a, 0x2fc99b, 0xe39cc6, 0xf0e442, 0xc0c0c8 };

static GdkRGBA
from_code (guint32 code)
{
  return (GdkRGBA){ (code >> 16) / 255.f, ((code >> 8) & 0xff) / 255.f, (code & 0xff) / 255.f, 1 };
}

GdkRGBA
smalti_palette_curve (guint index, gboolean dark)
{
  return from_code ((dark ? dark_set : light)[index % SMALTI_PALETTE_SIZE]);
}

guint
smalti_palette_dashes (guint index, const gdouble **lengths)
{
  static const gdouble dashes[][4] = { { 0 }, { 4, 2.5 }, { 1, 2 }, { 6, 2, 1, 2 } };
  static const guint n[] = { 0, 2, 2, 4 };
  guint i = index / SMALTI_PALETTE_SIZE % G_N_ELEMENTS (n);

  *lengths = dashes[i];
  return n[i];
}

GdkRGBA
smalti_palette_wrong (gboolean dark)
{
  return from_code (dark ? 0xff6b5e : 0xc01c28);
}

GdkRGBA
smalti_palette_faint (GdkRGBA color, gfloat alpha)
{
  color.alpha *= alpha;
  return color;
}
