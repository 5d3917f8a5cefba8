/* SPDX-License-Identifier: Apache-2.0 */
/* The charts of the Compare page, each alone in a window: what is drawn, what hands do, what is said in words. */
#include <adwaita.h>
#include <math.h>

#include "stage.h"
#include "ui/benchmark-bars.h"
#include "ui/confusion-view.h"
#include "ui/feature-map.h"
#include "ui/palette.h"
#include "ui/retrieval-view.h"

static char *
text_of (GtkWidget *widget)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (GTK_IS_LABEL (widget))
    g_string_append_printf (text, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      g_autofree char *below = text_of (child);

      g_string_append (text, below);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_says (GtkWidget *widget, const char *words)
{
  g_autofree char *text = text_of (widget);

  if (strstr (text, words) == NULL)
    g_error ("“%s” does not say “%s”", text, words);
}

/* -- bars -- */

static void
add_runs (SmaltiBenchmarkBars *bars, guint n_runs, guint n_layers)
{
  for (guint run = 0; run < n_runs; run++)
    {
      g_autofree char *title = g_strdup_printf ("Run number %u of several", run + 1);
      g_autofree SmaltiBar *bar = g_new (SmaltiBar, n_layers);
      char names[10][8];

      for (guint layer = 0; layer < n_layers; layer++)
        {
          g_snprintf (names[layer], sizeof names[layer], "conv%u", layer + 1);
          bar[layer] = (SmaltiBar){ names[layer], smalti_share (200 + 40 * layer + 25 * run, 1000) };
        }
      smalti_benchmark_bars_add_run (bars, title, bar, n_layers);
    }
}

static void
a_bar_is_as_high_as_its_share (void)
{
  Stage stage;
  GtkWidget *bars = smalti_benchmark_bars_new ();
  const SmaltiBar low = { "conv1", smalti_share (200, 1000) }, high = { "conv1", smalti_share (400, 1000) };
  GdkRGBA first = smalti_palette_curve (0, FALSE), second = smalti_palette_curve (1, FALSE);
  g_autoptr (GdkTexture) texture = NULL;
  gdouble ratio;

  smalti_benchmark_bars_add_run (SMALTI_BENCHMARK_BARS (bars), "low", &low, 1);
  smalti_benchmark_bars_add_run (SMALTI_BENCHMARK_BARS (bars), "high", &high, 1);
  stage_set (&stage, bars, 640, 400);
  texture = stage_draw (&stage, "bars-two");
  ratio = stage_count (texture, &second, 2) / (gdouble)stage_count (texture, &first, 2);
  g_assert_cmpfloat (ratio, >, 1.85);
  g_assert_cmpfloat (ratio, <, 2.15);
  stage_clear (&stage);
}

static void
bars_fit_any_room (void)
{
  static const struct
  {
    guint n_runs, n_layers;
    gint width;
    gboolean dark;
    const char *name;
  } cases[] = {
    { 3, 5, 800, FALSE, "bars-wide" },
    { 8, 10, 360, FALSE, "bars-narrow" },
    { 8, 10, 900, TRUE, "bars-dark" },
    { 1, 1, 360, TRUE, "bars-one" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Stage stage;
      GtkWidget *bars = smalti_benchmark_bars_new ();
      g_autoptr (GdkTexture) texture = NULL;

      stage_set_dark (cases[i].dark);
      add_runs (SMALTI_BENCHMARK_BARS (bars), cases[i].n_runs, cases[i].n_layers);
      stage_set (&stage, bars, cases[i].width, 420);
      g_assert_cmpint (gtk_widget_get_width (stage.window), ==, cases[i].width);
      texture = stage_draw (&stage, cases[i].name);
      for (guint run = 0; run < MIN (cases[i].n_runs, SMALTI_PALETTE_SIZE); run++)
        {
          GdkRGBA color = smalti_palette_curve (run, cases[i].dark);

          g_assert_cmpuint (stage_count (texture, &color, 3), >, 20 * cases[i].n_layers);
        }
      stage_clear (&stage);
    }
  stage_set_dark (FALSE);
}

static void
bars_say_their_numbers (void)
{
  Stage stage;
  GtkWidget *bars = smalti_benchmark_bars_new (), *canvas;
  const SmaltiBar one[] = { { "conv1", smalti_share (125, 1000) }, { "conv2", smalti_share (250, 1000) } };
  const SmaltiBar other[] = { { "layer3", smalti_share (500, 1000) } };
  g_autoptr (GdkTexture) plain = NULL, hovered = NULL;
  GdkRGBA color = smalti_palette_curve (0, FALSE);

  smalti_benchmark_bars_add_run (SMALTI_BENCHMARK_BARS (bars), "Jigsaw", one, 2);
  smalti_benchmark_bars_add_run (SMALTI_BENCHMARK_BARS (bars), "Another network", other, 1);
  stage_set (&stage, bars, 640, 400);
  gtk_expander_set_expanded (GTK_EXPANDER (stage_find (bars, "GtkExpander")), TRUE);
  stage_settle (&stage);
  assert_says (bars, "Jigsaw");
  assert_says (bars, "12.5% (10.6–14.7%)");
  assert_says (bars, "–"); /* what was not measured */
  canvas = stage_find (bars, "SmaltiBarsCanvas");
  plain = stage_draw (&stage, "bars-table");
  for (guint i = 0; i < 3; i++)
    g_assert_true (stage_key (canvas, GDK_KEY_Right));
  hovered = stage_draw (&stage, "bars-current"); /* the third that there is: all others are faint */
  g_assert_cmpuint (stage_count (hovered, &color, 2), <, stage_count (plain, &color, 2) / 3);
  g_assert_true (stage_key (canvas, GDK_KEY_Escape));
  smalti_benchmark_bars_clear (SMALTI_BENCHMARK_BARS (bars));
  g_assert_false (stage_key (canvas, GDK_KEY_Right));
  g_object_unref (stage_draw (&stage, "bars-empty"));
  stage_clear (&stage);
}

/* -- confusion -- */

#define N_CLASSES 12

static void
make_confusion (guint n, guint32 *confusion, char **names)
{
  for (guint truth = 0; truth < n; truth++)
    {
      names[truth] = g_strdup_printf ("class %u", truth);
      for (guint answer = 0; answer < n; answer++)
        confusion[truth * n + answer] = truth == answer ? 40 : (truth * 7 + answer * 3) % 11 == 0 ? 2 : 0;
    }
}

typedef struct
{
  guint n, first, second;
} Heard;

static void
on_pair (GtkWidget *widget, guint first, guint second, Heard *heard)
{
  heard->n++;
  heard->first = first;
  heard->second = second;
}

static GtkWidget *
confusion_of (guint n, Heard *heard)
{
  GtkWidget *view = smalti_confusion_view_new ();
  g_autofree guint32 *confusion = g_new0 (guint32, n * n);
  g_auto (GStrv) names = g_new0 (char *, n + 1);

  make_confusion (n, confusion, names);
  confusion[2 * n + 5] = 17; /* the worst */
  confusion[8 * n + 1] = 9;
  smalti_confusion_view_set (SMALTI_CONFUSION_VIEW (view), confusion, n, (const char *const *)names);
  g_signal_connect (view, "cell-activated", G_CALLBACK (on_pair), heard);
  return view;
}

static void
the_worst_mistakes_come_first (void)
{
  Stage stage;
  Heard heard = { 0 };
  GtkWidget *view = confusion_of (N_CLASSES, &heard), *list;
  guint truth, answer;

  stage_set (&stage, view, 900, 600);
  list = stage_find (view, "GtkListBox");
  assert_says (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)), "class 2 → class 5");
  assert_says (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)), "17");
  assert_says (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1)), "class 8 → class 1");
  g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1));
  g_assert_cmpuint (heard.n, ==, 1);
  g_assert_cmpuint (heard.first, ==, 8);
  g_assert_cmpuint (heard.second, ==, 1);
  g_assert_true (smalti_confusion_view_get_current (SMALTI_CONFUSION_VIEW (view), &truth, &answer));
  g_assert_cmpuint (truth, ==, 8);
  g_object_unref (stage_draw (&stage, "confusion-wide"));
  stage_clear (&stage);
}

