/* SPDX-License-Identifier: Apache-2.0 */
/* A window that closes while it trains asks what is to become of that: training goes on behind a hidden window, or
 * stops at a checkpoint. Nothing is lost either way. */
#include <glib/gi18n-lib.h>

#include "ui/main-window-private.h"
#include "ui/settings.h"

static void
stop_and_close (SmaltiMainWindow *self)
{
  if (!smalti_workbench_is_busy (self->workbench))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  self->closing = TRUE;
  smalti_workbench_wind_down (self->workbench);
  smalti_workbench_tell (self->workbench, _ ("Saving a checkpoint…"));
}

static void
go_on_in_background (SmaltiMainWindow *self)
{
  self->in_background = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  smalti_main_window_take_idle (self); /* it may have ended while the question was open */
}

static void
on_close_response (AdwMessageDialog *dialog, const char *response, SmaltiMainWindow *self)
{
  if (g_str_equal (response, "stop"))
    stop_and_close (self);
  else if (g_str_equal (response, "background"))
    go_on_in_background (self);
}

static void
ask (SmaltiMainWindow *self)
{
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (self), _ ("Stop Training?"),
                                _ ("A run is under way. It can go on without a window and tell you when it is done, or "
                                   "stop at a checkpoint and be resumed later."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "stop", _ ("_Stop and Close"),
                                    "background", _ ("_Keep Training"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "background");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_response), self, 0);
  g_set_weak_pointer (&self->close_dialog, GTK_WINDOW (dialog));
  gtk_window_present (self->close_dialog);
}

gboolean
smalti_main_window_close_request (GtkWindow *window)
{
  SmaltiMainWindow *self = SMALTI_MAIN_WINDOW (window);
  gint on_close = smalti_settings_get_enum ("on-close", SMALTI_ON_CLOSE_ASK);

  if (!smalti_workbench_is_busy (self->workbench))
    gtk_window_destroy (window);
  else if (self->closing)
    return GDK_EVENT_STOP;
  else if (self->close_dialog)
    gtk_window_present (self->close_dialog);
  else if (on_close == SMALTI_ON_CLOSE_STOP)
    stop_and_close (self);
  else if (on_close == SMALTI_ON_CLOSE_BACKGROUND)
    go_on_in_background (self);
  else
    ask (self);
  return GDK_EVENT_STOP;
}

void
smalti_main_window_take_idle (SmaltiMainWindow *self)
{
  gboolean unseen = self->in_background && !gtk_widget_get_visible (GTK_WIDGET (self));

  if ((self->closing || unseen) && !smalti_workbench_is_busy (self->workbench))
    gtk_window_destroy (GTK_WINDOW (self));
}
