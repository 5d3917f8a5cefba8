/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/text-button.h"

void
smalti_text_button_set_label (GtkButton *button, const char *mnemonic)
{
  g_return_if_fail (GTK_IS_BUTTON (button));

  GtkWidget *label = gtk_label_new_with_mnemonic (mnemonic);

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), GTK_WIDGET (button));
  gtk_button_set_child (button, label);
  gtk_widget_add_css_class (GTK_WIDGET (button), "text-button");
}
