/* SPDX-License-Identifier: Apache-2.0 */
/* A benchmark as JSON, and back. What comes back is from a store that a crash or a person may have touched: sizes are
 * checked before anything is made of them. JSON has no NaN: a number that was not measured is null. */
#include <json-glib/json-glib.h>
#include <math.h>

#include "core/base/error.h"
#include "core/eval/benchmark.h"

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_count (JsonBuilder *builder, const char *name, guint64 count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, count);
}

static void
add_number (JsonBuilder *builder, const char *name, gdouble number)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (number))
    json_builder_add_double_value (builder, number);
  else
    json_builder_add_null_value (builder);
}

static void
add_share (JsonBuilder *builder, const SmaltiShare *share)
{
  json_builder_begin_object (builder);
  add_number (builder, "value", share->value);
  add_number (builder, "low", share->low);
  add_number (builder, "high", share->high);
  json_builder_end_object (builder);
}

static void
add_confusion (JsonBuilder *builder, const SmaltiBenchmark *self)
{
  json_builder_set_member_name (builder, "confusion");
  json_builder_begin_array (builder);
  for (guint truth = 0; truth < self->n_classes; truth++)
    {
      json_builder_begin_array (builder);
      for (guint answer = 0; answer < self->n_classes; answer++)
        json_builder_add_int_value (builder, self->confusion[(gsize)truth * self->n_classes + answer]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

char *
smalti_benchmark_to_json (const SmaltiBenchmark *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "layer", self->layer);
  add_text (builder, "protocol", self->protocol);
  add_text (builder, "solver", self->solver);
  add_count (builder, "dim", self->dim);
  add_count (builder, "n_classes", self->n_classes);
  add_count (builder, "n_train", self->n_train);
  add_count (builder, "n_test", self->n_test);
  json_builder_set_member_name (builder, "top1");
  add_share (builder, &self->top1);
  json_builder_set_member_name (builder, "top5");
  add_share (builder, &self->top5);
  add_number (builder, "decay", self->decay);
  add_number (builder, "train_top1", self->train_top1);
  add_number (builder, "seconds", self->seconds);
  json_builder_set_member_name (builder, "per_class");
  json_builder_begin_array (builder);
  for (guint c = 0; c < self->n_classes; c++)
    add_share (builder, &self->per_class[c]);
  json_builder_end_array (builder);
  add_confusion (builder, self);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* Reading; a function returns FALSE when what it looks for is not there or is of the wrong kind. */

static gboolean
read_text (JsonObject *object, const char *name, char **text)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  *text = json_node_dup_string (node);
  return TRUE;
}

static gboolean
count_of (JsonNode *node, guint *count)
{
  gint64 value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  value = json_node_get_int (node);
  *count = value;
  return value >= 0 && value <= G_MAXUINT32;
}

static gboolean
read_count (JsonObject *object, const char *name, guint *count)
{
  return count_of (json_object_get_member (object, name), count);
}

static gboolean
read_number (JsonObject *object, const char *name, gdouble *number)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_NULL (node))
    {
      *number = NAN;
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_VALUE (node)
      || (json_node_get_value_type (node) != G_TYPE_DOUBLE && json_node_get_value_type (node) != G_TYPE_INT64))
    return FALSE;
  *number = json_node_get_double (node);
  return TRUE;
}

static gboolean
share_of (JsonNode *node, SmaltiShare *share)
{
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  return object != NULL && read_number (object, "value", &share->value) && read_number (object, "low", &share->low)
         && read_number (object, "high", &share->high) && share->low >= 0 && share->low <= share->value
         && share->value <= share->high && share->high <= 1;
}

/* (transfer none) (nullable): an array of exactly @n elements. */
static JsonArray *
array_of (JsonNode *node, guint n)
{
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  return array != NULL && json_array_get_length (array) == n ? array : NULL;
}

static gboolean
read_classes (SmaltiBenchmark *self, JsonObject *object)
{
  guint n = self->n_classes;
  JsonArray *shares = array_of (json_object_get_member (object, "per_class"), n);
  JsonArray *confusion = array_of (json_object_get_member (object, "confusion"), n);

  if (shares == NULL || confusion == NULL)
    return FALSE;
  self->per_class = g_new0 (SmaltiShare, n);
  self->confusion = g_new0 (guint32, (gsize)n * n);
  for (guint truth = 0; truth < n; truth++)
    {
      JsonArray *row = array_of (json_array_get_element (confusion, truth), n);

      if (row == NULL || !share_of (json_array_get_element (shares, truth), &self->per_class[truth]))
        return FALSE;
      for (guint answer = 0; answer < n; answer++)
        if (!count_of (json_array_get_element (row, answer), &self->confusion[(gsize)truth * n + answer]))
          return FALSE;
    }
  return TRUE;
}

static gboolean
read_benchmark (SmaltiBenchmark *self, JsonObject *object)
{
  guint dim = 0;
  gboolean ok = read_text (object, "layer", &self->layer) && read_text (object, "protocol", &self->protocol)
                && read_text (object, "solver", &self->solver) && read_count (object, "dim", &dim)
                && read_count (object, "n_classes", &self->n_classes) && read_count (object, "n_train", &self->n_train)
                && read_count (object, "n_test", &self->n_test)
                && share_of (json_object_get_member (object, "top1"), &self->top1)
                && share_of (json_object_get_member (object, "top5"), &self->top5)
                && read_number (object, "decay", &self->decay) && read_number (object, "train_top1", &self->train_top1)
                && read_number (object, "seconds", &self->seconds);

  self->dim = dim;
  return ok && read_classes (self, object);
}

SmaltiBenchmark *
smalti_benchmark_from_json (const char *json, GError **error)
{
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  g_autoptr (SmaltiBenchmark) self = g_new0 (SmaltiBenchmark, 1);

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root) && read_benchmark (self, json_node_get_object (root)))
    return g_steal_pointer (&self);
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT,
                       _ ("A stored result of the benchmark is damaged: its numbers do not fit together."));
  return NULL;
}

void
smalti_benchmark_free (SmaltiBenchmark *self)
{
  if (self == NULL)
    return;
  g_free (self->layer);
  g_free (self->protocol);
  g_free (self->solver);
  g_free (self->per_class);
  g_free (self->confusion);
  g_free (self->answer);
  g_free (self->kept);
  g_free (self);
}
