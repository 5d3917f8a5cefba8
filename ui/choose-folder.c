/* SPDX-License-Identifier: Apache-2.0 */
/* GtkFileChooserNative, the floor's portal-aware way, behind one function. */
#include "ui/choose-folder.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GtkWidget *asker; /* weak: its window may be closed by others than its user */
  SmaltiFolderChosen chosen;
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_clear_weak_pointer (&choice->asker);
  g_free (choice);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  const Choice *choice = user_data;
  GtkRoot *root = choice->asker ? gtk_widget_get_root (choice->asker) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && root && gtk_widget_get_visible (GTK_WIDGET (root)))
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (folder)
        choice->chosen (choice->asker, folder);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

void
smalti_choose_folder (GtkWidget *asker, SmaltiFolderChosen chosen)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Choose a Folder of Pictures"), GTK_WINDOW (gtk_widget_get_root (asker)),
                                     GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"), _ ("_Cancel"));
  Choice *choice = g_new0 (Choice, 1);

  choice->chosen = chosen;
  g_set_weak_pointer (&choice->asker, asker);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
