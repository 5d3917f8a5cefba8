/* SPDX-License-Identifier: Apache-2.0 */
/* A widget alone in a window of a given size, drawn where the test can see it and worked as a person would. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  GtkWidget *window;
  GtkWidget *widget;
} Stage;

/* FALSE: there is no display, and the program is to exit with 77. */
gboolean    stage_init       (int            *argc,
                              char         ***argv);
/* Takes the floating widget; waits until it has its place. */
void        stage_set        (Stage          *self,
                              GtkWidget      *widget,
                              gint            width,
                              gint            height);
void        stage_clear      (Stage          *self);
void        stage_set_dark   (gboolean        dark);
/* Lets the main loop run until nothing is left to lay out. */
void        stage_settle     (Stage          *self);
/* The window as it is drawn; kept as NAME.png where $SMALTI_SHOTS says. */
GdkTexture *stage_draw       (Stage          *self,
                              const char     *name);
/* How many pixels of a texture are within @tolerance of @color in each of red, green and blue. */
guint       stage_count      (GdkTexture     *texture,
                              const GdkRGBA  *color,
                              gint            tolerance);
/* The first of the widget's descendants (or itself) of the type called so. */
GtkWidget  *stage_find       (GtkWidget      *widget,
                              const char     *type_name);
gboolean    stage_key        (GtkWidget      *widget,
                              guint           key);
void        stage_point      (GtkWidget      *widget,
                              gdouble         x,
                              gdouble         y);
void        stage_leave      (GtkWidget      *widget);
gboolean    stage_scroll     (GtkWidget      *widget,
                              gdouble         dy);
void        stage_drag       (GtkWidget      *widget,
                              gdouble         dx,
                              gdouble         dy);
void        stage_click      (GtkWidget      *widget,
                              gint            n_press,
                              gdouble         x,
                              gdouble         y);

G_END_DECLS
