/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses one of the networks there are: runs that have come to a checkpoint, and imported models; the newest at first. */
#pragma once

#include <gtk/gtk.h>

#include "ui/run-list.h"
#include "ui/store-client.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_MODEL_CHOOSER (smalti_model_chooser_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiModelChooser, smalti_model_chooser, SMALTI, MODEL_CHOOSER, GtkWidget)

/* Signals: "changed": another one is chosen, or none is any more; "looked": it is known by now which there are. */
GtkWidget     *smalti_model_chooser_new         (void);
void           smalti_model_chooser_set_runs    (SmaltiModelChooser  *self,
                                                 SmaltiStoreClient   *client,
                                                 SmaltiRunList       *runs);
/* Looks which runs have come to a checkpoint since. */
void           smalti_model_chooser_refresh     (SmaltiModelChooser  *self);
/* Chooses that one, as soon as it has a checkpoint. */
void           smalti_model_chooser_choose      (SmaltiModelChooser  *self,
                                                 gint64               run);
/* (transfer none) (nullable) */
SmaltiRunItem *smalti_model_chooser_get_chosen  (SmaltiModelChooser  *self);
/* Whether it has looked once. */
gboolean       smalti_model_chooser_has_looked  (SmaltiModelChooser  *self);

G_END_DECLS
