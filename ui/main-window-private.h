/* SPDX-License-Identifier: Apache-2.0 */
/* Between the frame of the window (main-window.c), what it does (main-window-actions.c) and how it ends (main-window-close.c). */
#pragma once

#include "ui/main-window.h"

#include "ui/job-indicator.h"
#include "ui/page.h"
#include "ui/run-page.h"
#include "ui/workbench.h"

G_BEGIN_DECLS

struct _SmaltiMainWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  AdwHeaderBar *sidebar_bar;
  GtkListBox *places;       /* rows of the sidebar, one for each of main-window.c's */
  SmaltiJobIndicator *job;
  GtkWidget *content;
  GtkWidget *back_button;
  GtkWidget *header_start, *header_end; /* where the page on display has its own */
  AdwWindowTitle *title;
  GtkWidget *narrow_job;
  GtkStack *stack;
  AdwStatusPage *failed_page;

  SmaltiWorkbench *workbench;
  GHashTable *pages;        /* name -> SmaltiPage, owned by the stack; made when first shown */
  SmaltiPage *page;         /* on display, or NULL */
  const char *place;        /* name of the sidebar's row that is chosen */
  gboolean offer_sample;
  gint64 wanted_run;        /* asked for before the store was open */
  gint64 measured_run;      /* the measure dialog's */
  guint inhibition;         /* of suspend, while a run is under way */

  GtkWindow *close_dialog;            /* weak: while it is open */
  gboolean closing;         /* the window goes when the engine has stopped */
  gboolean in_background;   /* hidden, and at work */
  GCancellable *cancellable;
  guint fold_source;
};

/* main-window.c */
/* Shows the page called @name ("start", "runs", "run", ...). */
void          smalti_main_window_show_page    (SmaltiMainWindow *self,
                                               const char       *name);
/* That page, made if need be. */
SmaltiPage   *smalti_main_window_get_page     (SmaltiMainWindow *self,
                                               const char       *name);
void          smalti_main_window_show_run     (SmaltiMainWindow *self,
                                               gint64            run);
/* Of a run's page the place it was opened from; of a narrow window's places the list of them. */
void          smalti_main_window_go_back      (SmaltiMainWindow *self);

/* main-window-actions.c */
void          smalti_main_window_install_actions (GtkWidgetClass   *klass);
void          smalti_main_window_update_actions  (SmaltiMainWindow *self);
/* @folder: a path, or "" for none in particular. */
void          smalti_main_window_ask_new_run     (SmaltiMainWindow *self,
                                                  const char       *folder);
void          smalti_main_window_tell_failure    (SmaltiMainWindow *self,
                                                  SmaltiEvent      *event);

/* main-window-close.c */
gboolean      smalti_main_window_close_request   (GtkWindow        *window);
/* The last run has ended: if that was what the window waited for, it goes. */
void          smalti_main_window_take_idle       (SmaltiMainWindow *self);

G_END_DECLS
