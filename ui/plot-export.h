/* SPDX-License-Identifier: Apache-2.0 */
/* A plot as a file: drawn for paper, or its points as a table. What is written is what there was at the call; drawing and
 * writing happen in another thread. */
#pragma once

#include "ui/plot.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_PLOT_SVG,
  SMALTI_PLOT_PNG, /* at twice a screen's resolution */
  SMALTI_PLOT_PDF,
  SMALTI_PLOT_CSV, /* every point of the visible curves: a header, then a line each; numbers as in C, UTF-8, RFC 4180 */
} SmaltiPlotFormat;

/* "svg", ... */
const char *smalti_plot_format_get_suffix (SmaltiPlotFormat      format);

/* Replaces @file when all is written, and not before. */
void        smalti_plot_save_async        (SmaltiPlot           *self,
                                           SmaltiPlotFormat      format,
                                           GFile                *file,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean    smalti_plot_save_finish       (SmaltiPlot           *self,
                                           GAsyncResult         *result,
                                           GError              **error);

/* The bytes of such a file. */
void        smalti_plot_render_async      (SmaltiPlot           *self,
                                           SmaltiPlotFormat      format,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
GBytes     *smalti_plot_render_finish     (SmaltiPlot           *self,
                                           GAsyncResult         *result,
                                           GError              **error);

G_END_DECLS
