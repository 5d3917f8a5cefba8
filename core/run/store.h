/* SPDX-License-Identifier: Apache-2.0 */
/* The store: a folder with `smalti.db` (SQLite, WAL) and `runs/ID/` (checkpoints, report). Runs, specs, metrics, artifacts
 * and where every number came from. Several processes may use one store at once; killing any of them at any instant leaves
 * a history that can be read. A SmaltiStore belongs to one thread; open another for another thread. */
#pragma once

#include <gio/gio.h>
#include <math.h>

#include "core/eval/benchmark.h"
#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_STORE_VERSION 3

typedef enum
{
  SMALTI_RUN_QUEUED,
  SMALTI_RUN_RUNNING,
  SMALTI_RUN_PAUSED,  /* its process holds its memory and waits to be told to continue */
  SMALTI_RUN_STOPPED, /* at a checkpoint, by the user */
  SMALTI_RUN_DONE,
  SMALTI_RUN_FAILED,
  SMALTI_RUN_LOST,    /* ran or was paused, its process is gone: resume continues it. Never stored: found when read */
} SmaltiRunState;

const char *smalti_run_state_id (SmaltiRunState state);
/* Whether a process has it in memory: running or paused. */
gboolean    smalti_run_state_is_live (SmaltiRunState state);

/* What is known of a run: a snapshot. */
typedef struct
{
  gint64 id;
  char *name, *method, *backbone, *spec_yaml;
  SmaltiRunState state;
  gint64 created, started, finished; /* microseconds since 1970, 0: not yet */
  guint64 step, n_steps;             /* optimizer steps */
  gdouble epoch;
  char *phase;                       /* "prepare", "train", "evaluate", "" */
  char *message;                     /* why it failed, in a sentence; "" */
  /* provenance */
  char *program_version, *device, *precision, *data_path, *data_fingerprint;
  guint n_threads;
  guint64 seed;
  gint64 n_params;
  guint64 plan_bytes, loader_bytes;  /* the plan's peak with weights and optimizer; the loader's bound */
  guint batch_that_fits;             /* it did not fit into memory: the largest batch that does; else 0 */
  /* how people keep order */
  char **tags; /* sorted; never %NULL */
  char *note;
  gboolean favorite;
  guint queue_place; /* 1: next; 0: not in the queue */
  gint64 trashed;    /* when, microseconds since 1970; 0: not in the trash */
} SmaltiRunInfo;

SmaltiRunInfo *smalti_run_info_copy (const SmaltiRunInfo *self);
void           smalti_run_info_free (SmaltiRunInfo       *self);

typedef struct
{
  guint64 step;
  gdouble epoch;
  gdouble time; /* seconds of training so far, pauses not counted */
  gdouble value;
} SmaltiPoint;

#define SMALTI_TYPE_STORE (smalti_store_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiStore, smalti_store, SMALTI, STORE, GObject)

/* @path: %NULL for the default, the XDG data folder's "smalti". SMALTI_ERROR_STORE when it is of a newer version (nothing
 * is changed), read-only, or damaged. */
SmaltiStore    *smalti_store_open            (const char             *path,
                                              GError                **error);
const char     *smalti_store_get_path        (SmaltiStore            *self);
/* Changes whenever anyone (another process too) has written: cheap enough to ask every half second. */
guint64         smalti_store_get_change_count (SmaltiStore           *self);

gint64          smalti_store_add_run         (SmaltiStore            *self,
                                              const SmaltiSpec       *spec,
                                              GError                **error);
/* (transfer full) (element-type SmaltiRunInfo): newest first, without those in the trash. */
GPtrArray      *smalti_store_list_runs       (SmaltiStore            *self,
                                              GError                **error);
