/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of whoever runs a run, and what came of it: requests wait in a table until they are taken, changes stay
 * in the run's history as artifacts of kind "change". */
#include "core/run/store-private.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "core/base/error.h"

static const char *const kind_ids[] = {
  [SMALTI_REQUEST_STOP] = "stop",         [SMALTI_REQUEST_STOP_NOW] = "stop-now", [SMALTI_REQUEST_PAUSE] = "pause",
  [SMALTI_REQUEST_CONTINUE] = "continue", [SMALTI_REQUEST_CHANGE] = "change",
};

void
smalti_request_free (SmaltiRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->value);
  g_free (self);
}

static gboolean
check_change (const SmaltiRunInfo *info, const char *key, const char *value, GError **error)
{
  g_autoptr (SmaltiSpec) spec = smalti_spec_parse (info->spec_yaml, _ ("the run's spec"), NULL, error);

  if (spec == NULL || !smalti_spec_check_change (spec, key, value, error))
    return FALSE;
  if (strcmp (key, "train.epochs") == 0 && g_ascii_strtod (value, NULL) < info->epoch)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Run %" PRId64 " is past epoch %.1f already; stop it, or choose more epochs."), info->id,
                   info->epoch);
      return FALSE;
    }
  return TRUE;
}

static gboolean
can_ask (const SmaltiRunInfo *info, SmaltiRequestKind kind, const char *key, const char *value, GError **error)
{
  if (!smalti_run_state_is_live (info->state))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " is not running: it is %s."), info->id,
                 smalti_run_state_id (info->state));
  else if (kind == SMALTI_REQUEST_PAUSE && info->state == SMALTI_RUN_PAUSED)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("Run %" PRId64 " is paused already."), info->id);
  else
    return kind != SMALTI_REQUEST_CHANGE || check_change (info, key, value, error);
  return FALSE;
}

gboolean
smalti_store_request (SmaltiStore *self, gint64 id, SmaltiRequestKind kind, const char *key, const char *value,
                      GError **error)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (self, id, error);
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (info == NULL || !can_ask (info, kind, key, value, error))
    return FALSE;
  statement = smalti_store_prepare (self, "INSERT INTO request (run, kind, key, value) VALUES (?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, id);
  smalti_bind_text (statement, 2, kind_ids[kind]);
  smalti_bind_text (statement, 3, key);
  smalti_bind_text (statement, 4, value);
  return smalti_store_execute (self, statement, error);
}

gboolean
smalti_store_request_stop (SmaltiStore *self, gint64 id, GError **error)
{
  return smalti_store_request (self, id, SMALTI_REQUEST_STOP, NULL, NULL, error);
}

/* %NULL for what a newer program asks. */
static SmaltiRequest *
read_request (sqlite3_stmt *row)
{
  const char *id = (const char *)sqlite3_column_text (row, 1);

  for (guint kind = 0; kind < G_N_ELEMENTS (kind_ids); kind++)
    if (g_strcmp0 (id, kind_ids[kind]) == 0)
      {
        SmaltiRequest *request = g_new0 (SmaltiRequest, 1);

        request->kind = kind;
        request->key = smalti_column_text (row, 2);
        request->value = smalti_column_text (row, 3);
        return request;
      }
  return NULL;
}

GPtrArray *
smalti_store_take_requests (SmaltiStore *self, gint64 id)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_request_free);
  g_autoptr (sqlite3_stmt) rows
      = smalti_store_prepare (self, "SELECT id, kind, key, value FROM request WHERE run = ? ORDER BY id", NULL);
  g_autoptr (sqlite3_stmt) take = NULL;
  gint64 last = 0;

  if (rows == NULL)
    return requests;
  sqlite3_bind_int64 (rows, 1, id);
  while (smalti_store_next_row (self, rows, NULL))
    {
      SmaltiRequest *request = read_request (rows);

      last = sqlite3_column_int64 (rows, 0);
      if (request != NULL)
        g_ptr_array_add (requests, request);
    }
  sqlite3_reset (rows);
  /* Only who holds the run's lock takes them; what is asked from now on has a higher number. */
  if (last > 0)
    take = smalti_store_prepare (self, "DELETE FROM request WHERE run = ? AND id <= ?", NULL);
  if (take != NULL)
    {
      sqlite3_bind_int64 (take, 1, id);
      sqlite3_bind_int64 (take, 2, last);
      smalti_store_execute (self, take, NULL);
    }
  return requests;
}

/* Changes */

void
smalti_change_free (SmaltiChange *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

gboolean
smalti_store_add_change (SmaltiStore *self, gint64 id, guint64 step, const char *key, const char *from, const char *to,
                         GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "key");
  json_builder_add_string_value (builder, key);
  json_builder_set_member_name (builder, "from");
  json_builder_add_string_value (builder, from);
  json_builder_set_member_name (builder, "to");
  json_builder_add_string_value (builder, to);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  return smalti_store_add_artifact (self, id, "change", step, text, NULL, error);
}

static char *
member (JsonObject *object, const char *name)
{
  return g_strdup (json_object_get_string_member_with_default (object, name, ""));
}

/* %NULL when it is damaged. */
static SmaltiChange *
read_change (const SmaltiArtifact *artifact)
{
  g_autoptr (JsonNode) root = json_from_string (artifact->text, NULL);
  SmaltiChange *change;
  JsonObject *object;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  change = g_new0 (SmaltiChange, 1);
  change->step = artifact->step;
  change->time = artifact->time;
  change->key = member (object, "key");
  change->from = member (object, "from");
  change->to = member (object, "to");
  return change;
}

GPtrArray *
smalti_store_get_changes (SmaltiStore *self, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) artifacts = smalti_store_get_artifacts (self, id, "change", 0, error);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_change_free);

  if (artifacts == NULL)
    return NULL;
  for (guint i = 0; i < artifacts->len; i++)
    {
      SmaltiChange *change = read_change (artifacts->pdata[i]);

      if (change != NULL)
        g_ptr_array_add (changes, change);
    }
  return g_steal_pointer (&changes);
}
