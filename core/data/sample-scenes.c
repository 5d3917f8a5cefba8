/* SPDX-License-Identifier: Apache-2.0 */
/* The twelve classes. Weather, sky and ground are shared, and classes come in pairs of the same colours (beach and
 * desert, forest and meadow, mountains and winter, sailing and underwater, village and city, fruit and flowers): what
 * tells them apart is shape, texture and arrangement. */
#include <math.h>

#include "core/data/sample-private.h"

#define between smalti_scene_draw_between
#define integer smalti_scene_draw_int
#define chance  smalti_scene_chance
#define hsv     smalti_colour_hsv

static SmaltiColour
sand (SmaltiScene *scene)
{
  return hsv (between (scene, 30, 44), between (scene, 0.25, 0.5), between (scene, 0.8, 0.95));
}

static SmaltiColour
green (SmaltiScene *scene)
{
  return hsv (between (scene, 72, 115), between (scene, 0.45, 0.65), between (scene, 0.4, 0.62));
}

/* Flowers come in all hues but those of leaves and of the sea. */
static gdouble
flower_hue (SmaltiScene *scene)
{
  return fmod (between (scene, 215, 425), 360);
}

/* A peak with a lit and a shadowed face and snow down to a ragged line. */
static void
peak (SmaltiScene *scene, gdouble x, gdouble base, gdouble height, gdouble width, gdouble distance)
{
  gdouble side = scene->sun_x > x ? 1 : -1, snow = between (scene, 0.2, 0.6);
  SmaltiColour rock = hsv (between (scene, 205, 250), between (scene, 0.08, 0.28), between (scene, 0.42, 0.6));

  for (int face = 0; face < 2; face++)
    {
      gdouble way = face ? side : -side;
      SmaltiColour shade = smalti_colour_mix (rock, (SmaltiColour){ 0.1, 0.12, 0.22 }, face ? 0 : 0.45);
      SmaltiColour white = face ? (SmaltiColour){ 0.98, 0.98, 1 } : (SmaltiColour){ 0.68, 0.74, 0.88 };

      smalti_scene_paint (scene, shade, distance, 1);
      cairo_move_to (scene->cr, x, base - height);
      cairo_line_to (scene->cr, x + way * width * 0.22, base - height * between (scene, 0.55, 0.65));
      cairo_line_to (scene->cr, x + way * width * 0.5, base);
      cairo_line_to (scene->cr, x - way * width * 0.08, base);
      cairo_line_to (scene->cr, x + way * width * 0.06, base - height * 0.5);
      cairo_fill (scene->cr);
      smalti_scene_paint (scene, white, distance * 0.8, 1);
      cairo_move_to (scene->cr, x, base - height);
      cairo_line_to (scene->cr, x + way * width * 0.38 * snow, base - height * (1 - snow * 0.8));
      cairo_line_to (scene->cr, x + way * width * 0.25 * snow, base - height * (1 - snow * between (scene, 0.6, 0.8)));
      cairo_line_to (scene->cr, x + way * width * 0.15 * snow, base - height * (1 - snow));
      cairo_line_to (scene->cr, x + way * width * 0.03, base - height * (1 - snow * 0.6));
      cairo_fill (scene->cr);
    }
}

/* What may lie behind any scene. */
static void
backcountry (SmaltiScene *scene)
{
  gdouble lot = between (scene, 0, 1);

  if (lot < 0.3)
    for (guint i = integer (scene, 1, 3); i > 0; i--)
      peak (scene, between (scene, 0, 1), scene->horizon + 0.03, between (scene, 0.08, 0.24), between (scene, 0.3, 0.8),
            between (scene, 0.4, 0.9));
  if (lot > 0.2 && lot < 0.75)
    for (guint i = integer (scene, 1, 2); i > 0; i--)
      smalti_scene_ridge (scene, scene->horizon - 0.02 * i, 0.06, 0.5, green (scene), 0.6 + 0.15 * i);
}

