/* SPDX-License-Identifier: Apache-2.0 */
/* How busy the machine is with a run, as its engine last told: a few small gauges. What they show over time are curves. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_METERS (smalti_run_meters_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunMeters, smalti_run_meters, SMALTI, RUN_METERS, GtkWidget)

/* Hidden until there is something to show, and again after this. */
void     smalti_run_meters_clear (SmaltiRunMeters  *self);
/* Takes metrics named "meter/..."; FALSE: it is another one. */
gboolean smalti_run_meters_take  (SmaltiRunMeters  *self,
                                  const char       *metric,
                                  gdouble           value);

G_END_DECLS
