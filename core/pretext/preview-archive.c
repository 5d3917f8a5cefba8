/* SPDX-License-Identifier: Apache-2.0 */
/* Previews to PNG and JSON and back. The JSON lists the pictures in the PNG ("pictures": name, width, height, from left
 * to right), which is all it takes to cut the strip apart again. Written by us, but read from a store that a crash or a
 * person may have touched: every number is checked before it is used as a size. */
#include "core/pretext/preview-archive.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "core/base/error.h"

#define MAX_SIDE 16384

/* What of the colours JSON holds at most, in base64: far more than SmaltiColorAnswer ever takes. */
#define MAX_COLORS (16 << 20)

static const char *const picture_names[] = { "input", "answer", "truth" };

static GBytes *
encode_strip (SmaltiImage *const pictures[3], GError **error)
{
  gint width = 0, height = 0;

  for (guint i = 0; i < 3; i++)
    if (pictures[i])
      {
        width += pictures[i]->width;
        height = MAX (height, pictures[i]->height);
      }

  g_autoptr (SmaltiImage) strip = smalti_image_new (width, height);

  for (guint i = 0, x = 0; i < 3; i++)
    if (pictures[i])
      {
        smalti_image_paste (strip, pictures[i], x, 0);
        x += pictures[i]->width;
      }
  return smalti_image_to_png (strip, error);
}

GBytes *
smalti_preview_to_png (const SmaltiPreview *self, GError **error)
{
  g_return_val_if_fail (self && self->input, NULL);

  return encode_strip ((SmaltiImage *const[3]){ self->input, self->answer, self->truth }, error);
}

static void
add_order (JsonBuilder *builder, const char *name, const guint8 *order, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (builder, order[i]);
  json_builder_end_array (builder);
}

static void
add_colors (JsonBuilder *builder, const SmaltiPreview *self)
{
  g_autoptr (GBytes) bytes = smalti_color_answer_to_bytes (self->colors);
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_base64_encode (data, size);

  json_builder_set_member_name (builder, "temperature");
  json_builder_add_double_value (builder, self->temperature);
  json_builder_set_member_name (builder, "colors");
  json_builder_add_string_value (builder, text);
}