/* What may stand in any landscape without being its subject. */
static void
bystanders (SmaltiScene *scene, gdouble top, guint most)
{
  for (guint i = integer (scene, 0, most); i > 0; i--)
    {
      gdouble depth = between (scene, 0, 0.8), x = between (scene, 0, 1), y = top + (1 - top) * depth;
      gdouble size = (0.1 + 0.25 * depth) * between (scene, 0.7, 1.2), distance = 0.6 * (1 - depth);

      switch (integer (scene, 0, 4))
        {
        case 0:
          smalti_scene_house (scene, x, y, size * 0.8, 0, distance);
          break;
        case 1:
          smalti_scene_leaf_tree (scene, x, y, size * 1.3, between (scene, 72, 120), distance);
          break;
        case 2:
          smalti_scene_fir (scene, x, y, size * 1.3, 0, distance);
          break;
        case 3:
          smalti_scene_bare_tree (scene, x, y, size * 1.2, distance);
          break;
        default:
          smalti_scene_rock (scene, x, y, size * 0.6, distance);
        }
    }
}

static void
draw_beach (SmaltiScene *scene)
{
  gdouble shore;

  scene->horizon = between (scene, 0.25, 0.5);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  backcountry (scene);
  shore = scene->horizon + between (scene, 0.1, 0.3);
  smalti_scene_sea (scene, scene->horizon, 1.2);
  {
    SmaltiColour near = sand (scene);
    gdouble slope = between (scene, -0.25, 0.25);

    /* Foam, then wet and dry sand. */
    for (int band = 0; band < 3; band++)
      {
        SmaltiColour colour = band == 0   ? (SmaltiColour){ 0.96, 0.98, 1 }
                              : band == 1 ? smalti_colour_mix (near, (SmaltiColour){ 0.3, 0.25, 0.2 }, 0.35)
                                          : near;
        gdouble y = shore + 0.025 * band;

        smalti_scene_paint (scene, colour, 0.1, 1);
        cairo_move_to (scene->cr, -0.2, y - slope * 0.6);
        cairo_curve_to (scene->cr, 0.2, y - slope * 0.3 + 0.06, 0.6, y - 0.06, 1.2, y + slope);
        cairo_line_to (scene->cr, 1.2, 1.3);
        cairo_line_to (scene->cr, -0.2, 1.3);
        cairo_fill (scene->cr);
      }
  }
  smalti_scene_grain (scene, shore, 1, 0.06, 0.12, 0.1, TRUE);
  if (chance (scene, 0.25))
    smalti_scene_boat (scene, between (scene, 0.1, 0.9), scene->horizon + 0.03, between (scene, 0.06, 0.12));
  bystanders (scene, shore + 0.12, 2);
  for (guint i = integer (scene, 0, 3); i > 0; i--)
    smalti_scene_umbrella (scene, between (scene, 0.05, 0.95), between (scene, shore + 0.15, 0.95),
                           between (scene, 0.12, 0.22));
  if (chance (scene, 0.5))
    smalti_scene_palm (scene, chance (scene, 0.5) ? between (scene, 0, 0.25) : between (scene, 0.75, 1),
                       between (scene, 0.8, 1.05), between (scene, 0.45, 0.8));
  for (guint i = integer (scene, 0, 2); i > 0; i--)
    smalti_scene_rock (scene, between (scene, 0, 1), between (scene, shore + 0.1, 1), between (scene, 0.05, 0.14), 0.1);
}

