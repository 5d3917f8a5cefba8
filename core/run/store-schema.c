/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, and how those of older versions become today's. A new store goes the same way, from nothing through every
 * version: what is tested on new stores is what happens to old ones. */
#include "core/run/store-private.h"

/* Points are what there is most of: five small integers and a double, 25 bytes or so, in the order they are read. */
static const char version_1[]
    = "CREATE TABLE run (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, method TEXT NOT NULL,"
      " backbone TEXT NOT NULL, spec TEXT NOT NULL, state TEXT NOT NULL, created INTEGER NOT NULL,"
      " started INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0,"
      " n_steps INTEGER NOT NULL DEFAULT 0, epoch REAL NOT NULL DEFAULT 0, phase TEXT NOT NULL DEFAULT '',"
      " message TEXT NOT NULL DEFAULT '', program_version TEXT NOT NULL DEFAULT '', device TEXT NOT NULL DEFAULT '',"
      " precision TEXT NOT NULL DEFAULT '', data_path TEXT NOT NULL DEFAULT '',"
      " data_fingerprint TEXT NOT NULL DEFAULT '', n_threads INTEGER NOT NULL DEFAULT 0,"
      " seed INTEGER NOT NULL DEFAULT 0, n_params INTEGER NOT NULL DEFAULT 0, plan_bytes INTEGER NOT NULL DEFAULT 0,"
      " loader_bytes INTEGER NOT NULL DEFAULT 0, stop_requested INTEGER NOT NULL DEFAULT 0);"
      "CREATE TABLE metric (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
      " name TEXT NOT NULL, UNIQUE (run, name));"
      /* epoch in millionths, time in milliseconds: integers take the bytes they need */
      "CREATE TABLE point (metric INTEGER NOT NULL REFERENCES metric ON DELETE CASCADE, step INTEGER NOT NULL,"
      " epoch INTEGER NOT NULL, time INTEGER NOT NULL, value REAL, PRIMARY KEY (metric, step)) WITHOUT ROWID;"
      "CREATE TABLE artifact (id INTEGER PRIMARY KEY AUTOINCREMENT,"
      " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, kind TEXT NOT NULL, step INTEGER NOT NULL,"
      " time INTEGER NOT NULL, text TEXT NOT NULL, data BLOB);"
      "CREATE INDEX artifact_of_run ON artifact (run, kind, id);";

/* Specs move out of the runs' rows; requests to whoever runs a run come one after the other, and not only to stop. */
static const char version_2[]
    = "CREATE TABLE spec (run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE, yaml TEXT NOT NULL);"
      "INSERT INTO spec SELECT id, spec FROM run;"
      "ALTER TABLE run DROP COLUMN spec;"
      "ALTER TABLE run DROP COLUMN stop_requested;"
      "ALTER TABLE run ADD COLUMN batch_that_fits INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE run ADD COLUMN tags TEXT NOT NULL DEFAULT '';"
      "ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';"
      "ALTER TABLE run ADD COLUMN favorite INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE run ADD COLUMN queue_place INTEGER NOT NULL DEFAULT 0;"
      "ALTER TABLE run ADD COLUMN trashed INTEGER NOT NULL DEFAULT 0;"
      "CREATE TABLE request (id INTEGER PRIMARY KEY AUTOINCREMENT,"
      " run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, kind TEXT NOT NULL, key TEXT NOT NULL DEFAULT '',"
      " value TEXT NOT NULL DEFAULT '');"
      "CREATE TABLE folder (path TEXT PRIMARY KEY, layout TEXT NOT NULL, added INTEGER NOT NULL,"
      " opened INTEGER NOT NULL, n_items INTEGER NOT NULL, n_classes INTEGER NOT NULL, fingerprint TEXT NOT NULL)"
      " WITHOUT ROWID;";

/* Who lists runs again and again reads only specs that are new to it. */
static const char version_3[] = "ALTER TABLE run ADD COLUMN spec_revision INTEGER NOT NULL DEFAULT 0;";

/* From version i to version i + 1. */
static const char *const steps[] = { version_1, version_2, version_3 };
G_STATIC_ASSERT (G_N_ELEMENTS (steps) == SMALTI_STORE_VERSION);

gboolean
smalti_store_prepare_schema (SmaltiStore *self, GError **error)
{
  g_autofree char *marks = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d;",
                                            SMALTI_STORE_APPLICATION_ID, SMALTI_STORE_VERSION);
  gint64 version = 0;
  gboolean ok;

  /* Of several programs that find an older one, one changes it, the others find it done when their turn comes. */
  if (!smalti_store_begin (self, error))
    return FALSE;
  ok = smalti_store_get_number (self, "PRAGMA user_version", &version, error);
  for (gint64 i = version; ok && i < SMALTI_STORE_VERSION; i++)
    ok = smalti_store_run_sql (self, steps[i], error);
  ok = ok && (version >= SMALTI_STORE_VERSION || smalti_store_run_sql (self, marks, error));
  if (ok)
    return smalti_store_commit (self, error);
  smalti_store_rollback (self);
  return FALSE;
}