static void
cells_are_reached_by_keys_and_pointer (void)
{
  Stage stage;
  Heard heard = { 0 };
  GtkWidget *view = confusion_of (N_CLASSES, &heard), *map;
  guint truth, answer;

  stage_set (&stage, view, 900, 600);
  map = stage_find (view, "SmaltiConfusionMap");
  g_assert_false (stage_key (map, GDK_KEY_Return)); /* nothing is current yet */
  for (guint i = 0; i < 3; i++)
    g_assert_true (stage_key (map, GDK_KEY_Down)); /* the first makes a cell current */
  for (guint i = 0; i < 50; i++)
    stage_key (map, GDK_KEY_Right); /* no farther than the last */
  g_assert_true (smalti_confusion_view_get_current (SMALTI_CONFUSION_VIEW (view), &truth, &answer));
  g_assert_cmpuint (truth, ==, 2);
  g_assert_cmpuint (answer, ==, N_CLASSES - 1);
  g_assert_true (stage_key (map, GDK_KEY_Return));
  g_assert_cmpuint (heard.n, ==, 1);
  g_assert_cmpuint (heard.first, ==, 2);
  g_assert_cmpuint (heard.second, ==, N_CLASSES - 1);

  stage_point (map, 5, 5); /* on the words, not on a cell */
  g_assert_false (smalti_confusion_view_get_current (SMALTI_CONFUSION_VIEW (view), &truth, &answer));
  stage_click (map, 1, gtk_widget_get_width (map) / 2.0, gtk_widget_get_height (map) / 2.0);
  g_assert_cmpuint (heard.n, ==, 2);
  g_assert_true (smalti_confusion_view_get_current (SMALTI_CONFUSION_VIEW (view), &truth, &answer));
  g_assert_cmpuint (heard.first, ==, truth);
  g_assert_cmpuint (heard.second, ==, answer);
  stage_leave (map);
  g_assert_false (smalti_confusion_view_get_current (SMALTI_CONFUSION_VIEW (view), &truth, &answer));
  stage_clear (&stage);
}

