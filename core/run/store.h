/* SPDX-License-Identifier: Apache-2.0 */
/* The store: a folder with `smalti.db` (SQLite, WAL) and `runs/ID/` (checkpoints, report). Runs, specs, metrics, artifacts
 * and where every number came from. Several processes may use one store at once; killing any of them at any instant leaves
 * a history that can be read. A SmaltiStore belongs to one thread; open another for another thread. */
#pragma once

#include <gio/gio.h>

#include "core/eval/benchmark.h"
#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_STORE_VERSION 1

typedef enum
{
  SMALTI_RUN_QUEUED,
  SMALTI_RUN_RUNNING,
  SMALTI_RUN_STOPPED, /* at a checkpoint, by the user */
  SMALTI_RUN_DONE,
  SMALTI_RUN_FAILED,
  SMALTI_RUN_LOST,    /* was running, its process is gone: resume continues it. Never stored: found when read */
} SmaltiRunState;

const char *smalti_run_state_id (SmaltiRunState state);

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
/* (transfer full) (element-type SmaltiRunInfo): newest first. */
GPtrArray      *smalti_store_list_runs       (SmaltiStore            *self,
                                              GError                **error);
SmaltiRunInfo  *smalti_store_get_run         (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
/* A number, "last", or a name (the newest of that name); SMALTI_ERROR_ARGUMENT when there is none. */
SmaltiRunInfo  *smalti_store_find_run        (SmaltiStore            *self,
                                              const char             *text,
                                              GError                **error);
/* Everything but id, spec_yaml and created. */
gboolean        smalti_store_update_run      (SmaltiStore            *self,
                                              const SmaltiRunInfo    *info,
                                              GError                **error);
/* With its folder. A running one is refused. */
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
/* Asks whoever runs it to stop at a checkpoint; the engine looks about every half second. */
gboolean        smalti_store_request_stop    (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);
gboolean        smalti_store_take_stop       (SmaltiStore            *self,
                                              gint64                  id);

/* Metrics: "train/loss", "train/lr", "train/accuracy", "val/loss", "val/accuracy", ... Written between begin and commit
 * in one transaction. After a resume, points after the step resumed from are taken away first. */
gboolean        smalti_store_begin           (SmaltiStore            *self,
                                              GError                **error);
gboolean        smalti_store_commit          (SmaltiStore            *self,
                                              GError                **error);
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

/* Artifacts: small named blobs. "preview" (smalti_preview_to_png() and, as the text, smalti_preview_to_json()), "log" (a line
 * of text; a warning begins with "warning: "), "benchmark" (JSON). */
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
/* (element-type SmaltiBenchmark): from the "benchmark" artifacts. */
GPtrArray      *smalti_store_get_benchmarks  (SmaltiStore            *self,
                                              gint64                  id,
                                              GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiRunInfo, smalti_run_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiArtifact, smalti_artifact_free)

G_END_DECLS
