/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/method-card.h"

#include <glib/gi18n-lib.h>

#include "ui/method-picture.h"

struct _SmaltiMethodCard
{
  GtkToggleButton parent_instance;

  SmaltiMethodPicture *picture;
  GtkLabel *title_label;
  GtkLabel *summary_label;
  GtkLabel *paper_label;

  const SmaltiPretextClass *method;
};

G_DEFINE_FINAL_TYPE (SmaltiMethodCard, smalti_method_card, GTK_TYPE_TOGGLE_BUTTON)

static void
on_toggled (SmaltiMethodCard *self)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_CHECKED,
                               gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self)) ? GTK_ACCESSIBLE_TRISTATE_TRUE
                                                                                       : GTK_ACCESSIBLE_TRISTATE_FALSE,
                               -1);
}

static void
smalti_method_card_class_init (SmaltiMethodCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SMALTI_TYPE_METHOD_PICTURE);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_RADIO);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/method-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodCard, picture);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodCard, title_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodCard, summary_label);
  gtk_widget_class_bind_template_child (widget_class, SmaltiMethodCard, paper_label);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
smalti_method_card_init (SmaltiMethodCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
smalti_method_card_new (const SmaltiPretextClass *method)
{
  SmaltiMethodCard *self = g_object_new (SMALTI_TYPE_METHOD_CARD, NULL);

  self->method = method;
  gtk_label_set_text (self->title_label, _ (method->title));
  gtk_label_set_text (self->summary_label, _ (method->summary));
  gtk_label_set_text (self->paper_label, method->paper);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->paper_label), method->paper);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (method->title),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (method->summary), -1);
  on_toggled (self);
  return GTK_WIDGET (self);
}

const SmaltiPretextClass *
smalti_method_card_get_method (SmaltiMethodCard *self)
{
  return self->method;
}

void
smalti_method_card_set_look (SmaltiMethodCard *self, const SmaltiMethodSight *look)
{
  g_return_if_fail (SMALTI_IS_METHOD_CARD (self));
  smalti_method_picture_set_look (self->picture, look);
}

void
smalti_method_card_set_reason (SmaltiMethodCard *self, const char *reason)
{
  g_return_if_fail (SMALTI_IS_METHOD_CARD (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self), reason == NULL);
  gtk_label_set_text (self->summary_label, reason ? reason : _ (self->method->summary));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  reason ? reason : _ (self->method->summary), -1);
}