static void
right_and_wrong_have_their_colours (void)
{
  Stage stage;
  Heard heard = { 0 };
  GtkWidget *view = smalti_confusion_view_new ();
  const guint32 confusion[] = { 10, 0, 0, 10, 0, 0, 0, 0, 10 };
  const char *const names[] = { "a", "b", "c" };
  GdkRGBA right = smalti_palette_curve (0, FALSE), wrong = smalti_palette_wrong (FALSE);
  g_autoptr (GdkTexture) texture = NULL;
  gdouble n_right, n_wrong;

  smalti_confusion_view_set (SMALTI_CONFUSION_VIEW (view), confusion, 3, names);
  g_signal_connect (view, "cell-activated", G_CALLBACK (on_pair), &heard);
  stage_set (&stage, view, 900, 600);
  texture = stage_draw (&stage, "confusion-three");
  n_right = stage_count (texture, &right, 3);
  n_wrong = stage_count (texture, &wrong, 3);
  g_assert_cmpfloat (n_wrong, >, 1000);
  g_assert_cmpfloat_with_epsilon (n_right / n_wrong, 2, 0.1); /* two cells against one */
  stage_clear (&stage);
}

static void
large_and_narrow_confusions_are_shown (void)
{
  static const struct
  {
    guint n;
    gint width, height;
    gboolean dark;
    const char *name;
  } cases[] = { { 200, 1000, 640, TRUE, "confusion-200-dark" }, { 12, 360, 760, FALSE, "confusion-narrow" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Stage stage;
      Heard heard = { 0 };
      GtkWidget *view = confusion_of (cases[i].n, &heard);

      stage_set_dark (cases[i].dark);
      stage_set (&stage, view, cases[i].width, cases[i].height);
      g_assert_cmpint (gtk_widget_get_width (stage.window), ==, cases[i].width);
      stage_key (stage_find (view, "SmaltiConfusionMap"), GDK_KEY_Down);
      g_object_unref (stage_draw (&stage, cases[i].name));
      stage_clear (&stage);
    }
  stage_set_dark (FALSE);
}

static void
nothing_mistaken_is_said (void)
{
  Stage stage;
  GtkWidget *view = smalti_confusion_view_new ();
  const guint32 confusion[] = { 10, 0, 0, 10 };
  const char *const names[] = { "a", "b" };

  smalti_confusion_view_set (SMALTI_CONFUSION_VIEW (view), confusion, 2, names);
  stage_set (&stage, view, 700, 500);
  assert_says (view, "Nothing was mistaken");
  smalti_confusion_view_set (SMALTI_CONFUSION_VIEW (view), NULL, 0, NULL);
  g_object_unref (stage_draw (&stage, "confusion-none"));
  stage_clear (&stage);
}

/* -- map -- */

static void
on_item (GtkWidget *widget, gint item, Heard *heard)
{
  heard->n++;
  heard->first = item;
}

/* Classes in rings of clouds. */
static gfloat *
clouds (guint n, guint n_classes, gint32 *klass)
{
  gfloat *layout = g_new (gfloat, 2 * n);
  guint32 state = 1;

  for (guint i = 0; i < n; i++)
    {
      gdouble sum[2] = { 0 };

      klass[i] = i % n_classes;
      for (guint j = 0; j < 8; j++)
        {
          state = state * 1664525u + 1013904223u;
          sum[j % 2] += (state >> 8) / 16777216.0 - 0.5;
        }
      layout[2 * i] = 30 * cos (klass[i] * 2 * G_PI / n_classes) + 8 * sum[0];
      layout[2 * i + 1] = 20 * sin (klass[i] * 2 * G_PI / n_classes) + 8 * sum[1];
    }
  return layout;
}

static GtkWidget *
map_of (guint n, guint n_classes, Heard *hovered, Heard *activated)
{
  GtkWidget *map = smalti_feature_map_new ();
  g_autofree gint32 *klass = g_new (gint32, n);
  g_autofree gfloat *layout = clouds (n, n_classes, klass);
  g_auto (GStrv) names = g_new0 (char *, n_classes + 1);

  for (guint c = 0; c < n_classes; c++)
    names[c] = g_strdup_printf ("kind %u", c);
  smalti_feature_map_set_layout (SMALTI_FEATURE_MAP (map), layout, n);
  smalti_feature_map_set_classes (SMALTI_FEATURE_MAP (map), klass, n, n_classes, (const char *const *)names);
  g_signal_connect (map, "item-hovered", G_CALLBACK (on_item), hovered);
  g_signal_connect (map, "item-activated", G_CALLBACK (on_item), activated);
  return map;
}

static void
points_have_the_colours_of_their_classes (void)
{
  Stage stage;
  Heard hovered = { 0 }, activated = { 0 };
  GtkWidget *map = map_of (3000, 5, &hovered, &activated);
  GdkRGBA color = smalti_feature_map_class_color (2, 5, FALSE), white = { 1, 1, 1, 1 }, seen;
  g_autoptr (GdkTexture) all = NULL, one = NULL;
  guint before;

  stage_set (&stage, map, 700, 560);
  all = stage_draw (&stage, "map-five");
  /* What a disc of some opacity looks like on the window's ground. */
  seen = (GdkRGBA){ color.red * 0.8 + 0.2 * 0.98, color.green * 0.8 + 0.2 * 0.98, color.blue * 0.8 + 0.2 * 0.98, 1 };
  before = stage_count (all, &seen, 12);
  g_assert_cmpuint (before, >, 300);
  assert_says (map, "kind 4");
  smalti_feature_map_set_class (SMALTI_FEATURE_MAP (map), 1);
  one = stage_draw (&stage, "map-highlight");
  g_assert_cmpuint (stage_count (one, &seen, 12), <, before / 10);
  g_assert_cmpuint (stage_count (one, &white, 12), >, 0);
  stage_clear (&stage);
}

/* The item under the pointer stays under it, whatever the wheel does. */
static void
the_wheel_zooms_about_the_pointer (void)
{
  Stage stage;
  Heard hovered = { 0 }, activated = { 0 };
  GtkWidget *map = map_of (400, 4, &hovered, &activated), *canvas;
  gint item = -1;
  gdouble x = 0, y = 0;

  stage_set (&stage, map, 700, 560);
  canvas = stage_find (map, "SmaltiMapCanvas");
  for (x = 10; x < gtk_widget_get_width (canvas) && item < 0; x += 7)
    for (y = 10; y < gtk_widget_get_height (canvas) && item < 0; y += 7)
      {
        stage_point (canvas, x, y);
        item = smalti_feature_map_get_hovered (SMALTI_FEATURE_MAP (map));
        if (item >= 0)
          break;
      }
  x -= 7;
  g_assert_cmpint (item, >=, 0);
  g_assert_cmpuint (hovered.n, >=, 1);
  g_assert_cmpint (hovered.first, ==, item);
  for (guint i = 0; i < 4; i++)
    g_assert_true (stage_scroll (canvas, 1)); /* away: there are no fewer under it */
  for (guint i = 0; i < 4; i++)
    g_assert_true (stage_scroll (canvas, -1));
  g_assert_cmpint (smalti_feature_map_get_hovered (SMALTI_FEATURE_MAP (map)), ==, item);
  stage_click (canvas, 1, x, y);
  g_assert_cmpuint (activated.n, ==, 1);
  g_assert_cmpuint (activated.first, ==, item);
  stage_leave (canvas);
  g_assert_cmpint (smalti_feature_map_get_hovered (SMALTI_FEATURE_MAP (map)), ==, -1);
  stage_clear (&stage);
}

static void
a_picture_is_shown_of_what_is_looked_at (void)
{
  Stage stage;
  Heard hovered = { 0 }, activated = { 0 };
  GtkWidget *map = map_of (60, 3, &hovered, &activated), *canvas;
  g_autofree guint8 *magenta = g_malloc (64 * 64 * 3);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkTexture) picture = NULL, before = NULL, shown = NULL;
  const GdkRGBA color = { 1, 0, 1, 1 };

  for (guint i = 0; i < 64 * 64 * 3; i++)
    magenta[i] = i % 3 == 1 ? 0 : 255;
  bytes = g_bytes_new (magenta, 64 * 64 * 3);
  picture = gdk_memory_texture_new (64, 64, GDK_MEMORY_R8G8B8, bytes, 192);
  stage_set (&stage, map, 700, 560);
  canvas = stage_find (map, "SmaltiMapCanvas");
  gtk_widget_grab_focus (canvas);
  gtk_window_set_focus_visible (GTK_WINDOW (stage.window), TRUE);
  stage_settle (&stage);
  for (guint i = 0; i < 6; i++)
    g_assert_true (stage_key (canvas, GDK_KEY_Right));
  g_assert_true (stage_key (canvas, GDK_KEY_Return));
  g_assert_cmpuint (activated.n, ==, 1);
  g_assert_cmpint (smalti_feature_map_get_hovered (SMALTI_FEATURE_MAP (map)), ==, activated.first);
  smalti_feature_map_set_picture (SMALTI_FEATURE_MAP (map), activated.first + 1, picture, "another");
  before = stage_draw (&stage, "map-keyboard");
  g_assert_cmpuint (stage_count (before, &color, 4), ==, 0);
  smalti_feature_map_set_picture (SMALTI_FEATURE_MAP (map), activated.first, picture, "val/kind/picture.jpg");
  shown = stage_draw (&stage, "map-picture");
  g_assert_cmpuint (stage_count (shown, &color, 4), >, 90 * 90);
  stage_clear (&stage);
}

