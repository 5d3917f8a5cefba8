/* SPDX-License-Identifier: Apache-2.0 */
/* Between the store's parts: opening and errors (store.c), runs (store-runs.c), points and artifacts (store-records.c). */
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
  sqlite3_stmt *add_point;  /* kept: the one statement that runs many times a second */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

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