static void
draw_desert (SmaltiScene *scene)
{
  SmaltiColour near;

  scene->horizon = between (scene, 0.3, 0.55);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  near = sand (scene);
  if (chance (scene, 0.5))
    smalti_scene_ridge (scene, scene->horizon - 0.04, 0.09, 0.45, hsv (20, 0.4, 0.6), 0.8);
  for (int i = 0; i < 4; i++)
    {
      gdouble distance = 0.8 - 0.26 * i, y = scene->horizon + 0.04 + 0.15 * i;
      gdouble shade = (i % 2) * 0.12 + between (scene, 0, 0.12);

      smalti_scene_ridge (scene, y, 0.05 + 0.03 * i, 0.28, smalti_colour_mix (near, hsv (22, 0.55, 0.45), shade),
                          distance);
      smalti_scene_grain (scene, y - 0.08, 1, 0.3, 0.05, 0.035, TRUE);
    }
  bystanders (scene, scene->horizon + 0.1, 2);
  for (guint i = integer (scene, 0, 4); i > 0; i--)
    {
      gdouble y = scene->horizon + (1 - scene->horizon) * between (scene, 0.25, 0.95);

      if (chance (scene, 0.65))
        smalti_scene_cactus (scene, between (scene, 0.05, 0.95), y,
                             (y - scene->horizon + 0.1) * between (scene, 0.35, 0.65));
      else
        smalti_scene_rock (scene, between (scene, 0, 1), y, between (scene, 0.06, 0.2), 0.2);
    }
}

static void
draw_forest (SmaltiScene *scene)
{
  gdouble hue = between (scene, 75, 120);
  gboolean firs = chance (scene, 0.4);
  guint n = integer (scene, 9, 17);

  scene->horizon = between (scene, 0.4, 0.65);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  backcountry (scene);
  smalti_scene_ground (scene, scene->horizon, smalti_colour_mix (green (scene), hsv (35, 0.5, 0.35), 0.35),
                       green (scene));
  smalti_scene_grain (scene, scene->horizon, 1, 0.07, 0.15, 0.25, TRUE);
  if (chance (scene, 0.3))
    smalti_scene_grass (scene, scene->horizon + 0.1, hue);
  bystanders (scene, scene->horizon + 0.03, 2);
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = (i + between (scene, 0, 1)) / n, y = scene->horizon + 0.02 + 0.5 * depth * depth;
      gdouble height = (0.25 + 0.65 * depth) * between (scene, 0.75, 1.2), x = between (scene, -0.05, 1.05);

      if (firs != chance (scene, 0.12))
        smalti_scene_fir (scene, x, y, height, 0, 0.8 * (1 - depth));
      else
        smalti_scene_leaf_tree (scene, x, y, height, hue + between (scene, -12, 12), 0.8 * (1 - depth));
    }
}

static void
draw_meadow (SmaltiScene *scene)
{
  gdouble hue = between (scene, 70, 110), flower = flower_hue (scene);
  guint n = integer (scene, 15, 70);

  scene->horizon = between (scene, 0.3, 0.6);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  backcountry (scene);
  smalti_scene_ground (scene, scene->horizon, green (scene), green (scene));
  smalti_scene_grain (scene, scene->horizon, 1, 0.12, 0.2, 0.18, TRUE);
  for (guint i = integer (scene, 0, 3); i > 0; i--)
    smalti_scene_leaf_tree (scene, between (scene, 0, 1), scene->horizon + between (scene, 0.01, 0.08),
                            between (scene, 0.12, 0.28), hue, 0.5);
  bystanders (scene, scene->horizon + 0.02, 3);
  smalti_scene_grass (scene, scene->horizon + 0.03, hue);
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = sqrt ((i + 0.5) / n), y = scene->horizon + 0.05 + (1 - scene->horizon) * depth;
      gdouble x = between (scene, 0, 1), r = 0.006 + 0.02 * depth;

      smalti_scene_paint (scene, hsv (flower + between (scene, -25, 25), between (scene, 0.3, 0.8), 0.95),
                          0.3 * (1 - depth), 1);
      cairo_arc (scene->cr, x, y, r, 0, 2 * G_PI);
      cairo_fill (scene->cr);
      smalti_scene_paint (scene, hsv (48, 0.8, 0.9), 0, 1);
      cairo_arc (scene->cr, x, y, r * 0.35, 0, 2 * G_PI);
      cairo_fill (scene->cr);
    }
}

