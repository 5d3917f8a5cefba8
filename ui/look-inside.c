/* SPDX-License-Identifier: Apache-2.0 */
/* Two questions: which layers and filters the network has, once for each network; then what one layer makes of the
 * image. Maps and filters may be a few pixels wide: the worker enlarges them by whole factors, since GTK would blur
 * them. */
#include "ui/look-inside.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/run/insight.h"
#include "ui/texture.h"

#define N_FIRST     32 /* maps that are shown before all are asked for */
#define MAP_SIDE    72
#define FILTER_SIDE 48

struct _SmaltiLookInside
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *maps_section, *filters_section;
  GtkSpinner *spinner;
  GtkDropDown *layers;
  GtkImage *input;
  GtkLabel *note;
  GtkToggleButton *all_button;
  GtkFlowBox *maps, *filters;
  GtkLabel *filters_note;
  GtkLabel *error;

  SmaltiModelClient *client;
  SmaltiImage *image;
  gboolean filling;          /* the list of layers, which is no person's choice */
  gboolean model_unknown;    /* which layers it has is yet to be asked */
  gboolean image_unknown;    /* the maps shown are of something else */
  GCancellable *cancellable; /* of the question under way */
};

G_DEFINE_FINAL_TYPE (SmaltiLookInside, smalti_look_inside, GTK_TYPE_WIDGET)

static void update (SmaltiLookInside *self);

static SmaltiImage *
enlarge (SmaltiImage *image, gint least)
{
  gint factor = (least + MAX (image->width, image->height) - 1) / MAX (image->width, image->height);

  if (factor <= 1)
    return smalti_image_ref (image);

  SmaltiImage *large = smalti_image_new (image->width * factor, image->height * factor);

  for (gint y = 0; y < large->height; y++)
    for (gint x = 0; x < large->width; x++)
      memcpy (large->pixels + 3 * ((gsize)y * large->width + x),
              image->pixels + 3 * ((gsize)(y / factor) * image->width + x / factor), 3);
  return large;
}

/* -- what the worker brings -- */

typedef struct
{
  GStrv layers;
  GPtrArray *filters; /* of SmaltiImage, enlarged */
  gint width, height; /* of a filter */
} Network;

static void
network_free (gpointer data)
{
  Network *network = data;

  g_strfreev (network->layers);
  g_ptr_array_unref (network->filters);
  g_free (network);
}

static gpointer
ask_network (SmaltiModel *model, gpointer data, GError **error)
{
  Network *network = g_new0 (Network, 1);
  g_autoptr (GPtrArray) filters = smalti_model_filters (model);

  network->layers = smalti_model_layers (model);
  network->filters = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_image_unref);
  for (guint i = 0; i < filters->len; i++)
    {
      SmaltiImage *filter = filters->pdata[i];

      network->width = filter->width;
      network->height = filter->height;
      g_ptr_array_add (network->filters, enlarge (filter, FILTER_SIDE));
    }
  return network;
}

typedef struct
{
  SmaltiImage *image;
  char *layer;
  guint n_max;
} MapQuestion;

static void
map_question_free (gpointer data)
{
  MapQuestion *question = data;

  smalti_image_unref (question->image);
  g_free (question->layer);
  g_free (question);
}

static gpointer
ask_maps (SmaltiModel *model, gpointer data, GError **error)
{
  const MapQuestion *question = data;
  SmaltiFeatureMaps *maps = smalti_model_feature_maps (model, question->image, question->layer, question->n_max, error);

  for (guint i = 0; maps && i < maps->maps->len; i++)
    {
      SmaltiFeatureMap *map = maps->maps->pdata[i];
      SmaltiImage *large = enlarge (map->image, MAP_SIDE);

      smalti_image_unref (map->image);
      map->image = large;
    }
  return maps;
}

/* -- showing it -- */

