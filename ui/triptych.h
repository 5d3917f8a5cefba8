/* SPDX-License-Identifier: Apache-2.0 */
/* A preview as people look at it: what the network got, what it answered, and the truth, side by side, with one line
 * below. Its two kinds are the puzzle view and the colour comparison. */
#pragma once

#include <gtk/gtk.h>

#include "core/pretext/pretext.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_TRIPTYCH (smalti_triptych_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmaltiTriptych, smalti_triptych, SMALTI, TRIPTYCH, GtkWidget)

struct _SmaltiTriptychClass
{
  GtkWidgetClass parent_class;

  /* Captions over the three pictures, translatable. */
  const char *titles[3];
  /* (nullable): after the pictures and the line are set; the pictures are the SmaltiImageViews. */
  void (*show) (SmaltiTriptych *self, const SmaltiPreview *preview, GtkWidget *const pictures[3]);
};

/* A widget of the kind that fits: puzzle view, colour comparison, or plain. Its pictures are shared with the preview. */
GtkWidget *smalti_triptych_new      (const SmaltiPreview  *preview);
void       smalti_triptych_set_preview (SmaltiTriptych    *self,
                                     const SmaltiPreview  *preview);
/* Another answer to the same input. */
void       smalti_triptych_set_answer  (SmaltiTriptych    *self,
                                     SmaltiImage          *answer);
/* Whether it is of the kind that fits, so that it can go on with this preview. */
gboolean   smalti_triptych_fits        (SmaltiTriptych    *self,
                                     const SmaltiPreview  *preview);
/* A widget below the line (nullable). */
void       smalti_triptych_set_foot    (SmaltiTriptych    *self,
                                     GtkWidget            *foot);
GtkWidget *smalti_triptych_get_foot    (SmaltiTriptych    *self);

G_END_DECLS