/* Told where a frame's time goes; a bound that only what is wrong by an order breaks. */
static void
fifty_thousand_points_pan_in_time (void)
{
  Stage stage;
  Heard hovered = { 0 }, activated = { 0 };
  GtkWidget *map = map_of (50000, 40, &hovered, &activated), *canvas;
  gint64 began, moved, drawn, move = G_MAXINT64, draw = G_MAXINT64;

  stage_set (&stage, map, 1000, 760);
  canvas = stage_find (map, "SmaltiMapCanvas");
  g_object_unref (stage_draw (&stage, "map-fifty-thousand"));
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();

      began = g_get_monotonic_time ();
      stage_key (canvas, i % 2 ? GDK_KEY_Left : GDK_KEY_Right); /* pans, and looks for what is there now */
      moved = g_get_monotonic_time ();
      GTK_WIDGET_GET_CLASS (canvas)->snapshot (canvas, snapshot);
      drawn = g_get_monotonic_time ();
      move = MIN (move, moved - began);
      draw = MIN (draw, drawn - moved);
    }
  g_test_message ("50,000 points at %d x %d: %.2f ms to move, %.2f ms to draw", gtk_widget_get_width (canvas),
                  gtk_widget_get_height (canvas), move / 1000.0, draw / 1000.0);
  g_assert_cmpint (move + draw, <, 100000);
  stage_clear (&stage);
}