/* Image @i of a box, in the widgets that are there already where there are some. */
static void
show_image (GtkFlowBox *box, guint i, SmaltiImage *image, gint side, const char *words)
{
  GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (box, i);
  g_autoptr (GdkTexture) texture = smalti_texture_new (image);
  GtkWidget *picture;

  if (!child)
    {
      picture = gtk_image_new ();
      gtk_image_set_pixel_size (GTK_IMAGE (picture), side);
      gtk_flow_box_append (box, picture);
      child = gtk_flow_box_get_child_at_index (box, i);
    }
  picture = gtk_flow_box_child_get_child (child);
  gtk_image_set_from_paintable (GTK_IMAGE (picture), GDK_PAINTABLE (texture));
  gtk_widget_set_tooltip_text (picture, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
cut_after (GtkFlowBox *box, guint n)
{
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (box, n)) != NULL)
    gtk_flow_box_remove (box, GTK_WIDGET (child));
}

static void
show_error (SmaltiLookInside *self, const char *message)
{
  gtk_label_set_text (self->error, message ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
}

static void
show_network (SmaltiLookInside *self, const Network *network)
{
  GtkStringObject *chosen = gtk_drop_down_get_selected_item (self->layers);
  g_autofree char *before = chosen ? g_strdup (gtk_string_object_get_string (chosen)) : NULL;
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const *)network->layers);
  guint n = network->filters->len, selected = 0;
  /* Translators: of a network: "96 filters of 11 × 11; grey is a weight of 0" */
  g_autofree char *note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u filter of %d × %d; grey is a weight of 0",
                                                        "%u filters of %d × %d; grey is a weight of 0", n),
                                           n, network->width, network->height);

  for (guint i = 0; before && network->layers[i]; i++)
    if (g_str_equal (network->layers[i], before))
      selected = i;
  self->filling = TRUE;
  gtk_drop_down_set_model (self->layers, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->layers, selected);
  self->filling = FALSE;
  gtk_label_set_text (self->filters_note, note);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *words = g_strdup_printf (_ ("Filter %u"), i + 1);

      show_image (self->filters, i, network->filters->pdata[i], FILTER_SIDE, words);
    }
  cut_after (self->filters, n);
  gtk_widget_set_visible (self->filters_section, n > 0);
}

static void
show_maps (SmaltiLookInside *self, const SmaltiFeatureMaps *maps)
{
  g_autoptr (GdkTexture) input = smalti_texture_new (maps->input);
  g_autofree char *sizes
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d map of %d × %d", "%d maps of %d × %d", maps->channels),
                         maps->channels, maps->width, maps->height);
  g_autofree char *note = g_strdup_printf (
      _ ("%s, from dark where a channel is least active to yellow where it is most. Those that are most "
         "active on the whole come first."),
      sizes);

  gtk_image_set_from_paintable (self->input, GDK_PAINTABLE (input));
  gtk_label_set_text (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->all_button), maps->channels > N_FIRST);
  for (guint i = 0; i < maps->maps->len; i++)
    {
      const SmaltiFeatureMap *map = maps->maps->pdata[i];
      g_autofree char *words
          = g_strdup_printf (_ ("Channel %u: mean %.3g, largest %.3g"), map->channel + 1, map->mean, map->largest);

      show_image (self->maps, i, map->image, MAP_SIDE, words);
    }
  cut_after (self->maps, maps->maps->len);
  gtk_widget_set_visible (self->maps_section, TRUE);
}

/* -- asking -- */

/* FALSE when nobody waits for the answer any more. */
static gboolean
take_answer (SmaltiLookInside *self, gpointer answer, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  show_error (self, error ? error->message : NULL);
  return answer != NULL;
}

static void
on_network (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiLookInside) self = user_data;
  g_autoptr (GError) error = NULL;
  Network *network = smalti_model_client_call_finish (result, &error);

  if (!take_answer (self, network, error))
    return;
  show_network (self, network);
  network_free (network);
  update (self);
}

static void
on_maps (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiLookInside) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiFeatureMaps) maps = smalti_model_client_call_finish (result, &error);

  if (take_answer (self, maps, error))
    show_maps (self, maps);
}

static void
ask (SmaltiLookInside *self, SmaltiModelCall call, gpointer data, GDestroyNotify free_data, GDestroyNotify free_result,
     GAsyncReadyCallback callback)
{
  self->cancellable = g_cancellable_new ();
  gtk_spinner_start (self->spinner);
  smalti_model_client_call_async (self->client, call, data, free_data, free_result, self->cancellable, callback,
                                  g_object_ref (self));
}

