/* SPDX-License-Identifier: Apache-2.0 */
/* Between the window itself (main-window.c) and what it does with runs (main-window-runs.c). */
#pragma once

#include "ui/main-window.h"

#include "core/run/engine.h"
#include "ui/new-run-dialog.h"
#include "ui/run-list.h"
#include "ui/run-page.h"
#include "ui/store-client.h"

G_BEGIN_DECLS

struct _SmaltiMainWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  AdwHeaderBar *sidebar_bar;
  GtkWidget *back_button;
  GtkWidget *content;
  GtkStack *list_stack;
  GtkListView *list_view;
  AdwWindowTitle *title;
  GtkStack *run_buttons;
  GtkWidget *resume_button;
  GtkLabel *resume_label;
  GtkStack *pages;
  SmaltiRunPage *run_page;
  AdwStatusPage *failed_page;
  GtkWidget *sample_button;

  char *store_path;          /* as asked for; NULL: the default */
  SmaltiStoreClient *client;
  SmaltiRunList *runs;
  GtkSingleSelection *selection;
  gboolean loaded;           /* the first list of runs is here */
  gboolean offer_sample;
  gint64 wanted;             /* a run to select as soon as it is in the list */
  char *store_trouble;       /* told last; while it lasts, it is not told again */

  SmaltiEngine *engine;      /* made with the first run */
  gboolean starting;         /* from Start to the engine's first step: pictures drawn, run stored */
  gboolean closing;          /* the window goes when the engine has stopped */
  SmaltiEvent *failure;      /* of the engine, until the store has been read after it */
  SmaltiNewRunDialog *new_run_dialog; /* weak: while it is open */
  GtkWindow *close_dialog;            /* weak: while it is open */
  GCancellable *cancellable; /* of what is under way outside of the engine */
  guint fold_source;
};

/* main-window-runs.c */
void     smalti_main_window_install_run_actions (GtkWidgetClass  *klass);
/* Which actions can be used now, and which button is shown. */
void     smalti_main_window_update_actions      (SmaltiMainWindow    *self);
gboolean smalti_main_window_is_busy             (SmaltiMainWindow    *self);
/* Tells why a run has failed where the page on display does not. To be called when the store has been read after it. */
void     smalti_main_window_tell_failure        (SmaltiMainWindow    *self);
/* @folder: (nullable): the sample. */
void     smalti_main_window_ask_new_run         (SmaltiMainWindow    *self,
                                            GFile           *folder);

/* main-window.c */
void           smalti_main_window_toast         (SmaltiMainWindow    *self,
                                            const char      *message);
SmaltiRunItem *smalti_main_window_get_selected  (SmaltiMainWindow    *self);
/* Now, or when the list has it. */
void           smalti_main_window_select_run    (SmaltiMainWindow    *self,
                                            gint64           run);

G_END_DECLS
