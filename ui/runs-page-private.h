/* SPDX-License-Identifier: Apache-2.0 */
/* Between the page of the runs (runs-page.c), its table (runs-table.c) and what can be done with runs (runs-page-actions.c). */
#pragma once

#include "ui/runs-page.h"

#include "ui/run-columns.h"
#include "ui/run-filter.h"
#include "ui/run-queue.h"
#include "ui/run-values.h"

G_BEGIN_DECLS

struct _SmaltiRunsPage
{
  SmaltiPage parent_instance;

  GtkStack *stack;          /* "empty", "runs" */
  GtkSearchEntry *search;
  GtkToggleButton *show_favorites, *show_live, *show_waiting, *show_done, *show_stopped, *show_failed;
  SmaltiRunQueue *queue;
  GtkStack *results;        /* "found", "nothing" */
  AdwSqueezer *squeezer;    /* the table, or the list where that is too wide */
  GtkWidget *table_scroller, *list_scroller;
  GtkColumnView *table;
  GtkListView *list;
  GtkRevealer *bar;
  GtkLabel *n_chosen;
  GtkMenuButton *sort_button;
  GtkWidget *columns_button;
  GtkWidget *chooser;

  /* The list of runs, filtered, sorted, and chosen from: of the table several, of the list one. */
  SmaltiRunFilter *filter;
  GtkSorter *sorter;
  GListModel *found;
  GtkSelectionModel *several, *one;
  SmaltiRunValues *values;
  GtkWidget *menu;          /* while it is open, and until the next */

  GPtrArray *columns;       /* of SmaltiRunColumn: in the table, in their order */
  char **metrics;           /* of all runs, as far as known */
  const SmaltiRunColumn *sorted_by;
  gboolean descending;
  gboolean showing_order;   /* in the table's headers */
  guint resort_source;
  guint focus_source;
};

/* runs-table.c */
void          smalti_runs_page_set_up_table   (SmaltiRunsPage        *self);
GtkWidget    *smalti_runs_page_get_rows       (SmaltiRunsPage        *self);
/* @ids: those that no column has are left out. */
void          smalti_runs_page_set_columns    (SmaltiRunsPage        *self,
                                               const char *const     *ids);
void          smalti_runs_page_toggle_column  (SmaltiRunsPage        *self,
                                               const SmaltiRunColumn *column,
                                               gboolean               shown);
const char *const *smalti_runs_page_default_columns (void);
void          smalti_runs_page_sort           (SmaltiRunsPage        *self,
                                               const SmaltiRunColumn *column,
                                               gboolean               descending);
/* Soon: something it is sorted by has changed. */
void          smalti_runs_page_sort_again     (SmaltiRunsPage        *self);

/* From the settings, and into them. */
void          smalti_runs_page_load_table     (SmaltiRunsPage        *self);
void          smalti_runs_page_save_table     (SmaltiRunsPage        *self);

/* runs-page-actions.c */
void          smalti_runs_page_install_actions (GtkWidgetClass       *klass);
void          smalti_runs_page_set_up_actions (SmaltiRunsPage        *self);
void          smalti_runs_page_update_actions (SmaltiRunsPage        *self);

/* runs-page.c */
/* Whether there is room for the table. */
gboolean      smalti_runs_page_is_wide        (SmaltiRunsPage        *self);

G_END_DECLS
