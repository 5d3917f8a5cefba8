/* SPDX-License-Identifier: Apache-2.0 */
/* Light, sky, ground and water of the built-in sample. */
#include <math.h>
#include <string.h>

#include "core/data/sample-private.h"

gdouble
smalti_scene_draw_between (SmaltiScene *self, gdouble low, gdouble high)
{
  return low + (high - low) * smalti_random_float (self->random);
}

guint
smalti_scene_draw_int (SmaltiScene *self, guint low, guint high)
{
  return low + smalti_random_int (self->random, high - low + 1);
}

gboolean
smalti_scene_chance (SmaltiScene *self, gdouble probability)
{
  return smalti_random_float (self->random) < probability;
}

SmaltiColour
smalti_colour_hsv (gdouble hue, gdouble saturation, gdouble value)
{
  gdouble channel[3];

  for (int c = 0; c < 3; c++)
    {
      gdouble k = fmod (5.0 - 2.0 * c + hue / 60.0 + 12.0, 6.0);

      channel[c] = value - value * saturation * CLAMP (MIN (k, 4.0 - k), 0.0, 1.0);
    }
  return (SmaltiColour){ channel[0], channel[1], channel[2] };
}

SmaltiColour
smalti_colour_mix (SmaltiColour a, SmaltiColour b, gdouble part_of_b)
{
  return (SmaltiColour){ a.r + (b.r - a.r) * part_of_b, a.g + (b.g - a.g) * part_of_b, a.b + (b.b - a.b) * part_of_b };
}

void
smalti_scene_paint (SmaltiScene *self, SmaltiColour colour, gdouble distance, gdouble alpha)
{
  SmaltiColour lit = { colour.r * self->light.r, colour.g * self->light.g, colour.b * self->light.b };
  SmaltiColour seen = smalti_colour_mix (lit, self->haze, CLAMP (distance * self->haziness, 0.0, 0.95));

  cairo_set_source_rgba (self->cr, seen.r, seen.g, seen.b, alpha);
}

void
smalti_scene_choose_weather (SmaltiScene *self, gdouble p_clear, gdouble p_overcast, gdouble p_evening)
{
  gdouble lot = smalti_scene_draw_between (self, 0.0, 1.0);
  gdouble shift = smalti_scene_draw_between (self, -8.0, 8.0);
  gdouble strength = smalti_scene_draw_between (self, 0.8, 1.15);

  self->haziness = smalti_scene_draw_between (self, 0.25, 0.85);
  self->sun_x = smalti_scene_draw_between (self, 0.05, 0.95);
  self->sun_y = self->horizon * smalti_scene_draw_between (self, 0.15, 0.75);
  if (lot < p_clear)
    {
      self->weather = SMALTI_WEATHER_CLEAR;
      self->sky_top = smalti_colour_hsv (214 + shift, smalti_scene_draw_between (self, 0.55, 0.8),
                                         smalti_scene_draw_between (self, 0.62, 0.9));
      self->sky_low = smalti_colour_hsv (204 + shift, smalti_scene_draw_between (self, 0.1, 0.32), 0.96);
      self->light = (SmaltiColour){ strength, strength * 0.98, strength * 0.92 };
    }
  else if (lot < p_clear + p_overcast)
    {
      gdouble value = smalti_scene_draw_between (self, 0.6, 0.86);

      self->weather = SMALTI_WEATHER_OVERCAST;
      self->sky_top = smalti_colour_hsv (215, 0.1, value * 0.88);
      self->sky_low = smalti_colour_hsv (210, 0.04, value + 0.08);
      self->light = (SmaltiColour){ 0.76 * strength, 0.8 * strength, 0.84 * strength };
    }
  else if (lot < p_clear + p_overcast + p_evening)
    {
      self->weather = SMALTI_WEATHER_EVENING;
      self->sky_top = smalti_colour_hsv (228 + 3 * shift, 0.45, smalti_scene_draw_between (self, 0.4, 0.65));
      self->sky_low = smalti_colour_hsv (24 + shift, smalti_scene_draw_between (self, 0.45, 0.75), 0.98);
      self->light = (SmaltiColour){ 0.95 * strength, 0.72 * strength, 0.58 * strength };
      self->sun_y = self->horizon * smalti_scene_draw_between (self, 0.7, 0.98);
    }
  else
    {
      self->weather = SMALTI_WEATHER_NIGHT;
      self->sky_top = smalti_colour_hsv (228 + shift, 0.75, smalti_scene_draw_between (self, 0.14, 0.3));
      self->sky_low = smalti_colour_hsv (222 + 2 * shift, 0.55, smalti_scene_draw_between (self, 0.34, 0.52));
      self->light = (SmaltiColour){ 0.42 * strength, 0.5 * strength, 0.68 * strength };
      self->haziness *= 0.6;
    }
  self->haze = smalti_colour_mix (self->sky_low, self->sky_top, 0.2);
}