static void
a_map_unfolds_under_the_view (void)
{
  Stage stage;
  Heard hovered = { 0 }, activated = { 0 };
  GtkWidget *map = map_of (900, 20, &hovered, &activated);
  g_autofree gfloat *layout = g_new (gfloat, 1800);

  stage_set_dark (TRUE);
  stage_set (&stage, map, 360, 420);
  g_assert_cmpint (gtk_widget_get_width (stage.window), ==, 360);
  g_object_unref (stage_draw (&stage, "map-narrow-dark"));
  for (guint i = 0; i < 1800; i++)
    layout[i] = 7; /* all in one place */
  smalti_feature_map_set_layout (SMALTI_FEATURE_MAP (map), layout, 900);
  g_object_unref (stage_draw (&stage, "map-one-place"));
  smalti_feature_map_set_layout (SMALTI_FEATURE_MAP (map), layout, 0);
  smalti_feature_map_set_classes (SMALTI_FEATURE_MAP (map), NULL, 0, 0, NULL);
  g_object_unref (stage_draw (&stage, "map-empty"));
  stage_clear (&stage);
  stage_set_dark (FALSE);
}

/* -- retrieval -- */

static GdkTexture *
plain_picture (guint seed)
{
  guint8 pixels[48 * 32 * 3];
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < sizeof pixels; i++)
    pixels[i] = (seed * (i % 3 + 1) * 37 + i / 300) % 256;
  bytes = g_bytes_new (pixels, sizeof pixels);
  return gdk_memory_texture_new (48, 32, GDK_MEMORY_R8G8B8, bytes, 48 * 3);
}

