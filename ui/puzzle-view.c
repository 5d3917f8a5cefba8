/* SPDX-License-Identifier: Apache-2.0 */
/* Marks stand on the answer alone: the truth stays clean to look at. */
#include "ui/puzzle-view.h"

#include <glib/gi18n-lib.h>

#include "ui/image-view.h"

struct _SmaltiPuzzleView
{
  SmaltiTriptych parent_instance;
};

G_DEFINE_FINAL_TYPE (SmaltiPuzzleView, smalti_puzzle_view, SMALTI_TYPE_TRIPTYCH)

static void
smalti_puzzle_view_show (SmaltiTriptych *self, const SmaltiPreview *preview, GtkWidget *const pictures[3])
{
  smalti_image_view_set_marks (SMALTI_IMAGE_VIEW (pictures[1]), preview->grid, preview->wrong);
  if (preview->correct)
    gtk_widget_add_css_class (GTK_WIDGET (self), "solved");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "solved");
}

static void
smalti_puzzle_view_class_init (SmaltiPuzzleViewClass *klass)
{
  SmaltiTriptychClass *triptych = SMALTI_TRIPTYCH_CLASS (klass);

  triptych->titles[0] = N_ ("Shuffled");
  triptych->show = smalti_puzzle_view_show;
}

static void
smalti_puzzle_view_init (SmaltiPuzzleView *self)
{
}