static void
add_stop (cairo_pattern_t *pattern, gdouble at, SmaltiColour colour, gdouble alpha)
{
  cairo_pattern_add_color_stop_rgba (pattern, at, colour.r, colour.g, colour.b, alpha);
}

static void
glow (SmaltiScene *self, gdouble x, gdouble y, gdouble radius, SmaltiColour colour, gdouble alpha)
{
  cairo_pattern_t *pattern = cairo_pattern_create_radial (x, y, 0, x, y, radius);

  add_stop (pattern, 0.0, colour, alpha);
  add_stop (pattern, 1.0, colour, 0.0);
  cairo_set_source (self->cr, pattern);
  cairo_arc (self->cr, x, y, radius, 0, 2 * G_PI);
  cairo_fill (self->cr);
  cairo_pattern_destroy (pattern);
}

static void
sun_or_moon (SmaltiScene *self)
{
  SmaltiColour white = { 1.0, 0.98, 0.9 };
  gdouble radius = smalti_scene_draw_between (self, 0.025, 0.05);

  if (self->weather == SMALTI_WEATHER_OVERCAST)
    return;
  if (self->weather == SMALTI_WEATHER_EVENING)
    {
      white = (SmaltiColour){ 1.0, 0.85, 0.5 };
      glow (self, self->sun_x, self->sun_y, radius * 10, white, 0.7);
      radius *= 1.4;
    }
  else if (self->weather == SMALTI_WEATHER_CLEAR)
    glow (self, self->sun_x, self->sun_y, radius * 6, white, 0.6);
  else
    {
      for (guint i = smalti_scene_draw_int (self, 5, 40); i > 0; i--)
        {
          gdouble x = smalti_scene_draw_between (self, 0, 1), y = smalti_scene_draw_between (self, 0, self->horizon);

          cairo_set_source_rgba (self->cr, 1, 1, 1, smalti_scene_draw_between (self, 0.2, 0.9));
          cairo_arc (self->cr, x, y, 0.004, 0, 2 * G_PI);
          cairo_fill (self->cr);
        }
      glow (self, self->sun_x, self->sun_y, radius * 4, white, 0.3);
    }
  if (smalti_scene_chance (self, 0.65))
    {
      cairo_set_source_rgba (self->cr, white.r, white.g, white.b, 0.95);
      cairo_arc (self->cr, self->sun_x, self->sun_y, radius, 0, 2 * G_PI);
      cairo_fill (self->cr);
    }
}

/* A cloud is a heap of soft balls, flat below: shadowed ones first, lit ones on top. */
static void
cloud (SmaltiScene *self, gdouble x, gdouble y, gdouble width)
{
  SmaltiColour lit = { 1, 1, 1 }, shadow = smalti_colour_mix (self->sky_top, lit, 0.55);
  guint n = smalti_scene_draw_int (self, 6, 11);

  if (self->weather == SMALTI_WEATHER_EVENING)
    {
      lit = smalti_colour_mix (self->sky_low, lit, 0.3);
      shadow = smalti_colour_mix (self->sky_top, self->sky_low, 0.3);
    }
  else if (self->weather == SMALTI_WEATHER_NIGHT)
    {
      lit = smalti_colour_mix (self->sky_low, lit, 0.1);
      shadow = self->sky_top;
    }
  else if (self->weather == SMALTI_WEATHER_OVERCAST)
    {
      lit = smalti_colour_mix (self->sky_low, lit, 0.4);
      shadow = smalti_colour_mix (self->sky_top, (SmaltiColour){ 0.3, 0.33, 0.38 }, 0.35);
    }
  for (int layer = 0; layer < 2; layer++)
    for (guint i = 0; i < n; i++)
      {
        gdouble at = (i + 0.5) / n - 0.5;
        gdouble radius = width * (0.14 + 0.16 * (1 - 4 * at * at)) * smalti_scene_draw_between (self, 0.8, 1.2);

        glow (self, x + at * width, y - radius * 0.35 - layer * width * 0.06, radius, layer == 0 ? shadow : lit,
              layer == 0 ? 0.75 : 0.85);
      }
}