static void
neighbours_stand_beside_their_query (void)
{
  const SmaltiRetrieved neighbours[] = {
    { "val/beach/a.jpg", "beach", 0.97, SMALTI_AGREES }, { "val/coast/b.jpg", "coast", 0.91, SMALTI_DIFFERS },
    { "val/beach/c.jpg", "beach", 0.88, SMALTI_AGREES }, { "val/pier/d.jpg", "pier", 0.85, SMALTI_DIFFERS },
    { "val/beach/e.jpg", "beach", 0.82, SMALTI_AGREES }, { "val/desert/f.jpg", "desert", 0.8, SMALTI_DIFFERS },
    { "val/beach/g.jpg", "beach", 0.79, SMALTI_AGREES },
  };
  const SmaltiRetrieved unlabelled[] = { { "IMG_1.jpg", NULL, 0.9, SMALTI_AGREES_UNKNOWN } };

  for (guint narrow = 0; narrow < 2; narrow++)
    {
      Stage stage;
      Heard heard = { 0 };
      GtkWidget *view = smalti_retrieval_view_new (), *button;
      g_autoptr (GdkTexture) query = plain_picture (9);
      SmaltiRetrievalView *self = SMALTI_RETRIEVAL_VIEW (view);

      stage_set_dark (narrow);
      g_signal_connect (view, "neighbour-activated", G_CALLBACK (on_pair), &heard);
      smalti_retrieval_view_set_query (self, "val/beach/0001.jpg", "beach");
      smalti_retrieval_view_set_query_picture (self, GDK_PAINTABLE (query));
      g_assert_cmpuint (smalti_retrieval_view_add_row (self, "Jigsaw, conv4", neighbours, 7), ==, 0);
      g_assert_cmpuint (smalti_retrieval_view_add_row (self, "Unlabelled", unlabelled, 1), ==, 1);
      g_assert_cmpuint (smalti_retrieval_view_add_reason (self, "Random", "This run was not measured yet."), ==, 2);
      for (guint i = 0; i < 7; i++)
        {
          g_autoptr (GdkTexture) picture = plain_picture (i + 1);

          smalti_retrieval_view_set_picture (self, 0, i, GDK_PAINTABLE (picture));
        }
      stage_set (&stage, view, narrow ? 360 : 800, 640);
      g_assert_cmpint (gtk_widget_get_width (stage.window), ==, narrow ? 360 : 800);
      assert_says (view, "4 of 7 are of the same class");
      assert_says (view, "This run was not measured yet.");
      button = stage_find (view, "GtkButton");
      g_assert_true (gtk_widget_has_css_class (button, "agrees"));
      g_assert_true (gtk_widget_has_css_class (gtk_widget_get_next_sibling (button), "differs"));
      g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (button), "the same class, similarity 0.97"));
      g_signal_emit_by_name (gtk_widget_get_next_sibling (button), "clicked");
      g_assert_cmpuint (heard.n, ==, 1);
      g_assert_cmpuint (heard.first, ==, 0);
      g_assert_cmpuint (heard.second, ==, 1);
      g_object_unref (stage_draw (&stage, narrow ? "retrieval-narrow-dark" : "retrieval"));
      smalti_retrieval_view_set_query (self, NULL, NULL);
      g_assert_null (stage_find (view, "GtkButton"));
      stage_clear (&stage);
    }
  stage_set_dark (FALSE);
}

