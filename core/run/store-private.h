/* SPDX-License-Identifier: Apache-2.0 */
/* Between the store's parts: opening and errors (store.c), tables and migration (store-schema.c), runs (store-runs.c, store-list.c), who
 * runs them (store-locks.c), how people keep order (store-organize.c, store-trash.c, store-folders.c), what is asked of them (store-control.c), points and artifacts
 * (store-records.c), what is seen of them at a glance (store-summary.c). */
#pragma once

#include <sqlite3.h>

#include "core/run/store.h"

G_BEGIN_DECLS

struct _SmaltiStore
{
  GObject parent;
  char *path;
  sqlite3 *db;
  guint64 changes;
  gint64 data_version;
  GHashTable *locks;        /* run id -> file descriptor that holds its lock */
  GHashTable *metrics;      /* "run/name" -> id in the database */
  GHashTable *specs;        /* run id -> spec as it was last listed; see store-list.c */
  sqlite3_stmt *add_point;  /* kept: the one statement that runs many times a second */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* Marks a SQLite file as a store. */
#define SMALTI_STORE_APPLICATION_ID 0x536d6c74 /* "Smlt" */

/* Sets @error from the database's last result; FALSE. */
gboolean      smalti_store_fail     (SmaltiStore   *self,
                                     GError       **error);
sqlite3_stmt *smalti_store_prepare  (SmaltiStore   *self,
                                     const char    *sql,
                                     GError       **error);
/* Runs a statement that gives no rows; counts as a change. */
gboolean      smalti_store_execute  (SmaltiStore   *self,
                                     sqlite3_stmt  *statement,
                                     GError       **error);
/* Whether a row is there; FALSE with @error on failure, FALSE without at the end. */
gboolean      smalti_store_next_row (SmaltiStore   *self,
                                     sqlite3_stmt  *statement,
                                     GError       **error);
gboolean      smalti_store_run_sql  (SmaltiStore   *self,
                                     const char    *sql,
                                     GError       **error);
/* The first column of the first row; there must be one. */
gboolean      smalti_store_get_number (SmaltiStore *self,
                                     const char    *sql,
                                     gint64        *number,
                                     GError       **error);
/* A transaction, unless the caller is in one already; @own goes back to leave, which rolls back when not @ok. Returns @ok,
 * or FALSE when it could not be committed. */
gboolean      smalti_store_enter    (SmaltiStore   *self,
                                     gboolean      *own,
                                     GError       **error);
gboolean      smalti_store_leave    (SmaltiStore   *self,
                                     gboolean       own,
                                     gboolean       ok,
                                     GError       **error);
/* Creates what is missing, and brings an older version up to date, in one transaction. */
gboolean      smalti_store_prepare_schema (SmaltiStore *self,
                                     GError       **error);
/* All of a run but its spec; and the columns of it, which begin with its id, for a query on the table `run`. */
SmaltiRunInfo *smalti_store_read_info (sqlite3_stmt *row);
extern const char smalti_store_run_columns[];
#define SMALTI_STORE_N_RUN_COLUMNS 29
/* Looks once more at one that says it is live while nobody has its lock. */
void          smalti_store_find_lost (SmaltiStore  *self,
                                     SmaltiRunInfo **info);
gboolean      smalti_store_set_spec (SmaltiStore   *self,
                                     gint64         id,
                                     const SmaltiSpec *spec,
                                     GError       **error);
gboolean      smalti_store_add_change (SmaltiStore *self,
                                     gint64         id,
                                     guint64        step,
                                     const char    *key,
                                     const char    *from,
                                     const char    *to,
                                     GError       **error);
/* "There is no run ..." for a statement that should have changed @id's row, if it did not. */
gboolean      smalti_store_changed_run (SmaltiStore *self,
                                     gint64         id,
                                     GError       **error);
/* runs/ID; free with g_free(). */
char         *smalti_store_run_path (SmaltiStore   *self,
                                     gint64         id);
/* Whether any process, this one too, runs it. */
gboolean      smalti_store_is_locked (SmaltiStore  *self,
                                     gint64         id);
/* All of a kind that a run has. */
gboolean      smalti_store_remove_artifacts (SmaltiStore *self,
                                             gint64       id,
                                             const char  *kind,
                                             GError     **error);
/* Never %NULL; free with g_free(). */
char         *smalti_column_text    (sqlite3_stmt  *statement,
                                     int            column);
void          smalti_bind_text      (sqlite3_stmt  *statement,
                                     int            place,
                                     const char    *text);

G_END_DECLS