static void
forget_question (SmaltiLookInside *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
}

/* Asks what is yet to be known, one thing after the other, while someone looks. */
static void
update (SmaltiLookInside *self)
{
  GtkStringObject *layer = gtk_drop_down_get_selected_item (self->layers);

  if (self->cancellable || !self->client || !smalti_model_client_get_folder (self->client)
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->model_unknown)
    {
      self->model_unknown = FALSE;
      ask (self, ask_network, NULL, NULL, network_free, on_network);
    }
  else if (self->image_unknown && self->image && layer)
    {
      MapQuestion *question = g_new (MapQuestion, 1);

      self->image_unknown = FALSE;
      *question = (MapQuestion){ smalti_image_ref (self->image), g_strdup (gtk_string_object_get_string (layer)),
                                 gtk_toggle_button_get_active (self->all_button) ? 0 : N_FIRST };
      ask (self, ask_maps, question, map_question_free, (GDestroyNotify)smalti_feature_maps_free, on_maps);
    }
}

static void
ask_maps_again (SmaltiLookInside *self)
{
  if (self->filling || self->model_unknown)
    return;
  forget_question (self);
  self->image_unknown = TRUE;
  update (self);
}

static void
on_layer (SmaltiLookInside *self)
{
  ask_maps_again (self);
}

static void
on_all (SmaltiLookInside *self)
{
  ask_maps_again (self);
}

static void
on_model_changed (SmaltiLookInside *self)
{
  forget_question (self);
  show_error (self, NULL);
  gtk_widget_set_visible (self->maps_section, FALSE);
  gtk_widget_set_visible (self->filters_section, FALSE);
  self->model_unknown = self->image_unknown = TRUE;
  update (self);
}

void
smalti_look_inside_set_client (SmaltiLookInside *self, SmaltiModelClient *client)
{
  g_return_if_fail (SMALTI_IS_LOOK_INSIDE (self));

  if (self->client == client)
    return;
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  if (client)
    g_signal_connect_object (client, "changed", G_CALLBACK (on_model_changed), self, G_CONNECT_SWAPPED);
  on_model_changed (self);
}

void
smalti_look_inside_set_model (SmaltiLookInside *self, const char *run_folder)
{
  g_return_if_fail (SMALTI_IS_LOOK_INSIDE (self));

  if (!self->client)
    {
      g_autoptr (SmaltiModelClient) client = smalti_model_client_new ();

      smalti_look_inside_set_client (self, client);
    }
  smalti_model_client_set_folder (self->client, run_folder);
}

void
smalti_look_inside_set_image (SmaltiLookInside *self, SmaltiImage *image)
{
  g_return_if_fail (SMALTI_IS_LOOK_INSIDE (self));

  if (self->image == image)
    return;
  g_clear_pointer (&self->image, smalti_image_unref);
  self->image = image ? smalti_image_ref (image) : NULL;
  if (!image)
    gtk_widget_set_visible (self->maps_section, FALSE);
  self->image_unknown = TRUE;
  ask_maps_again (self);
}

static void
smalti_look_inside_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (smalti_look_inside_parent_class)->map (widget);
  update (SMALTI_LOOK_INSIDE (widget));
}

static void
smalti_look_inside_dispose (GObject *object)
{
  SmaltiLookInside *self = SMALTI_LOOK_INSIDE (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_pointer (&self->image, smalti_image_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_look_inside_parent_class)->dispose (object);
}

static void
smalti_look_inside_class_init (SmaltiLookInsideClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_look_inside_dispose;
  widget_class->map = smalti_look_inside_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/look-inside.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, box);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, maps_section);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, filters_section);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, spinner);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, layers);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, input);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, note);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, all_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, maps);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, filters);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, filters_note);
  gtk_widget_class_bind_template_child (widget_class, SmaltiLookInside, error);
  gtk_widget_class_bind_template_callback (widget_class, on_layer);
  gtk_widget_class_bind_template_callback (widget_class, on_all);
}

static void
smalti_look_inside_init (SmaltiLookInside *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
smalti_look_inside_new (void)
{
  return g_object_new (SMALTI_TYPE_LOOK_INSIDE, NULL);
}
