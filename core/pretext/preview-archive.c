/* SPDX-License-Identifier: Apache-2.0 */
/* Previews to PNG and JSON and back. The JSON lists the pictures in the PNG ("pictures": name, width, height, from left
 * to right), which is all it takes to cut the strip apart again. Written by us, but read from a store that a crash or a
 * person may have touched: every number is checked before it is used as a size. */
#include "core/pretext/preview-archive.h"

#include <json-glib/json-glib.h>

#include "core/base/error.h"

#define MAX_SIDE 16384

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

char *
smalti_preview_to_json (const SmaltiPreview *self)
{
  SmaltiImage *const pictures[3] = { self->input, self->answer, self->truth };
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
      for (guint i = 0; i < MIN (self->grid * self->grid, G_N_ELEMENTS (self->wrong)); i++)
        json_builder_add_boolean_value (builder, self->wrong[i]);
      json_builder_end_array (builder);
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
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
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
    }
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