char *
smalti_preview_to_json (const SmaltiPreview *self)
{
  SmaltiImage *const pictures[3] = { self->input, self->answer, self->truth };
  const guint n_tiles = MIN (self->grid * self->grid, G_N_ELEMENTS (self->wrong));
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "caption");
  json_builder_add_string_value (builder, self->caption ? self->caption : "");
  json_builder_set_member_name (builder, "correct");
  json_builder_add_boolean_value (builder, self->correct);
  json_builder_set_member_name (builder, "score");
  json_builder_add_double_value (builder, self->score);
  json_builder_set_member_name (builder, "pictures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < 3; i++)
    if (pictures[i])
      {
        json_builder_begin_object (builder);
        json_builder_set_member_name (builder, "name");
        json_builder_add_string_value (builder, picture_names[i]);
        json_builder_set_member_name (builder, "width");
        json_builder_add_int_value (builder, pictures[i]->width);
        json_builder_set_member_name (builder, "height");
        json_builder_add_int_value (builder, pictures[i]->height);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
  if (self->grid > 0)
    {
      json_builder_set_member_name (builder, "grid");
      json_builder_add_int_value (builder, self->grid);
      json_builder_set_member_name (builder, "wrong");
      json_builder_begin_array (builder);
      for (guint i = 0; i < n_tiles; i++)
        json_builder_add_boolean_value (builder, self->wrong[i]);
      json_builder_end_array (builder);
      add_order (builder, "shown", self->shown, n_tiles);
    }
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (guint i = 0; i < G_N_ELEMENTS (self->top) && self->top[i].label; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, self->top[i].label);
      json_builder_set_member_name (builder, "probability");
      json_builder_add_double_value (builder, self->top[i].probability);
      if (n_tiles > 0)
        add_order (builder, "order", self->top[i].order, n_tiles);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  if (self->colors != NULL)
    add_colors (builder, self);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* Takes the pictures the JSON names out of the strip; FALSE when they don't fill it exactly. */
static gboolean
cut_strip (SmaltiPreview *self, const SmaltiImage *strip, JsonArray *pictures)
{
  gint64 x = 0;

  for (guint i = 0; i < json_array_get_length (pictures); i++)
    {
      JsonNode *node = json_array_get_element (pictures, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return FALSE;

      JsonObject *picture = json_node_get_object (node);
      const char *name = json_object_get_string_member_with_default (picture, "name", "");
      gint64 width = json_object_get_int_member_with_default (picture, "width", 0);
      gint64 height = json_object_get_int_member_with_default (picture, "height", 0);
      SmaltiImage **slot = g_str_equal (name, "input")    ? &self->input
                           : g_str_equal (name, "answer") ? &self->answer
                           : g_str_equal (name, "truth")  ? &self->truth
                                                          : NULL;

      if (!slot || *slot || width < 1 || width > MAX_SIDE || height < 1 || height > strip->height
          || x + width > strip->width)
        return FALSE;
      *slot = smalti_image_crop (strip, x, 0, width, height);
      x += width;
    }
  return self->input && x == strip->width;
}

static JsonArray *
array_member (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Into @order, unless it is no order of @n tiles. */
static void
read_order (JsonArray *array, guint n, guint8 *order)
{
  guint seen = 0;

  if (array == NULL || json_array_get_length (array) != n)
    return;
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      gint64 tile = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : -1;

      seen |= tile >= 0 && tile < n ? 1u << tile : 0;
    }
  for (guint i = 0; seen == (1u << n) - 1 && i < n; i++)
    order[i] = json_array_get_int_element (array, i);
}

static void
read_colors (SmaltiPreview *self, JsonObject *object)
{
  const char *text = json_object_get_string_member_with_default (object, "colors", "");
  g_autofree guchar *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;

  if (*text == '\0' || strlen (text) > MAX_COLORS)
    return;
  data = g_base64_decode (text, &size);
  bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  self->colors = smalti_color_answer_from_bytes (bytes);
  self->temperature = json_object_get_double_member_with_default (object, "temperature", 1);
}

static void
read_answers (SmaltiPreview *self, JsonObject *object)
{
  gint64 grid = json_object_get_int_member_with_default (object, "grid", 0);
  JsonArray *wrong = array_member (object, "wrong");
  JsonArray *top = array_member (object, "top");

  if (wrong && grid > 0 && grid <= 4 && json_array_get_length (wrong) == grid * grid)
    {
      self->grid = grid;
      for (guint i = 0; i < json_array_get_length (wrong); i++)
        self->wrong[i] = json_array_get_boolean_element (wrong, i);
      read_order (array_member (object, "shown"), grid * grid, self->shown);
    }
  for (guint i = 0; top && i < MIN (json_array_get_length (top), G_N_ELEMENTS (self->top)); i++)
    {
      JsonNode *node = json_array_get_element (top, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        break;
      self->top[i].label
          = g_strdup (json_object_get_string_member_with_default (json_node_get_object (node), "label", ""));
      self->top[i].probability
          = json_object_get_double_member_with_default (json_node_get_object (node), "probability", 0);
      read_order (array_member (json_node_get_object (node), "order"), self->grid * self->grid, self->top[i].order);
    }
  read_colors (self, object);
}

SmaltiPreview *
smalti_preview_from_stored (GBytes *png, const char *json, GError **error)
{
  g_return_val_if_fail (png && json, NULL);

  gsize size;
  const guint8 *data = g_bytes_get_data (png, &size);
  g_autoptr (SmaltiImage) strip = smalti_image_decode (data, size, "preview", 0, error);

  if (!strip)
    return NULL;

  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  JsonArray *pictures
      = root && JSON_NODE_HOLDS_OBJECT (root) ? array_member (json_node_get_object (root), "pictures") : NULL;
  g_autoptr (SmaltiPreview) self = g_new0 (SmaltiPreview, 1);

  if (!pictures || !cut_strip (self, strip, pictures))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT,
                           _ ("A stored preview is damaged: its description does not fit its picture."));
      return NULL;
    }

  JsonObject *object = json_node_get_object (root);

  self->caption = g_strdup (json_object_get_string_member_with_default (object, "caption", ""));
  self->correct = json_object_get_boolean_member_with_default (object, "correct", FALSE);
  self->score = json_object_get_double_member_with_default (object, "score", 0);
  read_answers (self, object);
  return g_steal_pointer (&self);
}
