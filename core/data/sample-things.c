/* SPDX-License-Identifier: Apache-2.0 */
/* Trees, houses, boats, fruit and what else stands in the built-in sample's pictures. Light comes from the sun's side.
 */
#include <math.h>

#include "core/data/sample-private.h"

#define between smalti_scene_draw_between
#define hsv     smalti_colour_hsv
#define paint   smalti_scene_paint

static void
ball (SmaltiScene *self, gdouble x, gdouble y, gdouble rx, gdouble ry, gdouble angle)
{
  cairo_save (self->cr);
  cairo_translate (self->cr, x, y);
  cairo_rotate (self->cr, angle);
  cairo_scale (self->cr, rx, ry);
  cairo_arc (self->cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_restore (self->cr);
  cairo_fill (self->cr);
}

static gdouble
lit_side (const SmaltiScene *self, gdouble x)
{
  return self->sun_x > x ? 1.0 : -1.0;
}

static void
shadow (SmaltiScene *self, gdouble x, gdouble y, gdouble width)
{
  if (self->weather == SMALTI_WEATHER_OVERCAST)
    return;
  cairo_set_source_rgba (self->cr, 0.03, 0.05, 0.12, 0.3);
  ball (self, x - lit_side (self, x) * width * 0.5, y, width, width * 0.18, 0);
}

void
smalti_scene_leaf_tree (SmaltiScene *self, gdouble x, gdouble y, gdouble height, gdouble hue, gdouble distance)
{
  gdouble side = lit_side (self, x), crown = height * between (self, 0.28, 0.4);
  gdouble cy = y - height + crown;
  guint n = smalti_scene_draw_int (self, 18, 34);

  shadow (self, x, y, height * 0.3);
  paint (self, hsv (28, 0.45, between (self, 0.22, 0.4)), distance, 1);
  cairo_move_to (self->cr, x - height * 0.045, y);
  cairo_line_to (self->cr, x - height * 0.02, cy);
  cairo_line_to (self->cr, x + height * 0.02, cy);
  cairo_line_to (self->cr, x + height * 0.045, y);
  cairo_fill (self->cr);
  for (guint i = 0; i < n; i++)
    {
      /* Dark ones behind and below, light ones last and towards the light. */
      gdouble order = (gdouble)i / n, angle = between (self, 0, 2 * G_PI), reach = crown * between (self, 0.1, 0.8);
      gdouble lx = x + cos (angle) * reach + side * (order - 0.5) * crown * 0.5;
      gdouble ly = cy + sin (angle) * reach * 0.85 - (order - 0.5) * crown * 0.5;

      paint (self,
             hsv (hue + between (self, -10, 10), 0.65 - 0.15 * order, 0.2 + 0.42 * order + between (self, -0.05, 0.05)),
             distance, 0.95);
      ball (self, lx, ly, crown * between (self, 0.18, 0.34), crown * between (self, 0.15, 0.28), angle);
    }
}

void
smalti_scene_fir (SmaltiScene *self, gdouble x, gdouble y, gdouble height, gdouble snow, gdouble distance)
{
  gdouble side = lit_side (self, x), hue = between (self, 120, 160), half = height * between (self, 0.2, 0.28);
  guint n = smalti_scene_draw_int (self, 4, 7);

  shadow (self, x, y, height * 0.22);
  paint (self, hsv (25, 0.5, 0.25), distance, 1);
  cairo_rectangle (self->cr, x - height * 0.025, y - height * 0.15, height * 0.05, height * 0.15);
  cairo_fill (self->cr);
  for (guint i = 0; i < n; i++)
    {
      gdouble low = y - height * (0.1 + 0.85 * i / n), high = MAX (low - height * 1.5 / n, y - height);
      gdouble w = half * (1 - (gdouble)i / (n + 0.6));

      paint (self, hsv (hue, 0.55, 0.2 + 0.1 * i / n), distance, 1);
      cairo_move_to (self->cr, x - w, low);
      cairo_line_to (self->cr, x, high);
      cairo_line_to (self->cr, x + w, low);
      cairo_fill (self->cr);
      paint (self, snow > 0 ? (SmaltiColour){ 0.95, 0.97, 1 } : hsv (hue - 15, 0.5, 0.45), distance, MAX (snow, 0.6));
      cairo_move_to (self->cr, x + side * w * 0.95, low);
      cairo_line_to (self->cr, x, high);
      cairo_line_to (self->cr, x + side * w * (snow > 0 ? 0.05 : 0.35), low - (low - high) * 0.25);
      cairo_fill (self->cr);
    }
}

void
smalti_scene_palm (SmaltiScene *self, gdouble x, gdouble y, gdouble height)
{
  gdouble lean = between (self, -0.35, 0.35) * height, top_x = x + lean, top_y = y - height;
  guint n = smalti_scene_draw_int (self, 7, 11);

  shadow (self, x, y, height * 0.2);
  paint (self, hsv (30, 0.4, between (self, 0.35, 0.5)), 0, 1);
  cairo_set_line_width (self->cr, height * 0.05);
  cairo_move_to (self->cr, x, y);
  cairo_curve_to (self->cr, x, y - height * 0.5, top_x - lean * 0.2, top_y + height * 0.3, top_x, top_y);
  cairo_stroke (self->cr);
  for (guint i = 0; i < n; i++)
    {
      gdouble angle = G_PI * (0.85 + 1.3 * i / (n - 1)) + between (self, -0.15, 0.15);
      gdouble length = height * between (self, 0.3, 0.45);
      gdouble ex = top_x + cos (angle) * length, ey = top_y + sin (angle) * length * 0.7 + length * 0.35;

      paint (self, hsv (between (self, 85, 125), 0.65, between (self, 0.3, 0.6)), 0, 1);
      cairo_move_to (self->cr, top_x, top_y);
      cairo_curve_to (self->cr, top_x + (ex - top_x) * 0.4, top_y - length * 0.25, ex, ey - length * 0.35, ex, ey);
      cairo_curve_to (self->cr, ex - (ex - top_x) * 0.1, ey - length * 0.15, top_x + (ex - top_x) * 0.3, top_y, top_x,
                      top_y + height * 0.02);
      cairo_fill (self->cr);
    }
}

static void
branch (SmaltiScene *self, gdouble x, gdouble y, gdouble length, gdouble angle, guint depth)
{
  gdouble ex = x + cos (angle) * length, ey = y + sin (angle) * length;

  cairo_set_line_width (self->cr, length * 0.14);
  cairo_move_to (self->cr, x, y);
  cairo_line_to (self->cr, ex, ey);
  cairo_stroke (self->cr);
  for (guint i = 0; depth > 0 && i < 2 + (depth > 2); i++)
    branch (self, ex, ey, length * between (self, 0.6, 0.78), angle + between (self, -0.75, 0.75), depth - 1);
}

void
smalti_scene_bare_tree (SmaltiScene *self, gdouble x, gdouble y, gdouble height, gdouble distance)
{
  paint (self, hsv (25, 0.3, between (self, 0.15, 0.32)), distance, 1);
  branch (self, x, y, height * 0.34, -G_PI / 2 + between (self, -0.1, 0.1), 4);
}

static void
window (SmaltiScene *self, gdouble x, gdouble y, gdouble w, gdouble h, gdouble p_lit, gdouble distance)
{
  if (smalti_scene_chance (self, p_lit))
    cairo_set_source_rgb (self->cr, 1.0, between (self, 0.72, 0.9), between (self, 0.35, 0.6));
  else
    paint (self, hsv (215, 0.35, between (self, 0.25, 0.5)), distance, 1);
  cairo_rectangle (self->cr, x, y, w, h);
  cairo_fill (self->cr);
}

void
smalti_scene_house (SmaltiScene *self, gdouble x, gdouble y, gdouble width, gdouble snow, gdouble distance)
{
  gdouble height = width * between (self, 0.5, 0.95), roof = width * between (self, 0.3, 0.6);
  gdouble p_lit = self->weather >= SMALTI_WEATHER_EVENING ? 0.7 : 0.0;
  gdouble side = lit_side (self, x);
  SmaltiColour wall = hsv (between (self, 10, 55), between (self, 0.05, 0.4), between (self, 0.7, 0.95));
  SmaltiColour tiles = hsv (between (self, 0, 30), between (self, 0.35, 0.7), between (self, 0.35, 0.65));
  guint n = smalti_scene_draw_int (self, 1, 3);

  shadow (self, x + width / 2, y, width * 0.6);
  paint (self, wall, distance, 1);
  cairo_rectangle (self->cr, x, y - height, width, height);
  cairo_fill (self->cr);
  cairo_set_source_rgba (self->cr, 0, 0, 0.05, 0.22); /* the wall that turns away */
  cairo_rectangle (self->cr, side > 0 ? x : x + width * 0.7, y - height, width * 0.3, height);
  cairo_fill (self->cr);
  if (smalti_scene_chance (self, 0.6))
    {
      paint (self, hsv (15, 0.4, 0.4), distance, 1);
      cairo_rectangle (self->cr, x + width * between (self, 0.15, 0.75), y - height - roof, width * 0.1, roof * 0.7);
      cairo_fill (self->cr);
    }
  paint (self, snow > 0 ? (SmaltiColour){ 0.94, 0.96, 1 } : tiles, distance, 1);
  cairo_move_to (self->cr, x - width * 0.08, y - height);
  if (smalti_scene_chance (self, 0.5))
    cairo_line_to (self->cr, x + width * 0.5, y - height - roof);
  else
    {
      cairo_line_to (self->cr, x + width * 0.2, y - height - roof * 0.8);
      cairo_line_to (self->cr, x + width * 0.8, y - height - roof * 0.8);
    }
  cairo_line_to (self->cr, x + width * 1.08, y - height);
  cairo_fill (self->cr);
  for (guint i = 0; i < n; i++)
    window (self, x + width * (i + 0.3) / n, y - height * 0.8, width * 0.4 / n, height * 0.28, p_lit, distance);
  paint (self, hsv (between (self, 0, 360), 0.4, 0.35), distance, 1);
  cairo_rectangle (self->cr, x + width * between (self, 0.2, 0.6), y - height * 0.4, width * 0.16, height * 0.4);
  cairo_fill (self->cr);
}

void
smalti_scene_tower (SmaltiScene *self, gdouble x, gdouble width, gdouble top, gdouble bottom, gdouble distance)
{
  SmaltiColour wall = hsv (between (self, 0, 1) < 0.5 ? between (self, 15, 40) : between (self, 205, 230),
                           between (self, 0.05, 0.35), between (self, 0.35, 0.8));
  gdouble p_lit = self->weather >= SMALTI_WEATHER_EVENING ? between (self, 0.25, 0.65) : 0.0;
  gdouble step_x = between (self, 0.028, 0.045), step_y = between (self, 0.032, 0.05);

  paint (self, wall, distance, 1);
  cairo_rectangle (self->cr, x, top, width, bottom - top);
  cairo_fill (self->cr);
  cairo_set_source_rgba (self->cr, 0, 0, 0.05, 0.25);
  cairo_rectangle (self->cr, lit_side (self, x) > 0 ? x : x + width * 0.75, top, width * 0.25, bottom - top);
  cairo_fill (self->cr);
  for (gdouble wy = top + step_y * 0.5; wy + step_y < bottom; wy += step_y)
    for (gdouble wx = x + step_x * 0.4; wx + step_x * 0.6 < x + width; wx += step_x)
      window (self, wx, wy, step_x * 0.55, step_y * 0.5, p_lit, distance);
  if (smalti_scene_chance (self, 0.25))
    {
      paint (self, wall, distance, 1);
      cairo_rectangle (self->cr, x + width * 0.45, top - between (self, 0.03, 0.1), width * 0.08, 0.1);
      cairo_fill (self->cr);
    }
}

void
smalti_scene_boat (SmaltiScene *self, gdouble x, gdouble y, gdouble size)
{
  gdouble hue = between (self, 0, 360), way = smalti_scene_chance (self, 0.5) ? 1 : -1;
  SmaltiColour sail = smalti_scene_chance (self, 0.7) ? hsv (45, between (self, 0, 0.15), 0.98) : hsv (hue, 0.7, 0.85);

  cairo_set_source_rgba (self->cr, 0.9, 0.95, 1, 0.25); /* what the water gives back */
  cairo_move_to (self->cr, x - size * 0.4, y);
  cairo_line_to (self->cr, x + way * size * 0.05, y + size * 0.5);
  cairo_line_to (self->cr, x + size * 0.4, y);
  cairo_fill (self->cr);
  paint (self, sail, 0, 1);
  cairo_move_to (self->cr, x - way * size * 0.02, y - size * 0.15);
  cairo_line_to (self->cr, x - way * size * 0.02, y - size * 1.15);
  cairo_line_to (self->cr, x - way * size * 0.48, y - size * 0.18);
  cairo_fill (self->cr);
  paint (self, smalti_colour_mix (sail, hsv (hue, 0.6, 0.8), 0.35), 0, 1);
  cairo_move_to (self->cr, x + way * size * 0.04, y - size * 0.2);
  cairo_line_to (self->cr, x + way * size * 0.02, y - size * 0.95);
  cairo_line_to (self->cr, x + way * size * 0.42, y - size * 0.2);
  cairo_fill (self->cr);
  paint (self, hsv (hue + 150, between (self, 0.1, 0.7), between (self, 0.3, 0.95)), 0, 1);
  cairo_move_to (self->cr, x - size * 0.5, y - size * 0.14);
  cairo_line_to (self->cr, x + size * 0.5, y - size * 0.14);
  cairo_line_to (self->cr, x + size * 0.36, y + size * 0.06);
  cairo_line_to (self->cr, x - size * 0.36, y + size * 0.06);
  cairo_fill (self->cr);
}

void
smalti_scene_rock (SmaltiScene *self, gdouble x, gdouble y, gdouble size, gdouble distance)
{
  gdouble side = lit_side (self, x), value = between (self, 0.35, 0.6), hue = between (self, 15, 40);
  gdouble peak = between (self, -0.3, 0.3) * size, height = size * between (self, 0.5, 0.9);

  shadow (self, x, y, size * 0.7);
  paint (self, hsv (hue, 0.15, value * 0.6), distance, 1);
  cairo_move_to (self->cr, x - size * 0.6, y);
  cairo_line_to (self->cr, x - size * 0.4, y - height * 0.7);
  cairo_line_to (self->cr, x + peak, y - height);
  cairo_line_to (self->cr, x + size * 0.45, y - height * 0.6);
  cairo_line_to (self->cr, x + size * 0.6, y);
  cairo_fill (self->cr);
  paint (self, hsv (hue, 0.18, value), distance, 1);
  cairo_move_to (self->cr, x + side * size * 0.58, y - size * 0.03);
  cairo_line_to (self->cr, x + side * size * 0.4, y - height * 0.65);
  cairo_line_to (self->cr, x + peak, y - height);
  cairo_line_to (self->cr, x + side * size * 0.1, y - size * 0.1);
  cairo_fill (self->cr);
}

void
smalti_scene_cactus (SmaltiScene *self, gdouble x, gdouble y, gdouble height)
{
  gdouble hue = between (self, 95, 140), value = between (self, 0.35, 0.5);
  guint arms = smalti_scene_draw_int (self, 0, 3);

  shadow (self, x, y, height * 0.25);
  cairo_set_line_cap (self->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  for (int pass = 0; pass < 2; pass++)
    {
      SmaltiRandom again = *self->random;
      gdouble shift = pass * lit_side (self, x) * height * 0.025;

      paint (self, hsv (hue, 0.5, value + 0.15 * pass), 0.1, 1);
      cairo_set_line_width (self->cr, height * (pass ? 0.06 : 0.13));
      cairo_move_to (self->cr, x + shift, y);
      cairo_line_to (self->cr, x + shift, y - height);
      for (guint i = 0; i < arms; i++)
        {
          gdouble at = y - height * between (self, 0.3, 0.65), way = i % 2 ? 1 : -1,
                  out = height * between (self, 0.16, 0.26);

          cairo_move_to (self->cr, x + shift, at);
          cairo_line_to (self->cr, x + shift + way * out, at);
          cairo_line_to (self->cr, x + shift + way * out, at - height * between (self, 0.15, 0.35));
        }
      cairo_stroke (self->cr);
      if (pass == 0)
        *self->random = again;
    }
}

void
smalti_scene_umbrella (SmaltiScene *self, gdouble x, gdouble y, gdouble size)
{
  gdouble hue = between (self, 0, 360);

  shadow (self, x, y, size * 0.6);
  paint (self, hsv (30, 0.2, 0.85), 0, 1);
  cairo_set_line_width (self->cr, size * 0.05);
  cairo_move_to (self->cr, x, y);
  cairo_line_to (self->cr, x, y - size);
  cairo_stroke (self->cr);
  for (int i = 0; i < 6; i++)
    {
      gdouble from = x - size * 0.65 + size * 1.3 * i / 6;

      paint (self, i % 2 ? hsv (45, 0.05, 0.97) : hsv (hue, 0.7, 0.85), 0, 1);
      cairo_move_to (self->cr, x, y - size * 1.15);
      cairo_line_to (self->cr, from, y - size * 0.72);
      cairo_line_to (self->cr, from + size * 1.3 / 6, y - size * 0.72);
      cairo_fill (self->cr);
    }
}

void
smalti_scene_bloom (SmaltiScene *self, gdouble x, gdouble y, gdouble radius, gdouble hue)
{
  guint n = smalti_scene_draw_int (self, 5, 12);
  gdouble turn = between (self, 0, G_PI), squash = between (self, 0.7, 1), saturation = between (self, 0.35, 0.85);
  SmaltiColour heart = hsv (between (self, 30, 52), 0.85, between (self, 0.6, 0.95));

  cairo_save (self->cr);
  cairo_translate (self->cr, x, y);
  cairo_rotate (self->cr, between (self, -0.4, 0.4));
  cairo_scale (self->cr, 1, squash);
  for (int layer = 0; layer < 2; layer++)
    for (guint i = 0; i < n; i++)
      {
        gdouble angle = turn + (i + 0.5 * layer) * 2 * G_PI / n, reach = radius * (layer ? 0.42 : 0.58);

        paint (self,
               hsv (hue + between (self, -6, 6), saturation - 0.12 * layer,
                    (layer ? 0.92 : 0.74) + between (self, -0.06, 0.06)),
               0, 1);
        ball (self, cos (angle) * reach, sin (angle) * reach, radius * (layer ? 0.34 : 0.44),
              radius * MIN (2.2 / n, 0.3), angle);
      }
  paint (self, heart, 0, 1);
  ball (self, 0, 0, radius * 0.24, radius * 0.24, 0);
  paint (self, hsv (28, 0.8, 0.4), 0, 0.7);
  for (int i = 0; i < 6; i++)
    ball (self, between (self, -0.13, 0.13) * radius, between (self, -0.13, 0.13) * radius, radius * 0.035,
          radius * 0.035, 0);
  cairo_restore (self->cr);
}

/* A lit body: dark rim away from the light, gloss towards it. */
static void
body (SmaltiScene *self, gdouble x, gdouble y, gdouble rx, gdouble ry, gdouble hue, gdouble saturation, gdouble value)
{
  gdouble side = lit_side (self, x);
  cairo_pattern_t *pattern;
  const gdouble stop[4] = { 0.0, 0.35, 0.8, 1.0 }, bright[4] = { 1.25, 1.0, 0.62, 0.42 };

  cairo_save (self->cr);
  cairo_translate (self->cr, x, y);
  cairo_scale (self->cr, rx, ry);
  pattern = cairo_pattern_create_radial (side * 0.35, -0.4, 0.02, side * 0.1, -0.1, 1.15);
  for (int i = 0; i < 4; i++)
    {
      SmaltiColour c = hsv (hue - 8 * (i > 1), saturation * (i == 0 ? 0.75 : 1), MIN (value * bright[i], 1));

      cairo_pattern_add_color_stop_rgb (pattern, stop[i], c.r * self->light.r, c.g * self->light.g,
                                        c.b * self->light.b);
    }
  cairo_set_source (self->cr, pattern);
  cairo_arc (self->cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_fill (self->cr);
  cairo_pattern_destroy (pattern);
  cairo_set_source_rgba (self->cr, 1, 1, 1, 0.55);
  cairo_arc (self->cr, side * 0.38, -0.42, 0.13, 0, 2 * G_PI);
  cairo_fill (self->cr);
  cairo_restore (self->cr);
}

void
smalti_scene_fruit (SmaltiScene *self, gdouble x, gdouble y, gdouble radius)
{
  guint kind = smalti_scene_draw_int (self, 0, 4);

  cairo_set_source_rgba (self->cr, 0.05, 0.02, 0, 0.35);
  ball (self, x - lit_side (self, x) * radius * 0.4, y + radius * 0.8, radius * 1.2, radius * 0.3, 0);
  switch (kind)
    {
    case 0: /* apple */
      body (self, x, y, radius, radius * 0.92,
            smalti_scene_chance (self, 0.65) ? between (self, -8, 12) : between (self, 75, 95), 0.8, 0.8);
      break;
    case 1: /* orange */
      body (self, x, y, radius * 0.95, radius * 0.93, between (self, 24, 34), 0.88, 0.93);
      break;
    case 2: /* lemon */
      body (self, x, y + radius * 0.15, radius * 1.05, radius * 0.72, between (self, 48, 56), 0.75, 0.95);
      break;
    case 3: /* pear */
      body (self, x, y - radius * 0.55, radius * 0.5, radius * 0.65, 66, 0.6, 0.75);
      body (self, x, y + radius * 0.15, radius * 0.85, radius * 0.8, between (self, 58, 75), 0.65, 0.78);
      break;
    default: /* grapes */
      for (int row = 0; row < 4; row++)
        for (int i = 0; i < 4 - row; i++)
          body (self, x + (i - (3 - row) / 2.0) * radius * 0.52, y - radius * 0.55 + row * radius * 0.46, radius * 0.3,
                radius * 0.3, between (self, 265, 300), 0.6, 0.5);
    }
  if (kind != 2)
    {
      paint (self, hsv (30, 0.6, 0.3), 0, 1);
      cairo_set_line_width (self->cr, radius * 0.1);
      cairo_move_to (self->cr, x, y - radius * (kind == 3 ? 1.1 : 0.8));
      cairo_line_to (self->cr, x + radius * between (self, -0.2, 0.2), y - radius * (kind == 3 ? 1.5 : 1.15));
      cairo_stroke (self->cr);
    }
  if (kind == 0 && smalti_scene_chance (self, 0.5))
    {
      paint (self, hsv (110, 0.6, 0.45), 0, 1);
      ball (self, x + radius * 0.3, y - radius * 1.0, radius * 0.3, radius * 0.13, -0.4);
    }
}

void
smalti_scene_fish (SmaltiScene *self, gdouble x, gdouble y, gdouble length, gdouble hue)
{
  gdouble way = smalti_scene_chance (self, 0.5) ? 1 : -1, fat = between (self, 0.22, 0.36);
  guint stripes = smalti_scene_draw_int (self, 0, 3);

  cairo_save (self->cr);
  cairo_translate (self->cr, x, y);
  cairo_rotate (self->cr, between (self, -0.25, 0.25));
  cairo_scale (self->cr, way * length, length);
  paint (self, hsv (hue + 15, 0.7, 0.75), 0, 1);
  cairo_move_to (self->cr, -0.32, 0);
  cairo_line_to (self->cr, -0.6, -0.2);
  cairo_line_to (self->cr, -0.52, 0);
  cairo_line_to (self->cr, -0.6, 0.2);
  cairo_fill (self->cr);
  cairo_move_to (self->cr, 0.15, -fat * 0.7);
  cairo_line_to (self->cr, -0.15, -fat * 1.35);
  cairo_line_to (self->cr, -0.25, -fat * 0.5);
  cairo_fill (self->cr);
  paint (self, hsv (hue, 0.75, 0.92), 0, 1);
  ball (self, 0, 0, 0.42, fat, 0);
  for (guint i = 0; i < stripes; i++)
    {
      paint (self, hsv (hue + 180, 0.15, 0.96), 0, 0.85);
      ball (self, 0.2 - 0.2 * i, 0, 0.035, fat * 0.85, 0);
    }
  paint (self, (SmaltiColour){ 1, 1, 1 }, 0, 1);
  ball (self, 0.29, -fat * 0.25, 0.06, 0.06, 0);
  cairo_set_source_rgb (self->cr, 0.05, 0.05, 0.1);
  ball (self, 0.31, -fat * 0.25, 0.03, 0.03, 0);
  cairo_restore (self->cr);
}

void
smalti_scene_plant (SmaltiScene *self, gdouble x, gdouble y, gdouble height, gdouble hue)
{
  guint n = smalti_scene_draw_int (self, 3, 7);

  cairo_set_line_cap (self->cr, CAIRO_LINE_CAP_ROUND);
  for (guint i = 0; i < n; i++)
    {
      gdouble foot = x + between (self, -0.2, 0.2) * height, h = height * between (self, 0.5, 1);
      gdouble sway = between (self, -0.35, 0.35) * h;

      paint (self, hsv (hue + between (self, -12, 12), 0.65, between (self, 0.3, 0.7)), between (self, 0, 0.4), 1);
      cairo_set_line_width (self->cr, height * between (self, 0.04, 0.09));
      cairo_move_to (self->cr, foot, y);
      cairo_curve_to (self->cr, foot + sway, y - h * 0.35, foot - sway, y - h * 0.7, foot + sway * 0.5, y - h);
      cairo_stroke (self->cr);
    }
}
