/* SPDX-License-Identifier: Apache-2.0 */
/* Between the report's parts: what is known of the runs and the table for a terminal (report.c), the page
 * (report-html.c), its charts (report-plot.c) and its sections of words and numbers (report-tables.c). */
#pragma once

#include "core/pretext/pretext.h"
#include "core/run/report.h"

G_BEGIN_DECLS

/* One run, with everything a report says of it. */
typedef struct
{
  SmaltiRunInfo *info; /* its texts are valid UTF-8 */
  SmaltiSpec *spec;
  char *title;           /* its name, or "Run 3" */
  char *color;           /* class in the page's style: "c0" .. "c7", "random", "random1", "labels" */
  GPtrArray *benchmarks; /* (element-type SmaltiBenchmark): the newest of each layer and protocol, layers in order */
  GPtrArray *previews;   /* (element-type SmaltiPreview): the last */
  guint64 preview_step;
  GPtrArray *notes;      /* (element-type utf8): what the run said of itself, and its warnings */
  gdouble train_seconds; /* 0: did not train */
  gint n_channels;       /* of the images that the trunk is shown: 3, or 1 for lightness alone */
} SmaltiReportRun;

/* (element-type SmaltiReportRun): each run once, in the order given. */
GPtrArray             *smalti_report_collect   (SmaltiStore           *store,
                                                const gint64          *runs,
                                                guint                  n_runs,
                                                GError               **error);
/* (nullable): the layer of highest top-1; @protocol %NULL: linear, or else whatever there is. */
const SmaltiBenchmark *smalti_report_best      (const SmaltiReportRun *self,
                                                const char            *protocol);
/* (nullable): the run of random weights that @self is to be measured against: of the same backbone, shown the same
 * colours, measured on as many images. */
const SmaltiReportRun *smalti_report_baseline  (const GPtrArray       *runs,
                                                const SmaltiReportRun *self);
/* Weights as they were drawn: the lower baseline. */
gboolean               smalti_report_is_random (const SmaltiPretextClass *method);
/* top-1 of @a less that of @b with its 95% interval: Newcombe 1998, method 10, from the two Wilson intervals. */
SmaltiShare            smalti_report_difference (const SmaltiBenchmark *a,
                                                 const SmaltiBenchmark *b);

/* Adds to a page; every %s is escaped. */
void                   smalti_html_append      (GString               *page,
                                                const char            *format,
                                                ...) G_GNUC_PRINTF (2, 3);

/* Charts. Curves of @metric ("loss") of those of @runs that are of @method; adds nothing when there are no points. */
gboolean               smalti_report_add_curves (GString              *page,
                                                 SmaltiStore          *store,
                                                 const GPtrArray      *runs,
                                                 const SmaltiPretextClass *method,
                                                 const char           *metric,
                                                 const char           *title,
                                                 gboolean              percent,
                                                 GError              **error);
/* Top-1 of every layer with its interval. */
void                   smalti_report_add_layers (GString              *page,
                                                 const GPtrArray      *runs,
                                                 const char           *protocol);
/* (transfer container) (element-type utf8): layers measured by @protocol, in the order in which the networks have them. */
GPtrArray             *smalti_report_layer_names (const GPtrArray     *runs,
                                                  const char          *protocol);
/* (nullable) */
const SmaltiBenchmark *smalti_report_find       (const SmaltiReportRun *self,
                                                 const char            *protocol,
                                                 const char            *layer);
/* A bar from 0 to @share of @full, with its interval. */
void                   smalti_report_add_bar    (GString              *page,
                                                 SmaltiShare           share,
                                                 gdouble               full);

/* Tables */
void                   smalti_report_add_results (GString             *page,
                                                  const GPtrArray     *runs);
/* The numbers of smalti_report_add_layers(). */
void                   smalti_report_add_layer_table (GString         *page,
                                                      const GPtrArray *runs,
                                                      const char      *protocol);
/* Nothing when there is nothing to compare. */
void                   smalti_report_add_differences (GString         *page,
                                                      const GPtrArray *runs);
void                   smalti_report_add_provenance (GString          *page,
                                                     const GPtrArray  *runs);

G_END_DECLS