int
main (int argc, char **argv)
{
  if (!stage_init (&argc, &argv))
    return 77;
  g_test_add_func ("/bars/height", a_bar_is_as_high_as_its_share);
  g_test_add_func ("/bars/room", bars_fit_any_room);
  g_test_add_func ("/bars/words", bars_say_their_numbers);
  g_test_add_func ("/confusion/worst", the_worst_mistakes_come_first);
  g_test_add_func ("/confusion/cells", cells_are_reached_by_keys_and_pointer);
  g_test_add_func ("/confusion/colours", right_and_wrong_have_their_colours);
  g_test_add_func ("/confusion/sizes", large_and_narrow_confusions_are_shown);
  g_test_add_func ("/confusion/none", nothing_mistaken_is_said);
  g_test_add_func ("/map/colours", points_have_the_colours_of_their_classes);
  g_test_add_func ("/map/wheel", the_wheel_zooms_about_the_pointer);
  g_test_add_func ("/map/picture", a_picture_is_shown_of_what_is_looked_at);
  g_test_add_func ("/map/time", fifty_thousand_points_pan_in_time);
  g_test_add_func ("/map/layouts", a_map_unfolds_under_the_view);
  g_test_add_func ("/retrieval/rows", neighbours_stand_beside_their_query);
  return g_test_run ();
}
