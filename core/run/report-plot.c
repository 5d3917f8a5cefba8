/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as inline SVG. Colours and fonts come from the page's style, so that one picture serves light and dark.
 *
 * Coordinates are whole tenths of a pixel: printed numbers then never meet a locale's decimal comma. */
#include "core/run/report-private.h"

#include <math.h>
#include <string.h>

#include "core/base/axis.h"
#include "core/base/error.h"

enum
{
  WIDTH = 5200,
  HEIGHT = 3000,
  LEFT = 520,
  RIGHT = 120,
  TOP = 120,
  BOTTOM = 460,
  /* A curve is drawn as means of a few points each, with what lies between least and largest as a band. */
  MIN_BUCKETS = 20,
  MAX_BUCKETS = 90,
  POINTS_A_BUCKET = 4,
  N_TICKS = 6,
};

/* The plane of a chart: data to tenths of pixels. */
typedef struct
{
  gdouble x0, x1, y0, y1;
} Plane;

static gint
across (const Plane *plane, gdouble x)
{
  return LEFT + lround ((x - plane->x0) / (plane->x1 - plane->x0) * (WIDTH - LEFT - RIGHT));
}

static gint
down (const Plane *plane, gdouble y)
{
  gdouble share = (y - plane->y0) / (plane->y1 - plane->y0);

  /* Far outside is as good as just outside, and fits into a gint. */
  return HEIGHT - BOTTOM - lround (CLAMP (share, -1, 2) * (HEIGHT - TOP - BOTTOM));
}

static void
open_chart (GString *page, const char *label)
{
  smalti_html_append (page, "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH,
                      HEIGHT, label);
}

/* Lines across with their numbers; @percent: values are shares. */
static void
add_y_axis (GString *page, const Plane *plane, gboolean percent)
{
  gdouble scale = percent ? 100 : 1;
  gdouble step = smalti_axis_step ((plane->y1 - plane->y0) * scale, N_TICKS);
  gint64 first = ceil (plane->y0 * scale / step - 1e-9), last = floor (plane->y1 * scale / step + 1e-9);

  for (gint64 i = first; i <= last; i++)
    {
      g_autofree char *text = smalti_axis_format (i * step, step);
      gint y = down (plane, i * step / scale);

      smalti_html_append (page,
                          "<path class=\"grid\" d=\"M%d %dH%d\"/><text x=\"%d\" y=\"%d\" class=\"end\">%s%s</text>\n",
                          LEFT, y, WIDTH - RIGHT, LEFT - 80, y + 42, text, percent ? "%" : "");
    }
}

static void
add_x_axis (GString *page, const Plane *plane, const char *title)
{
  gdouble step = smalti_axis_step (plane->x1 - plane->x0, N_TICKS);
  gint64 first = ceil (plane->x0 / step - 1e-9), last = floor (plane->x1 / step + 1e-9);

  smalti_html_append (page, "<path class=\"axis\" d=\"M%d %dH%d\"/>\n", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
  for (gint64 i = first; i <= last; i++)
    {
      g_autofree char *text = smalti_axis_format (i * step, step);
      gint x = across (plane, i * step);

      smalti_html_append (page,
                          "<path class=\"axis\" d=\"M%d %dv40\"/><text x=\"%d\" y=\"%d\" class=\"middle\">%s</text>\n",
                          x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 165, text);
    }
  smalti_html_append (page, "<text x=\"%d\" y=\"%d\" class=\"middle name\">%s</text>\n", (LEFT + WIDTH - RIGHT) / 2,
                      HEIGHT - 60, title);
}

static void
add_legend_entry (GString *page, const SmaltiReportRun *run)
{
  smalti_html_append (page, "<li class=\"%s\"><i class=\"swatch\"></i>%s</li>", run->color, run->title);
}

/* Curves */

typedef struct
{
  gdouble x, mean, low, high;
} Bucket;

/* (element-type Bucket): points that follow each other become one. */
static GArray *
gather (const GArray *points)
{
  GArray *buckets = g_array_new (FALSE, FALSE, sizeof (Bucket));
  guint n = MIN (points->len, CLAMP (points->len / POINTS_A_BUCKET, MIN_BUCKETS, MAX_BUCKETS));

  for (guint i = 0; i < n; i++)
    {
      guint from = (guint64)i * points->len / n, to = (guint64)(i + 1) * points->len / n;
      Bucket bucket = { .low = INFINITY, .high = -INFINITY };

      for (guint p = from; p < to; p++)
        {
          const SmaltiPoint *point = &g_array_index (points, SmaltiPoint, p);

          bucket.x += point->epoch / (to - from);
          bucket.mean += point->value / (to - from);
          bucket.low = MIN (bucket.low, point->value);
          bucket.high = MAX (bucket.high, point->value);
        }
      if (isfinite (bucket.mean))
        g_array_append_val (buckets, bucket);
    }
  return buckets;
}

/* A run's curves of one metric. */
typedef struct
{
  const SmaltiReportRun *run;
  GArray *train, *val; /* (element-type Bucket) */
} Curves;

static void
curves_clear (Curves *curves)
{
  g_clear_pointer (&curves->train, g_array_unref);
  g_clear_pointer (&curves->val, g_array_unref);
}

static GArray *
read_buckets (SmaltiStore *store, gint64 run, const char *split, const char *metric, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s/%s", split, metric);
  g_autoptr (GArray) points = smalti_store_get_points (store, run, name, -1, error);

  return points != NULL ? gather (points) : NULL;
}

static gboolean
read_curves (SmaltiStore *store, const GPtrArray *runs, const SmaltiPretextClass *method, const char *metric,
             GArray *all, GError **error)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];
      Curves curves = { run };

      if (smalti_spec_get_method (run->spec) != method)
        continue;
      curves.train = read_buckets (store, run->info->id, "train", metric, error);
      curves.val = curves.train != NULL ? read_buckets (store, run->info->id, "val", metric, error) : NULL;
      if (curves.val == NULL)
        {
          curves_clear (&curves);
          return FALSE;
        }
      if (curves.train->len + curves.val->len > 0)
        g_array_append_val (all, curves);
      else
        curves_clear (&curves);
    }
  return TRUE;
}

