/* SPDX-License-Identifier: Apache-2.0 */
/* Which class was taken for which: a heat map of the confusion matrix, and the worst mistakes as a list, which says the
 * same in words. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_CONFUSION_VIEW (smalti_confusion_view_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiConfusionView, smalti_confusion_view, SMALTI, CONFUSION_VIEW, GtkWidget)

/* Signals: "cell-activated" (guint truth, guint answer): someone wants to see the images of this cell. */
GtkWidget *smalti_confusion_view_new (void);
/* @confusion: (n_classes, n_classes): rows the truth, columns the answer; copied, as are @names. n_classes 0: nothing. */
void       smalti_confusion_view_set (SmaltiConfusionView  *self,
                                      const guint32        *confusion,
                                      guint                 n_classes,
                                      const char *const    *names);
/* FALSE when there is no current cell. */
gboolean   smalti_confusion_view_get_current (SmaltiConfusionView *self,
                                              guint               *truth,
                                              guint               *answer);

G_END_DECLS
