/* SPDX-License-Identifier: Apache-2.0 */
/* A page of the window: what fills it beside the sidebar, with its own title and its own widgets in the header bar. */
#pragma once

#include <gtk/gtk.h>

#include "ui/workbench.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_PAGE (smalti_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmaltiPage, smalti_page, SMALTI, PAGE, GtkWidget)

/* All functions nullable. Lays out one child (a bin); a child set from a template is unparented when the page is disposed of. */
struct _SmaltiPageClass
{
  GtkWidgetClass parent_class;

  /* Once, before the page is first shown: the workbench is there, and its store open. */
  void     (*attach)     (SmaltiPage *self);
  /* The page is on display from now on; no longer. */
  void     (*shown)      (SmaltiPage *self);
  void     (*hidden)     (SmaltiPage *self);
  /* Files (element-type GFile) were dropped while the page was on display. FALSE: the page has no use for them, and the window
   * does what it does everywhere: one folder begins a run. */
  gboolean (*take_files) (SmaltiPage *self,
                          GSList     *files);
};

/* Properties: "title", "subtitle" (strings), "header-start", "header-end" (widgets for the header bar; the window puts them there
 * while the page is on display). */
void             smalti_page_set_title        (SmaltiPage       *self,
                                               const char       *title);
const char      *smalti_page_get_title        (SmaltiPage       *self);
void             smalti_page_set_subtitle     (SmaltiPage       *self,
                                               const char       *subtitle);
const char      *smalti_page_get_subtitle     (SmaltiPage       *self);
void             smalti_page_set_header_start (SmaltiPage       *self,
                                               GtkWidget        *widget);
GtkWidget       *smalti_page_get_header_start (SmaltiPage       *self);
void             smalti_page_set_header_end   (SmaltiPage       *self,
                                               GtkWidget        *widget);
GtkWidget       *smalti_page_get_header_end   (SmaltiPage       *self);
/* %NULL before attach. */
SmaltiWorkbench *smalti_page_get_workbench    (SmaltiPage       *self);
gboolean         smalti_page_is_shown         (SmaltiPage       *self);
/* The keyboard to @widget, as soon as the page has been laid out: lists have nothing to focus before. */
void             smalti_page_focus            (SmaltiPage       *self,
                                               GtkWidget        *widget);

/* For the window. */
void             smalti_page_attach           (SmaltiPage       *self,
                                               SmaltiWorkbench  *workbench);
void             smalti_page_set_shown        (SmaltiPage       *self,
                                               gboolean          shown);
gboolean         smalti_page_take_files       (SmaltiPage       *self,
                                               GSList           *files);

G_END_DECLS
