/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that make up a plot know of each other. */
#pragma once

#include "ui/plot-data-private.h"
#include "ui/plot-export.h"

G_BEGIN_DECLS

/* (transfer none): alive as long as @self. */
const SmaltiPlotData *smalti_plot_get_data  (SmaltiPlot *self);
/* (nullable) (transfer none) */
const char           *smalti_plot_get_owner (SmaltiPlot *self);

/* The writing of smalti_plot_save_async(), for a thread that may wait. */
gboolean              smalti_plot_write      (const SmaltiPlotData  *data,
                                              SmaltiPlotFormat       format,
                                              GOutputStream         *stream,
                                              GCancellable          *cancellable,
                                              GError               **error);
gboolean              smalti_plot_write_file (const SmaltiPlotData  *data,
                                              SmaltiPlotFormat       format,
                                              GFile                 *file,
                                              GCancellable          *cancellable,
                                              GError               **error);

/* The button with three dots; its actions are of the group "plot", which smalti_plot_install_actions() gives to the class. */
GtkWidget            *smalti_plot_menu_new  (void);
void                  smalti_plot_install_actions (GtkWidgetClass *klass);
/* Whether there is anything to save. */
void                  smalti_plot_enable_actions  (SmaltiPlot     *self,
                                                   gboolean        any);

/* A row of switches, one for each curve or group of them; signal "changed": a curve was shown or hidden. */
#define SMALTI_TYPE_PLOT_LEGEND (smalti_plot_legend_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPlotLegend, smalti_plot_legend, SMALTI, PLOT_LEGEND, GtkWidget)

GtkWidget            *smalti_plot_legend_new   (void);
/* @curve: alive until the legend is cleared. */
void                  smalti_plot_legend_add   (SmaltiPlotLegend *self,
                                                SmaltiCurve      *curve);
void                  smalti_plot_legend_clear (SmaltiPlotLegend *self);

G_END_DECLS
