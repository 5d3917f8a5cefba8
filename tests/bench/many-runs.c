/* SPDX-License-Identifier: Apache-2.0 */
/* Written as an engine writes: point by point, a run in a transaction. */
#include "tests/bench/many-runs.h"

#include <math.h>

static const char *const metrics[] = { "train/loss", "train/accuracy", "train/lr", "train/grad_norm", "val/loss" };

static void
must (gboolean ok, const GError *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static gint64
add_run (SmaltiStore *store, guint i)
{
  g_autoptr (SmaltiSpec) spec = smalti_spec_new (smalti_pretext_find ("jigsaw"), smalti_backbone_find ("cfn"));
  g_autofree char *name = g_strdup_printf ("run %u", i);
  g_autoptr (GError) error = NULL;
  gint64 id;

  must (smalti_spec_set (spec, "name", name, &error) && smalti_spec_set (spec, "data.path", "/pictures", &error),
        error);
  id = smalti_store_add_run (store, spec, &error);
  must (id > 0, error);
  return id;
}

static void
add_points (SmaltiStore *store, gint64 id, const char *metric, guint n)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      SmaltiPoint point
          = { .step = i + 1, .epoch = i * 1e-3, .time = i * 0.05, .value = exp (-1e-4 * i) + 0.1 * sin (i * 0.7) };

      must (smalti_store_add_point (store, id, metric, &point, &error), error);
    }
}

static void
set_done (SmaltiStore *store, gint64 id, guint n_steps)
{
  g_autoptr (SmaltiRunInfo) info = smalti_store_get_run (store, id, NULL);

  info->state = SMALTI_RUN_DONE;
  info->step = info->n_steps = n_steps;
  must (smalti_store_update_run (store, info, NULL), NULL);
}

void
add_many_runs (SmaltiStore *store, guint n_runs, guint n_points)
{
  guint each = n_points / G_N_ELEMENTS (metrics);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_runs; i++)
    {
      gint64 id = add_run (store, i);

      must (smalti_store_begin (store, &error), error);
      for (guint m = 0; m < G_N_ELEMENTS (metrics); m++)
        add_points (store, id, metrics[m], each);
      set_done (store, id, each);
      must (smalti_store_commit (store, &error), error);
    }
}

gint64
add_long_run (SmaltiStore *store, guint n_points)
{
  gint64 id = add_run (store, 0);

  must (smalti_store_begin (store, NULL), NULL);
  add_points (store, id, "train/loss", n_points);
  set_done (store, id, n_points);
  must (smalti_store_commit (store, NULL), NULL);
  return id;
}
