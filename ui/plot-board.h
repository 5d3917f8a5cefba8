/* SPDX-License-Identifier: Apache-2.0 */
/* Plots of training, one for each quantity, in an order people should see them: the loss over the whole width, then room for
 * something else (property "between"), the other quantities side by side, and at the end, folded, how busy the machine was.
 * Smoothing, what they are drawn over, and which are logarithmic is chosen for all and outlives clear(). */
#pragma once

#include "ui/plot.h"

G_BEGIN_DECLS

/* Properties: "between" (GtkWidget, write-only). */
#define SMALTI_TYPE_PLOT_BOARD (smalti_plot_board_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiPlotBoard, smalti_plot_board, SMALTI, PLOT_BOARD, GtkWidget)

/* @title: over all of them. */
GtkWidget  *smalti_plot_board_new       (const char       *title);
/* @metric: "train/loss" and "val/loss" share a plot, "meter/cpu" has one of its own; made when first asked for. */
SmaltiPlot *smalti_plot_board_get_plot  (SmaltiPlotBoard  *self,
                                         const char       *metric);
/* (element-type SmaltiPlot): those there are, in no order. */
GPtrArray  *smalti_plot_board_list      (SmaltiPlotBoard  *self);
/* Takes all plots away. */
void        smalti_plot_board_clear     (SmaltiPlotBoard  *self);
/* See smalti_plot_set_owner(). */
void        smalti_plot_board_set_owner (SmaltiPlotBoard  *self,
                                         const char       *owner);

G_END_DECLS