static void
draw_mountains (SmaltiScene *scene)
{
  guint n = integer (scene, 2, 5);
  gboolean lake = chance (scene, 0.35);

  scene->horizon = between (scene, 0.55, 0.75);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = (i + 1.0) / n;

      peak (scene, between (scene, 0, 1), scene->horizon + 0.06,
            between (scene, 0.28, 0.55) * (1.1 - 0.4 * depth) + 0.05, between (scene, 0.5, 1),
            0.8 * (1 - depth) + 0.15);
    }
  smalti_scene_grain (scene, 0.1, scene->horizon + 0.05, 0.05, 0.05, 0.05, FALSE);
  smalti_scene_ridge (scene, scene->horizon + 0.02, 0.04, 0.5,
                      smalti_colour_mix (green (scene), hsv (150, 0.5, 0.25), 0.5), 0.45);
  if (lake)
    smalti_scene_sea (scene, scene->horizon + 0.05, 1.2);
  else
    {
      smalti_scene_ground (scene, scene->horizon + 0.05, green (scene), green (scene));
      smalti_scene_grain (scene, scene->horizon + 0.05, 1, 0.1, 0.15, 0.2, TRUE);
    }
  if (!lake)
    bystanders (scene, scene->horizon + 0.08, 3);
  for (guint i = lake ? 0 : integer (scene, 0, 6); i > 0; i--)
    smalti_scene_fir (scene, between (scene, 0, 1), scene->horizon + between (scene, 0.06, 0.3),
                      between (scene, 0.1, 0.28), 0, 0.2);
}

static void
draw_winter (SmaltiScene *scene)
{
  SmaltiColour snow = { 0.93, 0.95, 1.0 }, shade = { 0.72, 0.79, 0.92 };
  guint n = integer (scene, 3, 11);

  scene->horizon = between (scene, 0.35, 0.6);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  backcountry (scene);
  smalti_scene_ground (scene, scene->horizon, snow, shade);
  for (guint i = integer (scene, 1, 3); i > 0; i--)
    smalti_scene_ridge (scene, scene->horizon + 0.3 - 0.08 * i, 0.05, 0.3,
                        smalti_colour_mix (snow, shade, between (scene, 0, 0.6)), 0.4);
  smalti_scene_grain (scene, scene->horizon, 1, 0.2, 0.12, 0.05, TRUE);
  if (chance (scene, 0.35))
    smalti_scene_house (scene, between (scene, 0.05, 0.7), scene->horizon + between (scene, 0.1, 0.3),
                        between (scene, 0.15, 0.28), 1, 0.2);
  bystanders (scene, scene->horizon + 0.03, 2);
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = (i + between (scene, 0, 1)) / n, y = scene->horizon + 0.03 + 0.45 * depth * depth;
      gdouble height = (0.12 + 0.5 * depth) * between (scene, 0.7, 1.2), x = between (scene, 0, 1);

      if (chance (scene, 0.65))
        smalti_scene_fir (scene, x, y, height, between (scene, 0.6, 1), 0.7 * (1 - depth));
      else
        smalti_scene_bare_tree (scene, x, y, height, 0.7 * (1 - depth));
    }
  if (chance (scene, 0.4))
    for (int i = 0; i < 80; i++)
      {
        cairo_set_source_rgba (scene->cr, 1, 1, 1, 0.8);
        cairo_arc (scene->cr, between (scene, 0, 1), between (scene, 0, 1), between (scene, 0.003, 0.01), 0, 2 * G_PI);
        cairo_fill (scene->cr);
      }
}

static void
draw_sailing (SmaltiScene *scene)
{
  guint n = integer (scene, 1, 5);

  scene->horizon = between (scene, 0.25, 0.6);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  backcountry (scene);
  smalti_scene_sea (scene, scene->horizon, 1.2);
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = (i + between (scene, 0.2, 1)) / n;

      smalti_scene_boat (scene, between (scene, 0.08, 0.92),
                         scene->horizon + 0.02 + (0.85 - scene->horizon) * depth * depth,
                         0.07 + 0.35 * depth * between (scene, 0.5, 1));
    }
}

