/* SPDX-License-Identifier: Apache-2.0 */
/* Each small picture is put together once, at the size in which it is drawn: Cairo's renderer converts a whole texture
 * for each of its pieces that it draws, in every frame. */
#include "ui/answer-bars.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ui/palette.h"
#include "ui/texture.h"

enum
{
  N_ROWS = 3,
  PICTURE = 36,
  ROW_GAP = 6,
  GAP = 9,
  BAR_HEIGHT = 6,
  PIXELS = 2 * PICTURE, /* sharp on screens of two pixels a unit; what 2, 3 and 4 cells divide */
};

typedef struct
{
  GdkTexture *picture;
  gfloat probability;
  gboolean is_true;
} Answer;

struct _SmaltiAnswerBars
{
  GtkWidget parent_instance;

  Answer answer[N_ROWS];
  guint n_answers;
};

G_DEFINE_FINAL_TYPE (SmaltiAnswerBars, smalti_answer_bars, GTK_TYPE_WIDGET)

gboolean
smalti_answer_bars_can_show (const SmaltiPreview *preview)
{
  static const guint8 unknown[16];

  return preview->grid > 0 && preview->top[0].label && memcmp (preview->shown, unknown, sizeof unknown) != 0;
}

static void
append_text (SmaltiAnswerBars *self, GtkSnapshot *snapshot, const char *text, gfloat right, gfloat middle)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GdkRGBA color;
  gint width, height;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (right - width, middle - height / 2.f));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
append_bar (GtkSnapshot *snapshot, const GdkRGBA *color, gfloat x, gfloat y, gfloat width)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (x, y, width, BAR_HEIGHT), BAR_HEIGHT / 2.f);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, color, &shape.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
append_row (SmaltiAnswerBars *self, GtkSnapshot *snapshot, const Answer *answer, gfloat width)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autofree char *percent = g_strdup_printf (_ ("%.0f%%"), answer->probability * 100);
  g_autofree char *text = answer->is_true ? g_strdup_printf ("✓ %s", percent) : g_strdup (percent);
  gfloat label = 58, room = MAX (1, width - PICTURE - GAP - label), full = MAX (BAR_HEIGHT, room * answer->probability);
  gfloat start = PICTURE + GAP, y = (PICTURE - BAR_HEIGHT) / 2.f;
  GdkRGBA ink;
  GdkRGBA bar = smalti_palette_curve (answer->is_true ? 2 : 0, dark);
  GdkRGBA trough;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &ink);
  trough = smalti_palette_faint (ink, 0.12f);
  gtk_snapshot_save (snapshot);
  if (mirrored)
    gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width - PICTURE, 0));
  gtk_snapshot_append_texture (snapshot, answer->picture, &GRAPHENE_RECT_INIT (0, 0, PICTURE, PICTURE));
  gtk_snapshot_restore (snapshot);
  append_bar (snapshot, &trough, mirrored ? width - start - room : start, y, room);
  append_bar (snapshot, &bar, mirrored ? width - start - full : start, y, full);
  append_text (self, snapshot, text, mirrored ? label - GAP : width, PICTURE / 2.f);
}

static void
smalti_answer_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SmaltiAnswerBars *self = SMALTI_ANSWER_BARS (widget);

  for (guint i = 0; i < self->n_answers; i++)
    {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, i * (PICTURE + ROW_GAP)));
      append_row (self, snapshot, &self->answer[i], gtk_widget_get_width (widget));
      gtk_snapshot_restore (snapshot);
    }
}

static void
smalti_answer_bars_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 180;
      *natural = 240;
    }
  else
    /* The same for all, so that cards of a row are alike. */
    *minimum = *natural = N_ROWS * PICTURE + (N_ROWS - 1) * ROW_GAP;
}

static void
forget_answers (SmaltiAnswerBars *self)
{
  while (self->n_answers > 0)
    g_clear_object (&self->answer[--self->n_answers].picture);
}

static void
smalti_answer_bars_dispose (GObject *object)
{
  forget_answers (SMALTI_ANSWER_BARS (object));
  G_OBJECT_CLASS (smalti_answer_bars_parent_class)->dispose (object);
}

static void
smalti_answer_bars_class_init (SmaltiAnswerBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_answer_bars_dispose;
  widget_class->snapshot = smalti_answer_bars_snapshot;
  widget_class->measure = smalti_answer_bars_measure;
  gtk_widget_class_set_css_name (widget_class, "answerbars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
smalti_answer_bars_init (SmaltiAnswerBars *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
}

void
smalti_answer_bars_set_preview (SmaltiAnswerBars *self, const SmaltiPreview *preview)
{
  g_return_if_fail (SMALTI_IS_ANSWER_BARS (self));

  guint n_cells = preview->grid * preview->grid;
  g_autoptr (GString) words = g_string_new (_ ("Most likely answers:"));

  g_autoptr (SmaltiImage) input = smalti_image_resize (preview->input, PIXELS, PIXELS);

  forget_answers (self);
  for (guint i = 0; i < N_ROWS && preview->top[i].label; i++)
    {
      Answer *answer = &self->answer[self->n_answers++];
      g_autoptr (SmaltiImage) picture = smalti_image_rearrange (input, preview->grid, preview->top[i].order);

      answer->picture = smalti_texture_new (picture);
      answer->probability = preview->top[i].probability;
      answer->is_true = memcmp (preview->top[i].order, preview->shown, n_cells) == 0;
      g_string_append_printf (words, i == 0 ? " " : ", ");
      /* Translators: a probability, of the answer that is right: "93% (right)" */
      g_string_append_printf (words, answer->is_true ? _ ("%.0f%% (right)") : _ ("%.0f%%"), answer->probability * 100);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
smalti_answer_bars_new (const SmaltiPreview *preview)
{
  SmaltiAnswerBars *self = g_object_new (SMALTI_TYPE_ANSWER_BARS, NULL);

  smalti_answer_bars_set_preview (self, preview);
  return GTK_WIDGET (self);
}
