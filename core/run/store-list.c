/* SPDX-License-Identifier: Apache-2.0 */
/* The list of runs, read every half second by a window. The rows are short and lie close together; specs are long and
 * lie among the points of years, so they are kept here, by their revision, once they were read. */
#include "core/run/store-private.h"

/* When more than so many are new, all are read in one go. */
#define MANY 32

typedef struct
{
  gint64 revision;
  char *yaml; /* %NULL: not read yet */
} KnownSpec;

static void
known_spec_free (KnownSpec *self)
{
  g_free (self->yaml);
  g_free (self);
}

/* The entry of @id, emptied when it is of another revision. */
static KnownSpec *
know (SmaltiStore *self, gint64 id, gint64 revision)
{
  KnownSpec *known;

  if (self->specs == NULL)
    self->specs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)known_spec_free);
  known = g_hash_table_lookup (self->specs, &id);
  if (known == NULL)
    {
      known = g_new0 (KnownSpec, 1);
      g_hash_table_insert (self->specs, g_memdup2 (&id, sizeof id), known);
    }
  if (known->revision != revision)
    g_clear_pointer (&known->yaml, g_free);
  known->revision = revision;
  return known;
}

static gboolean
read_specs (SmaltiStore *self, const char *sql, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (self, sql, error);
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return FALSE;
  if (sqlite3_bind_parameter_count (rows) > 0)
    sqlite3_bind_int64 (rows, 1, id);
  while (smalti_store_next_row (self, rows, &reason))
    {
      gint64 run = sqlite3_column_int64 (rows, 0);
      KnownSpec *known = g_hash_table_lookup (self->specs, &run);

      if (known != NULL && known->yaml == NULL) /* else it is known, or nobody listed it */
        known->yaml = smalti_column_text (rows, 1);
    }
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* @known: of each of @runs. */
static gboolean
add_specs (SmaltiStore *self, const GPtrArray *runs, const GPtrArray *known, GError **error)
{
  guint n_new = 0;

  for (guint i = 0; i < known->len; i++)
    n_new += ((const KnownSpec *)known->pdata[i])->yaml == NULL;
  if (n_new > MANY && !read_specs (self, "SELECT run, yaml FROM spec", 0, error))
    return FALSE;
  for (guint i = 0; i < runs->len; i++)
    {
      const KnownSpec *spec = known->pdata[i];
      SmaltiRunInfo *info = runs->pdata[i];

      if (spec->yaml == NULL && !read_specs (self, "SELECT run, yaml FROM spec WHERE run = ?", info->id, error))
        return FALSE;
      info->spec_yaml = g_strdup (spec->yaml != NULL ? spec->yaml : "");
    }
  return TRUE;
}

static gboolean
read_runs (SmaltiStore *self, GPtrArray *runs, GError **error)
{
  g_autofree char *sql = g_strconcat ("SELECT ", smalti_store_run_columns,
                                      ", spec_revision FROM run WHERE trashed = 0 ORDER BY id DESC", NULL);
  g_autoptr (sqlite3_stmt) rows = smalti_store_prepare (self, sql, error);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_autoptr (GError) reason = NULL;

  if (rows == NULL)
    return FALSE;
  while (smalti_store_next_row (self, rows, &reason))
    {
      SmaltiRunInfo *info = smalti_store_read_info (rows);

      g_ptr_array_add (runs, info);
      g_ptr_array_add (known, know (self, info->id, sqlite3_column_int64 (rows, SMALTI_STORE_N_RUN_COLUMNS)));
    }
  if (reason == NULL)
    return add_specs (self, runs, known, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

GPtrArray *
smalti_store_list_runs (SmaltiStore *self, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_run_info_free);
  gboolean own = sqlite3_get_autocommit (self->db), ok;

  /* Rows and specs of one instant; reading takes no lock that anyone waits for. */
  if (own && !smalti_store_run_sql (self, "BEGIN", error))
    return NULL;
  ok = read_runs (self, runs, error);
  if (own)
    sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);
  if (!ok)
    return NULL;
  for (guint i = 0; i < runs->len; i++) /* after the reading has ended: what is read again must be new */
    smalti_store_find_lost (self, (SmaltiRunInfo **)&runs->pdata[i]);
  return g_steal_pointer (&runs);
}