static void
widen (Plane *plane, const GArray *buckets)
{
  for (guint i = 0; i < buckets->len; i++)
    {
      const Bucket *bucket = &g_array_index (buckets, Bucket, i);

      plane->x1 = MAX (plane->x1, bucket->x);
      plane->y0 = MIN (plane->y0, bucket->mean);
      plane->y1 = MAX (plane->y1, bucket->mean);
    }
}

static Plane
plane_of (const GArray *all, gboolean percent)
{
  Plane plane = { 0, 0, percent ? 0 : INFINITY, percent ? 0 : -INFINITY };

  for (guint i = 0; i < all->len; i++)
    {
      widen (&plane, g_array_index (all, Curves, i).train);
      widen (&plane, g_array_index (all, Curves, i).val);
    }
  if (plane.x1 <= 0)
    plane.x1 = 1;
  smalti_axis_round (&plane.y0, &plane.y1, N_TICKS);
  if (percent)
    {
      plane.y0 = MAX (plane.y0, 0);
      plane.y1 = MIN (plane.y1, 1);
    }
  return plane;
}

static void
add_band (GString *page, const Plane *plane, const GArray *buckets)
{
  g_string_append (page, "<path class=\"band\" d=\"");
  for (guint i = 0; i < buckets->len; i++)
    {
      const Bucket *bucket = &g_array_index (buckets, Bucket, i);

      smalti_html_append (page, "%c%d %d", i == 0 ? 'M' : 'L', across (plane, bucket->x), down (plane, bucket->high));
    }
  for (guint i = buckets->len; i > 0; i--)
    {
      const Bucket *bucket = &g_array_index (buckets, Bucket, i - 1);

      smalti_html_append (page, "L%d %d", across (plane, bucket->x), down (plane, bucket->low));
    }
  g_string_append (page, "Z\"/>\n");
}

static void
add_line (GString *page, const char *class, const Plane *plane, const GArray *buckets)
{
  smalti_html_append (page, "<path class=\"%s\" d=\"", class);
  for (guint i = 0; i < buckets->len; i++)
    {
      const Bucket *bucket = &g_array_index (buckets, Bucket, i);

      smalti_html_append (page, "%c%d %d", i == 0 ? 'M' : 'L', across (plane, bucket->x), down (plane, bucket->mean));
    }
  g_string_append (page, "\"/>\n");
}