static void
draw_village (SmaltiScene *scene)
{
  guint n = integer (scene, 2, 5);

  scene->horizon = between (scene, 0.4, 0.6);
  smalti_scene_choose_weather (scene, 0.5, 0.2, 0.22);
  smalti_scene_sky (scene);
  backcountry (scene);
  smalti_scene_ground (scene, scene->horizon, green (scene), green (scene));
  smalti_scene_grain (scene, scene->horizon, 1, 0.1, 0.15, 0.15, TRUE);
  if (chance (scene, 0.6))
    {
      gdouble vanish = between (scene, 0.2, 0.8), foot = between (scene, 0.2, 0.8), half = between (scene, 0.12, 0.3);

      smalti_scene_paint (scene, hsv (35, 0.15, between (scene, 0.45, 0.7)), 0.1, 1);
      cairo_move_to (scene->cr, vanish - 0.01, scene->horizon);
      cairo_line_to (scene->cr, vanish + 0.01, scene->horizon);
      cairo_line_to (scene->cr, foot + half, 1.2);
      cairo_line_to (scene->cr, foot - half, 1.2);
      cairo_fill (scene->cr);
    }
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = (i + between (scene, 0, 1)) / n, y = scene->horizon + 0.05 + 0.38 * depth;

      if (chance (scene, 0.6))
        smalti_scene_leaf_tree (scene, between (scene, 0, 1), y - 0.02, 0.2 + 0.25 * depth, between (scene, 75, 115),
                                0.5 * (1 - depth));
      smalti_scene_house (scene, between (scene, -0.05, 0.8), y, 0.16 + 0.26 * depth * between (scene, 0.6, 1.1), 0,
                          0.5 * (1 - depth));
    }
}

static void
draw_city (SmaltiScene *scene)
{
  gboolean river = chance (scene, 0.4);

  scene->horizon = between (scene, 0.68, 0.88);
  smalti_scene_choose_weather (scene, 0.38, 0.17, 0.2);
  smalti_scene_sky (scene);
  backcountry (scene);
  for (int layer = 0; layer < 3; layer++)
    for (gdouble x = between (scene, -0.2, 0); x < 1.1;)
      {
        gdouble width = between (scene, 0.09, 0.2) * (0.7 + 0.25 * layer);
        gdouble top = scene->horizon - between (scene, 0.12, 0.62) * (1.1 - 0.2 * layer);

        if (chance (scene, 0.8))
          smalti_scene_tower (scene, x, width, top, scene->horizon + 0.03, 0.75 - 0.33 * layer);
        x += width * between (scene, 0.9, 1.5);
      }
  if (river)
    smalti_scene_sea (scene, scene->horizon + 0.02, 1.2);
  else
    {
      smalti_scene_ground (scene, scene->horizon + 0.02, hsv (220, 0.06, 0.38), hsv (220, 0.06, 0.5));
      for (int i = 0; i < 6; i++)
        {
          smalti_scene_paint (scene, (SmaltiColour){ 0.95, 0.93, 0.8 }, 0, 0.7);
          cairo_rectangle (scene->cr, -0.1 + 0.22 * i, between (scene, 0.94, 0.96), 0.1, 0.012);
          cairo_fill (scene->cr);
        }
    }
}

