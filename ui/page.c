/* SPDX-License-Identifier: Apache-2.0 */
/* The header's widgets belong to the page, which lives on while the window has them in its header bar. */
#include "ui/page.h"

typedef struct
{
  SmaltiWorkbench *workbench;
  char *title, *subtitle;
  GtkWidget *header_start, *header_end;
  gboolean shown;
  GtkWidget *to_focus; /* weak */
  guint focus_source;
} SmaltiPagePrivate;

enum
{
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  PROP_HEADER_START,
  PROP_HEADER_END,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SmaltiPage, smalti_page, GTK_TYPE_WIDGET)

static SmaltiPagePrivate *
get_private (SmaltiPage *self)
{
  return smalti_page_get_instance_private (self);
}

static void
set_text (SmaltiPage *self, char **field, const char *text, guint prop)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_widget (SmaltiPage *self, GtkWidget **field, GtkWidget *widget, guint prop)
{
  if (*field == widget)
    return;
  g_clear_object (field);
  *field = widget ? g_object_ref_sink (widget) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
smalti_page_set_title (SmaltiPage *self, const char *title)
{
  g_return_if_fail (SMALTI_IS_PAGE (self));
  set_text (self, &get_private (self)->title, title, PROP_TITLE);
}

const char *
smalti_page_get_title (SmaltiPage *self)
{
  return get_private (self)->title;
}

void
smalti_page_set_subtitle (SmaltiPage *self, const char *subtitle)
{
  g_return_if_fail (SMALTI_IS_PAGE (self));
  set_text (self, &get_private (self)->subtitle, subtitle, PROP_SUBTITLE);
}

const char *
smalti_page_get_subtitle (SmaltiPage *self)
{
  return get_private (self)->subtitle;
}

void
smalti_page_set_header_start (SmaltiPage *self, GtkWidget *widget)
{
  g_return_if_fail (SMALTI_IS_PAGE (self));
  set_widget (self, &get_private (self)->header_start, widget, PROP_HEADER_START);
}

GtkWidget *
smalti_page_get_header_start (SmaltiPage *self)
{
  return get_private (self)->header_start;
}

void
smalti_page_set_header_end (SmaltiPage *self, GtkWidget *widget)
{
  g_return_if_fail (SMALTI_IS_PAGE (self));
  set_widget (self, &get_private (self)->header_end, widget, PROP_HEADER_END);
}

GtkWidget *
smalti_page_get_header_end (SmaltiPage *self)
{
  return get_private (self)->header_end;
}

SmaltiWorkbench *
smalti_page_get_workbench (SmaltiPage *self)
{
  return get_private (self)->workbench;
}

gboolean
smalti_page_is_shown (SmaltiPage *self)
{
  return get_private (self)->shown;
}

static gboolean
apply_focus (gpointer user_data)
{
  SmaltiPagePrivate *priv = get_private (user_data);

  priv->focus_source = 0;
  if (priv->to_focus && priv->shown)
    gtk_widget_grab_focus (priv->to_focus);
  g_clear_weak_pointer (&priv->to_focus);
  return G_SOURCE_REMOVE;
}

void
smalti_page_focus (SmaltiPage *self, GtkWidget *widget)
{
  SmaltiPagePrivate *priv = get_private (self);

  g_set_weak_pointer (&priv->to_focus, widget);
  if (!priv->focus_source)
    priv->focus_source = g_idle_add (apply_focus, self);
}

void
smalti_page_attach (SmaltiPage *self, SmaltiWorkbench *workbench)
{
  g_return_if_fail (SMALTI_IS_PAGE (self));
  g_return_if_fail (!get_private (self)->workbench);

  get_private (self)->workbench = g_object_ref (workbench);
  if (SMALTI_PAGE_GET_CLASS (self)->attach)
    SMALTI_PAGE_GET_CLASS (self)->attach (self);
}

void
smalti_page_set_shown (SmaltiPage *self, gboolean shown)
{
  SmaltiPageClass *klass = SMALTI_PAGE_GET_CLASS (self);

  if (get_private (self)->shown == shown)
    return;
  get_private (self)->shown = shown;
  if (shown && klass->shown)
    klass->shown (self);
  else if (!shown && klass->hidden)
    klass->hidden (self);
}

gboolean
smalti_page_take_files (SmaltiPage *self, GSList *files)
{
  SmaltiPageClass *klass = SMALTI_PAGE_GET_CLASS (self);

  return klass->take_files && klass->take_files (self, files);
}

static void
smalti_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SmaltiPagePrivate *priv = get_private (SMALTI_PAGE (object));

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, priv->subtitle);
      break;
    case PROP_HEADER_START:
      g_value_set_object (value, priv->header_start);
      break;
    case PROP_HEADER_END:
      g_value_set_object (value, priv->header_end);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smalti_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SmaltiPage *self = SMALTI_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      smalti_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_SUBTITLE:
      smalti_page_set_subtitle (self, g_value_get_string (value));
      break;
    case PROP_HEADER_START:
      smalti_page_set_header_start (self, g_value_get_object (value));
      break;
    case PROP_HEADER_END:
      smalti_page_set_header_end (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smalti_page_dispose (GObject *object)
{
  SmaltiPagePrivate *priv = get_private (SMALTI_PAGE (object));
  GtkWidget *child;

  g_clear_handle_id (&priv->focus_source, g_source_remove);
  g_clear_weak_pointer (&priv->to_focus);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&priv->header_start);
  g_clear_object (&priv->header_end);
  g_clear_object (&priv->workbench);
  G_OBJECT_CLASS (smalti_page_parent_class)->dispose (object);
}

static void
smalti_page_finalize (GObject *object)
{
  SmaltiPagePrivate *priv = get_private (SMALTI_PAGE (object));

  g_free (priv->title);
  g_free (priv->subtitle);
  G_OBJECT_CLASS (smalti_page_parent_class)->finalize (object);
}

static void
smalti_page_class_init (SmaltiPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = smalti_page_get_property;
  object_class->set_property = smalti_page_set_property;
  object_class->dispose = smalti_page_dispose;
  object_class->finalize = smalti_page_finalize;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  props[PROP_HEADER_START] = g_param_spec_object ("header-start", NULL, NULL, GTK_TYPE_WIDGET, flags);
  props[PROP_HEADER_END] = g_param_spec_object ("header-end", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_page_init (SmaltiPage *self)
{
}