/* One in the trash too: see trashed. */
SmaltiRunInfo  *smalti_store_get_run         (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
/* A number, "last", or a name (the newest of that name), not in the trash; SMALTI_ERROR_ARGUMENT when there is none. */
SmaltiRunInfo  *smalti_store_find_run        (SmaltiStore            *self,
                                              const char             *text,
                                              GError                **error);
/* What whoever runs it knows of it: state, times, how far it is, provenance. Not its id, name, spec_yaml and created, and
 * not how people keep order: those have functions of their own, so that a run under way does not undo them. */
gboolean        smalti_store_update_run      (SmaltiStore            *self,
                                              const SmaltiRunInfo    *info,
                                              GError                **error);
/* With its folder, for good. A running one is refused. */
gboolean        smalti_store_remove_run      (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
/* The folder of the run, created when asked for; free with g_free(). */
char           *smalti_store_get_run_folder  (SmaltiStore            *self,
                                              gint64                  id);

/* One process runs a run: an advisory lock on a file in its folder, gone with the process. FALSE and SMALTI_ERROR_STORE when
 * another one has it. */
gboolean        smalti_store_lock_run        (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
void            smalti_store_unlock_run      (SmaltiStore            *self,
                                              gint64                  id);
/* What a run under way can be asked, by any program; whoever runs it looks about every half second. */
typedef enum
{
  SMALTI_REQUEST_STOP,     /* at a checkpoint */
  SMALTI_REQUEST_STOP_NOW, /* without one: back to the last there is */
  SMALTI_REQUEST_PAUSE,
  SMALTI_REQUEST_CONTINUE, /* a paused run */
  SMALTI_REQUEST_CHANGE,   /* a key of the spec; see smalti_spec_check_change() */
} SmaltiRequestKind;

typedef struct
{
  SmaltiRequestKind kind;
  char *key, *value; /* of a change */
} SmaltiRequest;

void            smalti_request_free          (SmaltiRequest          *self);
/* SMALTI_ERROR_ARGUMENT when it is not running or paused, or the change makes no sense. */
gboolean        smalti_store_request         (SmaltiStore            *self,
                                              gint64                  id,
                                              SmaltiRequestKind       kind,
                                              const char             *key /* nullable */,
                                              const char             *value /* nullable */,
                                              GError                **error);
gboolean        smalti_store_request_stop    (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
/* (transfer full) (element-type SmaltiRequest): the oldest first; they are gone from the store. */
GPtrArray      *smalti_store_take_requests   (SmaltiStore            *self,
                                              gint64                  id);

/* What was changed while a run was under way. */
typedef struct
{
  guint64 step; /* the last with the old value */
  gint64 time;  /* microseconds since 1970 */
  char *key, *from, *to;
} SmaltiChange;

void            smalti_change_free           (SmaltiChange           *self);
/* (transfer full) (element-type SmaltiChange): from the "change" artifacts, in order. */
GPtrArray      *smalti_store_get_changes     (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);

/* Names for people. An empty one is refused. */
gboolean        smalti_store_rename_run      (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *name,
                                              GError                **error);
/* Spaces around them, empty ones and doubles go; they are kept sorted. */
gboolean        smalti_store_set_tags        (SmaltiStore            *self,
                                              gint64                  id,
                                              const char *const      *tags /* nullable: none */,
                                              GError                **error);
gboolean        smalti_store_set_note        (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *note,
                                              GError                **error);
gboolean        smalti_store_set_favorite    (SmaltiStore            *self,
                                              gint64                  id,
                                              gboolean                favorite,
                                              GError                **error);

/* The queue: runs that wait for their turn, in an order of their own. A run that was added is not in it until it is put
 * there (else a window would start what a command line is about to), and leaves it when it begins. Stopped, failed and
 * lost runs may wait too: they go on when it is their turn. */

/* Before @before_id, or at the end when that is 0 or not in the queue; whether it was in the queue or not. Running and
 * finished runs are refused. */
gboolean        smalti_store_move_in_queue   (SmaltiStore            *self,
                                              gint64                  id,
                                              gint64                  before_id,
                                              GError                **error);
/* What is not in the queue stays as it is. */
gboolean        smalti_store_leave_queue     (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
/* The first that nobody runs; 0 when there is none, or with an error. */
gint64          smalti_store_next_queued     (SmaltiStore            *self,
                                              GError                **error);

/* The trash: runs in it are gone from lists, the queue and names at once, and come back whole when they are restored. All
 * or none: when one of @ids runs, the sentence names it and nothing happens. */
gboolean        smalti_store_trash_runs      (SmaltiStore            *self,
                                              const gint64           *ids,
                                              guint                   n,
                                              GError                **error);
gboolean        smalti_store_restore_runs    (SmaltiStore            *self,
                                              const gint64           *ids,
                                              guint                   n,
                                              GError                **error);
/* Removes for good, rows and folders, what went into the trash at @until or before (microseconds since 1970; G_MAXINT64:
 * all). A window calls it when it opens a store, with a day before now: that is how long Undo is more than a toast. Takes
 * about a second for a million points, so not on a main loop. @n_removed: (optional). */
gboolean        smalti_store_empty_trash     (SmaltiStore            *self,
                                              gint64                  until,
                                              guint                  *n_removed,
                                              GError                **error);

/* Folders of pictures that the user added; runs know their data by themselves. */
typedef struct
{
  char *path;           /* what tells them apart */
  char *layout;         /* "auto", "folders", ... as of smalti_data_params */
  gint64 added, opened; /* microseconds since 1970; 0 when given to be added: now */
  guint64 n_items;      /* as of the last scan, with what follows; 0: never scanned */
  guint n_classes;
  char *fingerprint;
} SmaltiFolderInfo;

void            smalti_folder_info_free      (SmaltiFolderInfo       *self);
/* One that is there already is brought up to date; when it was added stays. */
gboolean        smalti_store_add_folder      (SmaltiStore            *self,
                                              const SmaltiFolderInfo *info,
                                              GError                **error);
/* (transfer full) (element-type SmaltiFolderInfo): the one opened last comes first. */
GPtrArray      *smalti_store_list_folders    (SmaltiStore            *self,
                                              GError                **error);
/* From the list; the pictures stay where they are. */
gboolean        smalti_store_remove_folder   (SmaltiStore            *self,
                                              const char             *path,
                                              GError                **error);

/* Metrics: "train/loss", "train/lr", "train/accuracy", "val/loss", "val/accuracy", ... Written between begin and commit
 * (or rollback, when something failed) in one transaction. After a resume, points after the step resumed from are taken away first. */
gboolean        smalti_store_begin           (SmaltiStore            *self,
                                              GError                **error);
gboolean        smalti_store_commit          (SmaltiStore            *self,
                                              GError                **error);
void            smalti_store_rollback        (SmaltiStore            *self);
gboolean        smalti_store_add_point       (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *metric,
                                              const SmaltiPoint      *point,
                                              GError                **error);
gboolean        smalti_store_truncate        (SmaltiStore            *self,
                                              gint64                  id,
                                              guint64                 after_step,
                                              GError                **error);
char          **smalti_store_list_metrics    (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
/* (element-type SmaltiPoint): points with step > @after_step (-1: all), in order of steps. */
GArray         *smalti_store_get_points      (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *metric,
                                              gint64                  after_step,
                                              GError                **error);

/* Neighbouring points as one: what a plot shows of a curve that is longer than it is wide. */
typedef struct
{
  guint64 first_step, last_step;
  gdouble first_epoch, last_epoch;
  gdouble first_time, last_time;
  gdouble min, max, mean; /* of the values that are numbers; NaN when none is */
  gdouble last;           /* the last value as it is */
  guint n;                /* points */
} SmaltiBucket;

/* (element-type SmaltiBucket): the points with step > @after_step as @n_buckets of equal ranges of steps at most, those
 * that are empty left out; a point each when there are no more points than that. */
GArray         *smalti_store_get_points_reduced (SmaltiStore         *self,
                                              gint64                  id,
                                              const char             *metric,
                                              gint64                  after_step,
                                              guint                   n_buckets,
                                              GError                **error);

/* What a table of runs shows of a metric (store-summary.c). */

/* Names of the metrics of all runs, sorted. */
char          **smalti_store_list_all_metrics (SmaltiStore           *self,
                                              GError                **error);
/* FALSE without an error when there is none. */
gboolean        smalti_store_get_last_point  (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *metric,
                                              SmaltiPoint            *point,
                                              GError                **error);
typedef struct
{
  gint64 step;             /* of the last point that is in it; -1: none */
  gdouble least, greatest; /* not a number: none */
} SmaltiExtremes;

#define SMALTI_EXTREMES_INIT { -1, NAN, NAN }

/* Reads only what came since @extremes was brought up to date; all of it when the run went back to a checkpoint. */
gboolean        smalti_store_update_extremes (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *metric,
                                              SmaltiExtremes         *extremes,
                                              GError                **error);

/* Artifacts: small named blobs. "preview" (smalti_preview_to_png() and, as the text, smalti_preview_to_json()), "log" (a line
 * of text; a warning begins with "warning: "), "benchmark" (JSON), "change" (JSON; smalti_store_get_changes()). */
gboolean        smalti_store_add_artifact    (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *kind,
                                              guint64                 step,
                                              const char             *text,
                                              GBytes                 *data /* nullable */,
                                              GError                **error);
typedef struct
{
  gint64 rowid;
  guint64 step;
  gint64 time; /* microseconds since 1970 */
  char *text;
  GBytes *data; /* nullable */
} SmaltiArtifact;

void            smalti_artifact_free         (SmaltiArtifact         *self);
/* (element-type SmaltiArtifact): with rowid > @after, in order. */
GPtrArray      *smalti_store_get_artifacts   (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *kind,
                                              gint64                  after,
                                              GError                **error);
/* The same, of those of the highest step there is: what is current, whatever the length of the history. */
GPtrArray      *smalti_store_get_last_artifacts (SmaltiStore         *self,
                                              gint64                  id,
                                              const char             *kind,
                                              gint64                  after,
                                              GError                **error);
/* A step at which there are artifacts. */
typedef struct
{
  guint64 step;
  gint64 time; /* microseconds since 1970: of the first of them */
  guint n;
} SmaltiMoment;

/* (element-type SmaltiMoment): when there are artifacts of @kind, in order of steps, without reading what they hold: what a
 * slider over a run's history goes through. */
GArray         *smalti_store_list_moments    (SmaltiStore            *self,
                                              gint64                  id,
                                              const char             *kind,
                                              GError                **error);
/* (element-type SmaltiArtifact): those of one step, in order. */
GPtrArray      *smalti_store_get_artifacts_at (SmaltiStore           *self,
                                              gint64                  id,
                                              const char             *kind,
                                              guint64                 step,
                                              GError                **error);
/* (element-type SmaltiBenchmark): from the "benchmark" artifacts. */
GPtrArray      *smalti_store_get_benchmarks  (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiRunInfo, smalti_run_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiArtifact, smalti_artifact_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiFolderInfo, smalti_folder_info_free)

G_END_DECLS
