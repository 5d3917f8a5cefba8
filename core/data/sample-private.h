/* SPDX-License-Identifier: Apache-2.0 */
/* What the built-in sample's pictures are drawn with. Coordinates are parts of the picture's side, y downwards; colours are
 * sRGB in 0 .. 1; distance is 0 at our feet and 1 at the horizon. */
#pragma once

#include <cairo.h>

#include "core/base/random.h"
#include "core/image/image.h"

G_BEGIN_DECLS

typedef struct
{
  gdouble r, g, b;
} SmaltiColour;

/* The hour and the weather: everything drawn goes through them, so that a class has no colour of its own. */
typedef enum
{
  SMALTI_WEATHER_CLEAR,
  SMALTI_WEATHER_OVERCAST,
  SMALTI_WEATHER_EVENING,
  SMALTI_WEATHER_NIGHT,
} SmaltiWeather;

typedef struct
{
  cairo_t *cr;
  cairo_surface_t *surface;
  gint side;
  SmaltiRandom *random;
  SmaltiWeather weather;
  SmaltiColour sky_top, sky_low;
  SmaltiColour light; /* what daylight's white becomes */
  SmaltiColour haze;
  gdouble haziness;
  gdouble sun_x, sun_y; /* sun_x also says from where things are lit */
  gdouble horizon;
} SmaltiScene;

gdouble      smalti_scene_draw_between (SmaltiScene  *self,
                                        gdouble       low,
                                        gdouble       high);
guint        smalti_scene_draw_int     (SmaltiScene  *self,
                                        guint         low,
                                        guint         high); /* both can come */
gboolean     smalti_scene_chance       (SmaltiScene  *self,
                                        gdouble       probability);

SmaltiColour smalti_colour_hsv         (gdouble       hue,   /* degrees */
                                        gdouble       saturation,
                                        gdouble       value);
SmaltiColour smalti_colour_mix         (SmaltiColour  a,
                                        SmaltiColour  b,
                                        gdouble       part_of_b);
/* As the hour's light and the air between show it. */
void         smalti_scene_paint        (SmaltiScene  *self,
                                        SmaltiColour  colour,
                                        gdouble       distance,
                                        gdouble       alpha);

/* The background */
void         smalti_scene_choose_weather (SmaltiScene *self,
                                          gdouble      p_clear,
                                          gdouble      p_overcast,
                                          gdouble      p_evening);
void         smalti_scene_sky          (SmaltiScene  *self);
void         smalti_scene_ground       (SmaltiScene  *self,
                                        gdouble       top,
                                        SmaltiColour  near,
                                        SmaltiColour  far);
/* A ridge from edge to edge, filled down to the bottom. */
void         smalti_scene_ridge        (SmaltiScene  *self,
                                        gdouble       y,
                                        gdouble       height,
                                        gdouble       roughness,
                                        SmaltiColour  colour,
                                        gdouble       distance);
void         smalti_scene_sea          (SmaltiScene  *self,
                                        gdouble       top,
                                        gdouble       bottom);
/* Modulates what is drawn between two heights by clouds of noise, finer towards @top when @perspective. */
void         smalti_scene_grain        (SmaltiScene  *self,
                                        gdouble       top,
                                        gdouble       bottom,
                                        gdouble       cell_width,
                                        gdouble       cell_height,
                                        gdouble       strength,
                                        gboolean      perspective);
void         smalti_scene_grass        (SmaltiScene  *self,
                                        gdouble       top,
                                        gdouble       hue);

/* Things, standing with their foot at (x, y). */
void         smalti_scene_leaf_tree    (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       height,
                                        gdouble       hue,
                                        gdouble       distance);
void         smalti_scene_fir          (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       height,
                                        gdouble       snow,
                                        gdouble       distance);
void         smalti_scene_palm         (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       height);
void         smalti_scene_bare_tree    (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       height,
                                        gdouble       distance);
void         smalti_scene_house        (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       width,
                                        gdouble       snow,
                                        gdouble       distance);
void         smalti_scene_tower        (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       width,
                                        gdouble       top,
                                        gdouble       bottom,
                                        gdouble       distance);
void         smalti_scene_boat         (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       size);
void         smalti_scene_rock         (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       size,
                                        gdouble       distance);
void         smalti_scene_cactus       (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       height);
void         smalti_scene_umbrella     (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       size);
/* Centred on (x, y). */
void         smalti_scene_bloom        (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       radius,
                                        gdouble       hue);
void         smalti_scene_fruit        (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       radius);
void         smalti_scene_fish         (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       length,
                                        gdouble       hue);
void         smalti_scene_plant        (SmaltiScene  *self,
                                        gdouble       x,
                                        gdouble       y,
                                        gdouble       height,
                                        gdouble       hue);

typedef void (*SmaltiSceneFunc) (SmaltiScene *scene);

typedef struct
{
  const char *name;
  SmaltiSceneFunc draw;
} SmaltiSceneClass;

extern const SmaltiSceneClass smalti_scene_classes[];

G_END_DECLS