static void
add_curves (GString *page, const Plane *plane, const Curves *curves, const char *metric, gboolean percent)
{
  smalti_html_append (page, "<g class=\"%s\">\n", curves->run->color);
  if (curves->train->len > 1)
    {
      add_band (page, plane, curves->train);
      add_line (page, "train", plane, curves->train);
    }
  if (curves->val->len > 1)
    add_line (page, "val", plane, curves->val);
  for (guint i = 0; i < curves->val->len; i++)
    {
      const Bucket *bucket = &g_array_index (curves->val, Bucket, i);
      g_autofree char *value
          = percent ? g_strdup_printf ("%.1f%%", 100 * bucket->mean) : smalti_axis_format_value (bucket->mean);
      g_autofree char *text
          = g_strdup_printf (_ ("%s, held-out %s at epoch %.1f: %s"), curves->run->title, metric, bucket->x, value);

      smalti_html_append (page, "<circle class=\"point\" cx=\"%d\" cy=\"%d\" r=\"38\"><title>%s</title></circle>\n",
                          across (plane, bucket->x), down (plane, bucket->mean), text);
    }
  g_string_append (page, "</g>\n");
}

gboolean
smalti_report_add_curves (GString *page, SmaltiStore *store, const GPtrArray *runs, const SmaltiPretextClass *method,
                          const char *metric, const char *title, gboolean percent, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Curves));
  guint clip = page->len; /* unlike any other on the page */
  Plane plane;

  g_array_set_clear_func (all, (GDestroyNotify)curves_clear);
  if (!read_curves (store, runs, method, metric, all, error))
    return FALSE;
  if (all->len == 0)
    return TRUE;
  plane = plane_of (all, percent);
  smalti_html_append (page, "<figure><figcaption><h4>%s</h4><ul class=\"legend\">", title);
  for (guint i = 0; i < all->len; i++)
    add_legend_entry (page, g_array_index (all, Curves, i).run);
  smalti_html_append (
      page, "<li class=\"kind\"><i class=\"stroke\"></i>%s</li><li class=\"kind\"><i class=\"dots\"></i>%s</li>",
      _ ("training"), _ ("held out"));
  g_string_append (page, "</ul></figcaption>\n");
  open_chart (page, title);
  add_y_axis (page, &plane, percent);
  add_x_axis (page, &plane, _ ("epochs"));
  smalti_html_append (page,
                      "<clipPath id=\"clip%u\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>"
                      "<g clip-path=\"url(#clip%u)\">\n",
                      clip, LEFT - 40, TOP - 40, WIDTH - LEFT - RIGHT + 80, HEIGHT - TOP - BOTTOM + 80, clip);
  for (guint i = 0; i < all->len; i++)
    add_curves (page, &plane, &g_array_index (all, Curves, i), metric, percent);
  g_string_append (page, "</g></svg></figure>\n");
  return TRUE;
}

/* Layers */

static gboolean
is_of (const SmaltiBenchmark *benchmark, const char *protocol)
{
  return strcmp (benchmark->protocol, protocol) == 0;
}

static Plane
plane_of_layers (const GPtrArray *runs, const char *protocol, guint n_layers)
{
  Plane plane = { 0, n_layers, 0, 0 };

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];

      for (guint k = 0; k < run->benchmarks->len; k++)
        {
          const SmaltiBenchmark *benchmark = run->benchmarks->pdata[k];

          if (is_of (benchmark, protocol))
            plane.y1 = MAX (plane.y1, benchmark->top1.high);
        }
    }
  smalti_axis_round (&plane.y0, &plane.y1, N_TICKS);
  plane.y1 = MIN (plane.y1, 1);
  return plane;
}

/* A run's layers as points with whiskers, side by side with those of the other runs, joined by a faint line. */
static void
add_run_layers (GString *page, const Plane *plane, const GPtrArray *names, const SmaltiReportRun *run,
                const char *protocol, gdouble offset)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) points = g_string_new (NULL);
  gboolean apart = TRUE;

  for (guint n = 0; n < names->len; n++)
    {
      const SmaltiBenchmark *benchmark = smalti_report_find (run, protocol, names->pdata[n]);
      g_autofree char *text = NULL;
      gint x = across (plane, n + 0.5 + offset);

      if (benchmark == NULL)
        {
          apart = TRUE;
          continue;
        }
      g_string_append_printf (line, "%c%d %d", apart ? 'M' : 'L', x, down (plane, benchmark->top1.value));
      apart = FALSE;
      text = g_strdup_printf (_ ("%s, %s: %.1f%% (%.1f to %.1f)"), run->title, benchmark->layer,
                              100 * benchmark->top1.value, 100 * benchmark->top1.low, 100 * benchmark->top1.high);
      smalti_html_append (points,
                          "<path class=\"whisker\" d=\"M%d %dV%dM%d %dh70M%d %dh70\"/>"
                          "<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"42\"><title>%s</title></circle>\n",
                          x, down (plane, benchmark->top1.low), down (plane, benchmark->top1.high), x - 35,
                          down (plane, benchmark->top1.low), x - 35, down (plane, benchmark->top1.high), x,
                          down (plane, benchmark->top1.value), text);
    }
  smalti_html_append (page, "<g class=\"%s\"><path class=\"link\" d=\"%s\"/>\n", run->color, line->str);
  g_string_append (page, points->str);
  g_string_append (page, "</g>\n");
}

