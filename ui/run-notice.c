/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run-notice.h"

#include <glib/gi18n-lib.h>

void
smalti_run_notice_send (GApplication *application, SmaltiRunItem *item, const SmaltiEvent *event)
{
  gboolean failed = event->type == SMALTI_EVENT_FAILED;

  if (!failed && event->type != SMALTI_EVENT_DONE)
    return;

  g_autofree char *id = g_strdup_printf ("run-%" G_GINT64_FORMAT, event->run);
  g_autofree char *title
      = g_strdup_printf (failed ? _ ("“%s” failed") : _ ("“%s” is finished"), smalti_run_item_get_name (item));
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *steps = failed ? g_strdup (event->text) : smalti_run_item_describe_progress (item);

  g_notification_set_body (notification, steps);
  g_notification_set_default_action_and_target (notification, "app.show-run", "x", event->run);
  g_notification_add_button_with_target (notification, _ ("Show"), "app.show-run", "x", event->run);
  if (failed)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (application, id, notification);
}
