/* SPDX-License-Identifier: Apache-2.0 */
/* Only the bins between the smallest and the largest image are drawn, with one empty bin to either side: a folder of
 * equal images shows one bar, and where it stands. */
#include "ui/size-histogram.h"

#include <inttypes.h>
#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "ui/palette.h"

#define HEIGHT  96
#define GAP     2
#define LABELS  18 /* below the bars */
#define MIN_BAR 2  /* of what is not nothing */

struct _SmaltiSizeHistogram
{
  GtkWidget parent_instance;

  guint64 counts[SMALTI_N_SIZE_BINS];
  guint first, last; /* bins drawn */
};

G_DEFINE_FINAL_TYPE (SmaltiSizeHistogram, smalti_size_histogram, GTK_TYPE_WIDGET)

static char *
describe_bin (SmaltiSizeHistogram *self, guint bin)
{
  guint64 n = self->counts[bin];
  gint low = smalti_size_bin_start (bin), high = smalti_size_bin_start (bin + 1) - 1;

  if (bin + 1 == SMALTI_N_SIZE_BINS)
    return g_strdup_printf (ngettext ("%d px and more: %'" PRIu64 " image", "%d px and more: %'" PRIu64 " images", n),
                            low, n);
  return g_strdup_printf (ngettext ("%d to %d px: %'" PRIu64 " image", "%d to %d px: %'" PRIu64 " images", n), low,
                          high, n);
}

void
smalti_size_histogram_set_stats (SmaltiSizeHistogram *self, const SmaltiDatasetStats *stats)
{
  g_return_if_fail (SMALTI_IS_SIZE_HISTOGRAM (self));

  g_autoptr (GString) words = g_string_new (_ ("Short sides of the images"));

  self->first = SMALTI_N_SIZE_BINS;
  self->last = 0;
  for (guint i = 0; i < SMALTI_N_SIZE_BINS; i++)
    {
      self->counts[i] = stats->size_counts[i];
      if (self->counts[i] == 0)
        continue;
      self->first = MIN (self->first, i);
      self->last = i;

      g_autofree char *bin = describe_bin (self, i);

      g_string_append_printf (words, ". %s", bin);
    }
  self->first = self->first > 0 ? MIN (self->first, SMALTI_N_SIZE_BINS - 1) - 1 : 0;
  self->last = MIN (MAX (self->last, self->first) + 1, SMALTI_N_SIZE_BINS - 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static guint
n_drawn (SmaltiSizeHistogram *self)
{
  return self->last - self->first + 1;
}

static gboolean
smalti_size_histogram_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  SmaltiSizeHistogram *self = SMALTI_SIZE_HISTOGRAM (widget);
  gint width = gtk_widget_get_width (widget);
  guint place;

  if (keyboard || width <= 0)
    return FALSE;
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = width - 1 - x;
  place = self->first + CLAMP (x * (gint)n_drawn (self) / width, 0, (gint)n_drawn (self) - 1);

  g_autofree char *words = describe_bin (self, place);

  gtk_tooltip_set_text (tooltip, words);
  return TRUE;
}

/* The pixels at which the bin begins, below its left edge. */
static void
draw_label (GtkWidget *widget, GtkSnapshot *snapshot, guint bin, gfloat x, gfloat y, const GdkRGBA *color)
{
  g_autofree char *text = g_strdup_printf ("%d", smalti_size_bin_start (bin));
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  gint width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (CLAMP (x - width / 2.f, 0, gtk_widget_get_width (widget) - width), y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
smalti_size_histogram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiSizeHistogram *self = SMALTI_SIZE_HISTOGRAM (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA fill = smalti_palette_curve (0, adw_style_manager_get_dark (adw_style_manager_get_default ())), text, line;
  gfloat width = gtk_widget_get_width (widget), room = gtk_widget_get_height (widget) - LABELS;
  gfloat bar = width / n_drawn (self);
  /* A label takes about forty pixels; whole octaves have the even numbers. */
  guint every = bar * 2 >= 40 ? 2 : bar * 4 >= 40 ? 4 : 8;
  guint64 most = 1;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  line = smalti_palette_faint (text, 0.3f);
  text = smalti_palette_faint (text, 0.7f);
  for (guint i = self->first; i <= self->last; i++)
    most = MAX (most, self->counts[i]);
  for (guint i = self->first; i <= self->last; i++)
    {
      gfloat x = (i - self->first) * bar;
      gfloat height = self->counts[i] > 0 ? MAX (room * ((gdouble)self->counts[i] / most), MIN_BAR) : 0;

      if (rtl)
        x = width - x - bar;
      gtk_snapshot_append_color (snapshot, &fill,
                                 &GRAPHENE_RECT_INIT (x + GAP / 2.f, room - height, MAX (bar - GAP, 1), height));
      if (i % every == 0)
        draw_label (widget, snapshot, i, rtl ? x + bar : x, room + 3, &text);
    }
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (0, room, width, 1));
}

static void
smalti_size_histogram_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                               int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 120;
}

static void
smalti_size_histogram_class_init (SmaltiSizeHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = smalti_size_histogram_snapshot;
  widget_class->measure = smalti_size_histogram_measure;
  widget_class->query_tooltip = smalti_size_histogram_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "histogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
smalti_size_histogram_init (SmaltiSizeHistogram *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}