/* Indoors: a wall behind, or leaves out of focus. */
static void
backdrop (SmaltiScene *scene, gdouble hue, gdouble saturation, gdouble value)
{
  smalti_scene_ground (scene, -0.1, hsv (hue, saturation, value * 0.85), hsv (hue, saturation, value));
  for (int i = 0; i < 18; i++)
    {
      gdouble x = between (scene, 0, 1), y = between (scene, 0, 1), r = between (scene, 0.08, 0.22);
      SmaltiColour c = hsv (hue + between (scene, -18, 18), saturation, value * between (scene, 0.6, 1.3));
      cairo_pattern_t *pattern = cairo_pattern_create_radial (x, y, 0, x, y, r);

      cairo_pattern_add_color_stop_rgba (pattern, 0, c.r, c.g, c.b, 0.5);
      cairo_pattern_add_color_stop_rgba (pattern, 1, c.r, c.g, c.b, 0);
      cairo_set_source (scene->cr, pattern);
      cairo_paint (scene->cr);
      cairo_pattern_destroy (pattern);
    }
}

static void
draw_fruit (SmaltiScene *scene)
{
  guint n = integer (scene, 2, 6);
  gdouble table;

  scene->horizon = 0.5;
  smalti_scene_choose_weather (scene, 0.6, 0.15, 0.25);
  scene->haziness = 0;
  table = between (scene, 0.35, 0.6);
  if (chance (scene, 0.4))
    backdrop (scene, between (scene, 80, 120), 0.5, between (scene, 0.3, 0.6));
  else
    backdrop (scene, chance (scene, 0.5) ? between (scene, 20, 50) : between (scene, 190, 230),
              between (scene, 0.1, 0.45), between (scene, 0.45, 0.85));
  smalti_scene_ground (scene, table,
                       hsv (between (scene, 18, 36), between (scene, 0.35, 0.6), between (scene, 0.45, 0.75)),
                       hsv (28, 0.5, 0.45));
  smalti_scene_grain (scene, table, 1, 0.4, 0.025, 0.16, FALSE);
  if (chance (scene, 0.4)) /* a plate */
    {
      cairo_save (scene->cr);
      cairo_translate (scene->cr, 0.5, table + 0.25);
      cairo_scale (scene->cr, between (scene, 0.35, 0.48), between (scene, 0.13, 0.2));
      smalti_scene_paint (scene, hsv (210, 0.08, 0.95), 0, 1);
      cairo_arc (scene->cr, 0, 0, 1, 0, 2 * G_PI);
      cairo_fill (scene->cr);
      smalti_scene_paint (scene, hsv (210, 0.14, 0.82), 0, 1);
      cairo_arc (scene->cr, 0, 0, 0.75, 0, 2 * G_PI);
      cairo_fill (scene->cr);
      cairo_restore (scene->cr);
    }
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = (i + between (scene, 0, 1)) / n, r = between (scene, 0.09, 0.15) * (0.8 + 0.5 * depth);

      smalti_scene_fruit (scene, between (scene, 0.12, 0.88), table + 0.02 + (0.86 - table) * depth, r);
    }
}

static void
draw_flowers (SmaltiScene *scene)
{
  gdouble hue = flower_hue (scene), leaf = between (scene, 80, 125);
  guint n = integer (scene, 2, 9);

  scene->horizon = between (scene, 0.1, 0.5);
  smalti_scene_choose_weather (scene, 0.6, 0.2, 0.2);
  if (chance (scene, 0.35))
    smalti_scene_sky (scene);
  else
    backdrop (scene, chance (scene, 0.6) ? leaf : between (scene, 20, 230), between (scene, 0.3, 0.55),
              between (scene, 0.3, 0.7));
  scene->haziness = 0;
  for (guint i = integer (scene, 2, 6); i > 0; i--)
    smalti_scene_plant (scene, between (scene, 0, 1), 1.1, between (scene, 0.4, 0.9), leaf);
  for (guint i = 0; i < n; i++)
    {
      gdouble x = between (scene, 0.08, 0.92), y = between (scene, 0.12, 0.8),
              radius = between (scene, 0.25, 0.45) / sqrt (n) + 0.05;

      smalti_scene_paint (scene, hsv (leaf, 0.6, 0.4), 0, 1);
      cairo_set_line_width (scene->cr, 0.018);
      cairo_move_to (scene->cr, x, y);
      cairo_curve_to (scene->cr, x, y + 0.2, 0.5 + (x - 0.5) * 0.7, 0.9, 0.5 + (x - 0.5) * 0.6, 1.1);
      cairo_stroke (scene->cr);
      smalti_scene_bloom (scene, x, y, radius,
                          chance (scene, 0.75) ? hue + between (scene, -12, 12) : flower_hue (scene));
    }
}