static void
add_layer_axis (GString *page, const Plane *plane, const GPtrArray *names)
{
  guint every = (names->len + 11) / 12;

  smalti_html_append (page, "<path class=\"axis\" d=\"M%d %dH%d\"/>\n", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
  for (guint n = 0; n < names->len; n += every)
    smalti_html_append (page, "<text x=\"%d\" y=\"%d\" class=\"middle\">%s</text>\n", across (plane, n + 0.5),
                        HEIGHT - BOTTOM + 165, (const char *)names->pdata[n]);
  smalti_html_append (page, "<text x=\"%d\" y=\"%d\" class=\"middle name\">%s</text>\n", (LEFT + WIDTH - RIGHT) / 2,
                      HEIGHT - 60, _ ("layer of the frozen network"));
}

/* Where all were measured on as many classes. */
static guint
common_n_classes (const GPtrArray *runs, const char *protocol)
{
  guint n_classes = 0;

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiBenchmark *best = smalti_report_best (runs->pdata[i], protocol);

      if (best == NULL)
        continue;
      if (n_classes != 0 && n_classes != best->n_classes)
        return 0;
      n_classes = best->n_classes;
    }
  return n_classes;
}

void
smalti_report_add_layers (GString *page, const GPtrArray *runs, const char *protocol)
{
  g_autoptr (GPtrArray) names = smalti_report_layer_names (runs, protocol);
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  guint n_classes = common_n_classes (runs, protocol);
  Plane plane;

  for (guint i = 0; i < runs->len; i++)
    if (smalti_report_best (runs->pdata[i], protocol) != NULL)
      g_ptr_array_add (shown, runs->pdata[i]);
  if (shown->len == 0)
    return;
  plane = plane_of_layers (shown, protocol, names->len);
  smalti_html_append (page, "<figure><figcaption><h4>%s</h4><ul class=\"legend\">",
                      strcmp (protocol, "linear") == 0 ? _ ("Linear classifier on each layer, top-1")
                                                       : _ ("Nearest neighbours on each layer, top-1"));
  for (guint i = 0; i < shown->len; i++)
    add_legend_entry (page, shown->pdata[i]);
  g_string_append (page, "</ul></figcaption>\n");
  open_chart (page, _ ("Top-1 of each layer with 95% intervals"));
  add_y_axis (page, &plane, TRUE);
  add_layer_axis (page, &plane, names);
  if (n_classes > 0)
    smalti_html_append (
        page, "<path class=\"chance\" d=\"M%d %dH%d\"/><text x=\"%d\" y=\"%d\" class=\"end chance\">%s</text>\n", LEFT,
        down (&plane, 1.0 / n_classes), WIDTH - RIGHT, WIDTH - RIGHT, down (&plane, 1.0 / n_classes) - 45,
        _ ("chance"));
  for (guint i = 0; i < shown->len; i++)
    add_run_layers (page, &plane, names, shown->pdata[i], protocol, ((i + 0.5) / shown->len - 0.5) * 0.6);
  g_string_append (page, "</svg></figure>\n");
}

void
smalti_report_add_bar (GString *page, SmaltiShare share, gdouble full)
{
  gint value = lround (1000 * share.value / full), low = lround (1000 * share.low / full),
       high = lround (1000 * share.high / full);

  smalti_html_append (page,
                      "<svg class=\"bar\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                      "<rect class=\"room\" width=\"1000\" height=\"20\"/>"
                      "<rect class=\"value\" width=\"%d\" height=\"20\"/>"
                      "<path class=\"range\" d=\"M%d 10H%dM%d 5v10M%d 5v10\"/></svg>",
                      value, low, high, low, high);
}
