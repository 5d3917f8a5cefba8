/* SPDX-License-Identifier: Apache-2.0 */
/* What a network sees: its answers to a few held-out images, now or at any time of the run's history, and its colours at any
 * temperature. */
#pragma once

#include "ui/store-client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_SIGHT (smalti_sight_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSight, smalti_sight, SMALTI, SIGHT, GtkWidget)

/* Hidden as long as there is nothing to see. Signal "picked" (SmaltiImage): one of the pictures was clicked, as it is in truth. */

/* Forgets what was there. @run: 0 for none. */
void smalti_sight_set_run       (SmaltiSight          *self,
                                 SmaltiStoreClient    *client,
                                 gint64                run);
/* @previews (element-type SmaltiPreview): the network's answers after @step. Shown at once, unless the user looks at an earlier
 * step. @stored: they are in the store, and thus in its history. */
void smalti_sight_take_previews (SmaltiSight          *self,
                                 GPtrArray            *previews,
                                 guint64               step,
                                 gboolean              stored);

G_END_DECLS