void
smalti_scene_sky (SmaltiScene *self)
{
  cairo_pattern_t *pattern = cairo_pattern_create_linear (0, -0.1, 0, self->horizon + 0.02);
  guint n_clouds = smalti_scene_draw_int (self, 0, self->weather == SMALTI_WEATHER_OVERCAST ? 7 : 4);

  add_stop (pattern, 0.0, self->sky_top, 1.0);
  add_stop (pattern, smalti_scene_draw_between (self, 0.4, 0.7), smalti_colour_mix (self->sky_top, self->sky_low, 0.45),
            1.0);
  add_stop (pattern, 1.0, self->sky_low, 1.0);
  cairo_set_source (self->cr, pattern);
  cairo_paint (self->cr);
  cairo_pattern_destroy (pattern);
  sun_or_moon (self);
  for (guint i = 0; i < n_clouds; i++)
    {
      gdouble height = smalti_scene_draw_between (self, 0.1, 0.9);

      /* Clouds near the horizon are far and look small. */
      cloud (self, smalti_scene_draw_between (self, -0.1, 1.1), self->horizon * height,
             (1.1 - height) * smalti_scene_draw_between (self, 0.2, 0.6));
    }
}

void
smalti_scene_ground (SmaltiScene *self, gdouble top, SmaltiColour near, SmaltiColour far)
{
  enum
  {
    STRIPES = 24
  };

  for (int i = 0; i < STRIPES; i++)
    {
      gdouble at = (gdouble)i / STRIPES;
      gdouble distance = (1 - at) * (1 - at);

      smalti_scene_paint (self, smalti_colour_mix (near, far, distance), distance, 1.0);
      cairo_rectangle (self->cr, -0.2, top + (1.2 - top) * at, 1.4, (1.2 - top) / STRIPES + 0.2);
      cairo_fill (self->cr);
    }
}

void
smalti_scene_ridge (SmaltiScene *self, gdouble y, gdouble height, gdouble roughness, SmaltiColour colour,
                    gdouble distance)
{
  enum
  {
    N = 64
  };
  gdouble line[N + 1];
  gdouble amplitude = height;

  /* Midpoint displacement. */
  line[0] = smalti_scene_draw_between (self, -height, height);
  line[N] = smalti_scene_draw_between (self, -height, height);
  for (int step = N; step > 1; step /= 2, amplitude *= roughness)
    for (int i = step / 2; i < N; i += step)
      line[i] = (line[i - step / 2] + line[i + step / 2]) / 2
                + smalti_scene_draw_between (self, -amplitude, amplitude) * 0.7;
  smalti_scene_paint (self, colour, distance, 1.0);
  cairo_move_to (self->cr, -0.2, 1.3);
  for (int i = 0; i <= N; i++)
    cairo_line_to (self->cr, -0.2 + 1.4 * i / N, y + line[i]);
  cairo_line_to (self->cr, 1.2, 1.3);
  cairo_close_path (self->cr);
  cairo_fill (self->cr);
}

void
smalti_scene_sea (SmaltiScene *self, gdouble top, gdouble bottom)
{
  gdouble hue = smalti_scene_draw_between (self, 185, 215);
  SmaltiColour deep = smalti_colour_hsv (hue + 8, smalti_scene_draw_between (self, 0.5, 0.8),
                                         smalti_scene_draw_between (self, 0.4, 0.65));
  SmaltiColour near = smalti_colour_hsv (hue - 8, smalti_scene_draw_between (self, 0.35, 0.65), 0.72);
  guint n = smalti_scene_draw_int (self, 40, 130);

  cairo_save (self->cr);
  cairo_rectangle (self->cr, -0.2, top, 1.4, bottom - top);
  cairo_clip (self->cr);
  smalti_scene_ground (self, top, near, smalti_colour_mix (deep, self->sky_low, 0.25));
  for (guint i = 0; i < n; i++)
    {
      gdouble depth = smalti_scene_draw_between (self, 0, 1);
      gdouble y = top + (bottom - top) * depth * depth;
      gdouble length = 0.015 + 0.1 * depth * smalti_scene_draw_between (self, 0.3, 1);
      gdouble x = smalti_scene_draw_between (self, -0.1, 1.1);
      gboolean crest = smalti_scene_chance (self, 0.5);

      smalti_scene_paint (self, crest ? (SmaltiColour){ 0.92, 0.96, 0.98 } : deep, (1 - depth) * 0.6,
                          crest ? 0.4 : 0.5);
      cairo_set_line_width (self->cr, 0.004 + 0.012 * depth);
      cairo_move_to (self->cr, x - length, y);
      cairo_curve_to (self->cr, x - length / 3, y - 0.02 * depth, x + length / 3, y + 0.02 * depth, x + length, y);
      cairo_stroke (self->cr);
    }
  if (self->weather == SMALTI_WEATHER_EVENING || self->weather == SMALTI_WEATHER_NIGHT)
    for (int i = 0; i < 40; i++)
      {
        gdouble depth = smalti_scene_draw_between (self, 0, 1);
        gdouble spread = 0.02 + 0.1 * depth;

        cairo_set_source_rgba (self->cr, 1, 0.9, 0.65, self->weather == SMALTI_WEATHER_EVENING ? 0.45 : 0.2);
        cairo_rectangle (self->cr, self->sun_x + smalti_scene_draw_between (self, -spread, spread),
                         top + (bottom - top) * depth, 0.02 + 0.04 * depth, 0.006);
        cairo_fill (self->cr);
      }
  cairo_restore (self->cr);
}