static void
draw_underwater (SmaltiScene *scene)
{
  gdouble hue = between (scene, 180, 218), floor = between (scene, 0.72, 0.95), value = between (scene, 0.5, 0.8);
  SmaltiColour deep = hsv (hue + 12, 0.8, value * 0.45), high = hsv (hue, between (scene, 0.4, 0.65), value + 0.2);
  guint n = integer (scene, 2, 9);
  gdouble fish = between (scene, 0, 1) < 0.6 ? between (scene, 0, 60) : between (scene, 180, 330);

  smalti_scene_choose_weather (scene, 0.7, 0.3, 0);
  scene->haziness = 0;
  smalti_scene_ground (scene, -0.2, deep, high);
  for (int i = 0; i < 5; i++) /* shafts of light */
    {
      gdouble x = between (scene, -0.2, 1.2), w = between (scene, 0.03, 0.12), lean = between (scene, -0.3, 0.3);

      cairo_set_source_rgba (scene->cr, 0.85, 1, 1, between (scene, 0.05, 0.14));
      cairo_move_to (scene->cr, x, -0.1);
      cairo_line_to (scene->cr, x + w, -0.1);
      cairo_line_to (scene->cr, x + 2.5 * w + lean, 1);
      cairo_line_to (scene->cr, x - w + lean, 1);
      cairo_fill (scene->cr);
    }
  scene->light = (SmaltiColour){ 0.75, 0.92, 1 };
  scene->haze = hsv (hue, 0.6, value);
  scene->haziness = 0.7;
  if (chance (scene, 0.75))
    {
      smalti_scene_ridge (scene, floor, 0.05, 0.45, sand (scene), 0.5);
      smalti_scene_grain (scene, floor - 0.05, 1, 0.06, 0.1, 0.12, FALSE);
    }
  for (guint i = integer (scene, 0, 5); i > 0; i--)
    if (chance (scene, 0.35))
      smalti_scene_rock (scene, between (scene, 0, 1), 1.02, between (scene, 0.15, 0.35), 0.4);
    else
      smalti_scene_plant (scene, between (scene, 0, 1), 1.05, between (scene, 0.2, 0.5),
                          chance (scene, 0.6) ? between (scene, 90, 150) : between (scene, -20, 40));
  scene->haziness = 0;
  for (guint i = 0; i < n; i++)
    smalti_scene_fish (scene, between (scene, 0.1, 0.9), between (scene, 0.1, 0.85),
                       between (scene, 0.12, 0.42) / sqrt (0.5 + 0.25 * n), fish + between (scene, -20, 20));
  for (guint i = integer (scene, 0, 14); i > 0; i--)
    {
      cairo_set_source_rgba (scene->cr, 0.9, 1, 1, 0.5);
      cairo_set_line_width (scene->cr, 0.005);
      cairo_arc (scene->cr, between (scene, 0, 1), between (scene, 0, 1), between (scene, 0.006, 0.02), 0, 2 * G_PI);
      cairo_stroke (scene->cr);
    }
}

const SmaltiSceneClass smalti_scene_classes[] = {
  { "beach", draw_beach },           { "city", draw_city },           { "desert", draw_desert },
  { "flowers", draw_flowers },       { "forest", draw_forest },       { "fruit", draw_fruit },
  { "meadow", draw_meadow },         { "mountains", draw_mountains }, { "sailing", draw_sailing },
  { "underwater", draw_underwater }, { "village", draw_village },     { "winter", draw_winter },
};
