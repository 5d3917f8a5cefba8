/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a store, transactions, and SQLite's results as sentences. The version is `user_version` in the file's header;
 * it is read without locks before the file is opened in earnest, so that a newer store is refused without a byte of it
 * changing (SQLite would create its -wal and -shm beside it). */
#include "core/run/store-private.h"

#include <inttypes.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/error.h"

G_DEFINE_FINAL_TYPE (SmaltiStore, smalti_store, G_TYPE_OBJECT)

#define BUSY_MS    15000
#define BUSY_PAUSE 5000  /* microseconds */
#define LEAST_FREE 65536 /* bytes: SQLite's shared memory grows by half of it */

static void
smalti_store_finalize (GObject *object)
{
  SmaltiStore *self = SMALTI_STORE (object);

  sqlite3_finalize (self->add_point);
  sqlite3_close (self->db);
  g_hash_table_unref (self->locks);
  g_hash_table_unref (self->metrics);
  g_clear_pointer (&self->specs, g_hash_table_unref);
  g_free (self->path);
  G_OBJECT_CLASS (smalti_store_parent_class)->finalize (object);
}

static void
smalti_store_class_init (SmaltiStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_store_finalize;
}

static void
close_lock (gpointer fd)
{
  close (GPOINTER_TO_INT (fd));
}

static void
smalti_store_init (SmaltiStore *self)
{
  self->locks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, close_lock);
  self->metrics = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean
is_disk_full (const SmaltiStore *self)
{
  struct statvfs disk;

  return statvfs (self->path, &disk) == 0 && (guint64)disk.f_bavail * disk.f_frsize < LEAST_FREE;
}

/* A full disk may also look like a file that can't be made larger, which SQLite calls an error of the disk. */
static int
error_code (const SmaltiStore *self)
{
  int code = sqlite3_errcode (self->db);

  return code == SQLITE_IOERR && is_disk_full (self) ? SQLITE_FULL : code;
}

gboolean
smalti_store_fail (SmaltiStore *self, GError **error)
{
  switch (error_code (self))
    {
    case SQLITE_FULL:
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("No space left for the store “%s”; free some and try again."), self->path);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("Another program has kept the store “%s” locked for too long; try again when it is done."),
                   self->path);
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("The store “%s” can't be written; choose another one, or ask for the right to write there."),
                   self->path);
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("The store “%s” is damaged; move its smalti.db away to begin a new one."), self->path);
      break;
    default:
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE, _ ("The store “%s” failed: %s."), self->path,
                   sqlite3_errmsg (self->db));
    }
  return FALSE;
}

sqlite3_stmt *
smalti_store_prepare (SmaltiStore *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      smalti_store_fail (self, error);
      return NULL;
    }
  return statement;
}

gboolean
smalti_store_execute (SmaltiStore *self, sqlite3_stmt *statement, GError **error)
{
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE;

  if (!ok)
    smalti_store_fail (self, error);
  sqlite3_reset (statement);
  self->changes++;
  return ok;
}

gboolean
smalti_store_next_row (SmaltiStore *self, sqlite3_stmt *statement, GError **error)
{
  int result = sqlite3_step (statement);

  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    smalti_store_fail (self, error);
  return FALSE;
}

char *
smalti_column_text (sqlite3_stmt *statement, int column)
{
  const char *text = (const char *)sqlite3_column_text (statement, column);

  return g_strdup (text != NULL ? text : "");
}

void
smalti_bind_text (sqlite3_stmt *statement, int place, const char *text)
{
  sqlite3_bind_text (statement, place, text != NULL ? text : "", -1, SQLITE_TRANSIENT);
}

gboolean
smalti_store_run_sql (SmaltiStore *self, const char *sql, GError **error)
{
  return sqlite3_exec (self->db, sql, NULL, NULL, NULL) == SQLITE_OK || smalti_store_fail (self, error);
}

gboolean
smalti_store_get_number (SmaltiStore *self, const char *sql, gint64 *number, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = smalti_store_prepare (self, sql, error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) != SQLITE_ROW)
    return smalti_store_fail (self, error);
  *number = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

static gboolean
refuse_newer (SmaltiStore *self, gint64 version, GError **error)
{
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
               _ ("The store “%s” was written by a newer Smalti (version %" PRId64
                  " of the store, this one knows %d); update Smalti or choose another store."),
               self->path, version, SMALTI_STORE_VERSION);
  return FALSE;
}

static gboolean
refuse_foreign (SmaltiStore *self, GError **error)
{
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
               _ ("The smalti.db in “%s” is no store of Smalti; choose another folder."), self->path);
  return FALSE;
}

/* Read through SQLite, though it is a hundred bytes: POSIX locks are a process's, and closing any descriptor of the
 * file would take those of a store that is open in another thread. SQLite knows, and keeps the descriptor. Immutable
 * means no locks, no -wal and no -shm. A file that is not there or empty is fine: a store begins so. */