static gfloat
lattice (guint32 seed, gint x, gint y)
{
  guint32 h = seed ^ (guint32)x * 0x9E3779B1u ^ (guint32)y * 0x85EBCA77u;

  h = (h ^ h >> 15) * 0x2C1B3C6Du;
  h = (h ^ h >> 12) * 0x297A2D39u;
  return ((h ^ h >> 15) & 0xffff) / 32767.5f - 1.0f;
}

static gfloat
value_noise (guint32 seed, gfloat x, gfloat y)
{
  gint ix = floorf (x), iy = floorf (y);
  gfloat fx = x - ix, fy = y - iy;
  gfloat top, bottom;

  fx = fx * fx * (3 - 2 * fx);
  fy = fy * fy * (3 - 2 * fy);
  top = lattice (seed, ix, iy) * (1 - fx) + lattice (seed, ix + 1, iy) * fx;
  bottom = lattice (seed, ix, iy + 1) * (1 - fx) + lattice (seed, ix + 1, iy + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

void
smalti_scene_grain (SmaltiScene *self, gdouble top, gdouble bottom, gdouble cell_width, gdouble cell_height,
                    gdouble strength, gboolean perspective)
{
  guint32 seed = smalti_random_u32 (self->random);
  gint first = CLAMP ((gint)(top * self->side), 0, self->side);
  gint end = CLAMP ((gint)(bottom * self->side), first, self->side);
  gint stride = cairo_image_surface_get_stride (self->surface);
  guint8 *data;

  cairo_surface_flush (self->surface);
  data = cairo_image_surface_get_data (self->surface);
  for (gint row = first; row < end; row++)
    {
      guint32 *pixel = (guint32 *)(data + (gsize)row * stride);
      gfloat y = (gfloat)row / self->side;
      gfloat scale = perspective ? 0.15f + 0.85f * (y - top) / MAX (1.0 - top, 0.05) : 1.0f;

      for (gint column = 0; column < self->side; column++)
        {
          gfloat x = (gfloat)column / self->side - 0.5f;
          gfloat u = x / (cell_width * scale), v = perspective ? logf (scale) / cell_height : y / cell_height;
          gfloat noise = 0.65f * value_noise (seed, u, v) + 0.35f * value_noise (seed + 1, u * 2.3f, v * 2.3f);
          gfloat factor = 1.0f + strength * noise;
          guint32 value = pixel[column], out = value & 0xff000000u;

          for (int shift = 0; shift < 24; shift += 8)
            {
              gfloat channel = ((value >> shift) & 0xff) * factor;

              out |= (guint32)CLAMP (channel, 0.0f, 255.0f) << shift;
            }
          pixel[column] = out;
        }
    }
  cairo_surface_mark_dirty (self->surface);
}

void
smalti_scene_grass (SmaltiScene *self, gdouble top, gdouble hue)
{
  guint n = smalti_scene_draw_int (self, 80, 220);

  for (guint i = 0; i < n; i++)
    {
      gdouble depth = sqrt ((i + 0.5) / n); /* from far to near */
      gdouble y = top + (1.1 - top) * depth, x = smalti_scene_draw_between (self, -0.05, 1.05);
      gdouble height = (0.01 + 0.07 * depth) * smalti_scene_draw_between (self, 0.5, 1.3);

      smalti_scene_paint (self,
                          smalti_colour_hsv (hue + smalti_scene_draw_between (self, -12, 12), 0.62,
                                             smalti_scene_draw_between (self, 0.28, 0.68)),
                          (1 - depth) * 0.7, 0.85);
      cairo_set_line_width (self->cr, 0.003 + 0.009 * depth);
      cairo_move_to (self->cr, x, y);
      cairo_line_to (self->cr, x + smalti_scene_draw_between (self, -0.4, 0.4) * height, y - height);
      cairo_stroke (self->cr);
    }
}