static gboolean
check_header (SmaltiStore *self, const char *file, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (file, "/", FALSE);
  g_autofree char *uri = g_strconcat ("file://", escaped, "?immutable=1", NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  gint64 number[2] = { 0 };
  static const char *const pragmas[] = { "PRAGMA user_version", "PRAGMA application_id" };
  int result = sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (pragmas) && result == SQLITE_OK; i++)
    {
      result = sqlite3_prepare_v2 (db, pragmas[i], -1, &row, NULL);
      if (result == SQLITE_OK && sqlite3_step (row) == SQLITE_ROW)
        number[i] = sqlite3_column_int64 (row, 0);
      if (result == SQLITE_OK)
        result = sqlite3_finalize (row);
    }
  sqlite3_close (db);
  if (result == SQLITE_NOTADB)
    return refuse_foreign (self, error);
  if (number[0] > SMALTI_STORE_VERSION && number[1] == SMALTI_STORE_APPLICATION_ID)
    return refuse_newer (self, number[0], error);
  return TRUE; /* whatever else is wrong is told when it is opened */
}

/* SQLite does not wait by itself when two programs ask for this at once. */
static gboolean
set_journal_mode (SmaltiStore *self, GError **error)
{
  gint64 until = g_get_monotonic_time () + BUSY_MS * 1000;

  while (sqlite3_exec (self->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK)
    {
      if (sqlite3_errcode (self->db) != SQLITE_BUSY || g_get_monotonic_time () > until)
        return smalti_store_fail (self, error);
      g_usleep (BUSY_PAUSE);
    }
  return TRUE;
}

static gboolean
open_database (SmaltiStore *self, const char *file, GError **error)
{
  gint64 version, application, n_tables;
  gboolean read;

  if (sqlite3_open_v2 (file, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
    return smalti_store_fail (self, error);
  sqlite3_extended_result_codes (self->db, 0);
  sqlite3_busy_timeout (self->db, BUSY_MS);
  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE,
                   _ ("The store “%s” is read-only; choose another one, or ask for the right to write there."),
                   self->path);
      return FALSE;
    }
  /* In one transaction, or another program could create the schema between two looks. */
  read = smalti_store_run_sql (self, "BEGIN", error)
         && smalti_store_get_number (self, "PRAGMA user_version", &version, error)
         && smalti_store_get_number (self, "PRAGMA application_id", &application, error)
         && smalti_store_get_number (self, "SELECT count(*) FROM sqlite_master", &n_tables, error);
  sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);
  if (!read)
    return FALSE;
  if (version > SMALTI_STORE_VERSION && application == SMALTI_STORE_APPLICATION_ID)
    return refuse_newer (self, version, error);
  if (application != SMALTI_STORE_APPLICATION_ID && (version != 0 || n_tables > 0))
    return refuse_foreign (self, error);
  return set_journal_mode (self, error)
         && smalti_store_run_sql (self, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;", error)
         && (version == SMALTI_STORE_VERSION || smalti_store_prepare_schema (self, error));
}

/* What was made of a store that could not be begun: a database without a table, and folders if they are empty. */
static void
remove_unbegun (SmaltiStore *self, const char *file, const char *runs)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  g_clear_pointer (&self->db, sqlite3_close);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (file, suffixes[i], NULL);

      g_unlink (name);
    }
  g_rmdir (runs);
  g_rmdir (self->path);
}

SmaltiStore *
smalti_store_open (const char *path, GError **error)
{
  g_autoptr (SmaltiStore) self = g_object_new (SMALTI_TYPE_STORE, NULL);
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *file = NULL, *runs = NULL;
  gboolean is_new;
  int made;

  self->path
      = path != NULL ? g_canonicalize_filename (path, here) : g_build_filename (g_get_user_data_dir (), "smalti", NULL);
  file = g_build_filename (self->path, "smalti.db", NULL);
  runs = g_build_filename (self->path, "runs", NULL);
  if (!check_header (self, file, error))
    return NULL;
  if (g_mkdir_with_parents (runs, 0755) != 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_STORE, _ ("Could not create the store “%s”: %s."), self->path,
                   g_strerror (errno));
      return NULL;
    }
  made = g_open (file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
  is_new = made >= 0;
  if (is_new)
    close (made);
  if (open_database (self, file, error))
    return g_steal_pointer (&self);
  if (is_new && is_disk_full (self))
    remove_unbegun (self, file, runs);
  return NULL;
}

const char *
smalti_store_get_path (SmaltiStore *self)
{
  return self->path;
}

guint64
smalti_store_get_change_count (SmaltiStore *self)
{
  gint64 version;

  /* SQLite counts what other connections have written; what this one writes is counted here. */
  if (smalti_store_get_number (self, "PRAGMA data_version", &version, NULL) && version != self->data_version)
    {
      self->data_version = version;
      self->changes++;
    }
  return self->changes;
}

gboolean
smalti_store_begin (SmaltiStore *self, GError **error)
{
  return smalti_store_run_sql (self, "BEGIN IMMEDIATE", error);
}

gboolean
smalti_store_commit (SmaltiStore *self, GError **error)
{
  if (smalti_store_run_sql (self, "COMMIT", error))
    return TRUE;
  smalti_store_rollback (self);
  return FALSE;
}

void
smalti_store_rollback (SmaltiStore *self)
{
  /* After a full disk SQLite may have rolled back by itself. */
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  g_hash_table_remove_all (self->metrics); /* ids that were given in what is gone now */
}

gboolean
smalti_store_enter (SmaltiStore *self, gboolean *own, GError **error)
{
  *own = sqlite3_get_autocommit (self->db);
  return !*own || smalti_store_begin (self, error);
}

gboolean
smalti_store_leave (SmaltiStore *self, gboolean own, gboolean ok, GError **error)
{
  if (own && ok)
    return smalti_store_commit (self, error);
  if (own)
    smalti_store_rollback (self);
  return ok;
}
