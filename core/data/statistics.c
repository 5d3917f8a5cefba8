/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over all images on several threads. Sums are whole numbers, so the result does not depend on who adds when.
 */
#include "core/data/dataset.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/dataset-private.h"

#define POLL_MICROSECONDS 50000

typedef struct
{
  guint64 n_readable, n_unreadable, n_grey;
  gint min_width, max_width, min_height, max_height;
  guint64 n_pixels;
  guint64 sum[3], square[3];
  guint64 size[SMALTI_N_SIZE_BINS];
} Sums;

typedef struct
{
  SmaltiDataset *dataset;
  GCancellable *cancellable;
  guint n_items;
  guint next; /* atomic: the item to be taken next */
  GMutex lock;
  GCond finished;
  guint n_running;
  Sums total;
} Measure;

gint
smalti_size_bin_start (guint bin)
{
  return bin == 0 ? 1 : (gint)lround (8 * exp2 (bin / 2.0));
}

static guint
size_bin (gint side)
{
  guint bin = 0;

  while (bin + 1 < SMALTI_N_SIZE_BINS && side >= smalti_size_bin_start (bin + 1))
    bin++;
  return bin;
}

static void
add_image (Sums *sums, const SmaltiImage *image)
{
  gsize n = (gsize)image->width * image->height;
  guint colour = 0;

  for (gsize i = 0; i < n; i++)
    {
      const guint8 *p = image->pixels + i * 3;

      for (int c = 0; c < 3; c++)
        {
          sums->sum[c] += p[c];
          sums->square[c] += (guint)p[c] * p[c];
        }
      colour |= (p[0] ^ p[1]) | (p[1] ^ p[2]);
    }
  sums->n_pixels += n;
  sums->n_readable++;
  sums->n_grey += colour == 0;
  sums->size[size_bin (MIN (image->width, image->height))]++;
  sums->min_width = MIN (sums->min_width, image->width);
  sums->max_width = MAX (sums->max_width, image->width);
  sums->min_height = MIN (sums->min_height, image->height);
  sums->max_height = MAX (sums->max_height, image->height);
}

static void
join_sums (Sums *total, const Sums *part)
{
  total->n_readable += part->n_readable;
  total->n_unreadable += part->n_unreadable;
  total->n_grey += part->n_grey;
  total->n_pixels += part->n_pixels;
  total->min_width = MIN (total->min_width, part->min_width);
  total->max_width = MAX (total->max_width, part->max_width);
  total->min_height = MIN (total->min_height, part->min_height);
  total->max_height = MAX (total->max_height, part->max_height);
  for (int c = 0; c < 3; c++)
    {
      total->sum[c] += part->sum[c];
      total->square[c] += part->square[c];
    }
  for (guint i = 0; i < SMALTI_N_SIZE_BINS; i++)
    total->size[i] += part->size[i];
}

static const Sums none = { .min_width = G_MAXINT, .min_height = G_MAXINT };

static gpointer
run_thread (gpointer data)
{
  Measure *self = data;
  Sums sums = none;
  guint item;

  while (!g_cancellable_is_cancelled (self->cancellable)
         && (item = (guint)g_atomic_int_add ((gint *)&self->next, 1)) < self->n_items)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiImage) image = smalti_dataset_decode (self->dataset, item, 0, &error);

      if (image != NULL)
        add_image (&sums, image);
      else
        {
          smalti_dataset_mark_unreadable (self->dataset, item, error->message);
          sums.n_unreadable++;
        }
    }
  g_mutex_lock (&self->lock);
  join_sums (&self->total, &sums);
  self->n_running--;
  g_cond_signal (&self->finished);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* The calling thread only waits and tells how far the others are. */
static void
run_all (Measure *self, guint n_threads, SmaltiScanProgress progress, gpointer user_data)
{
  g_autofree GThread **threads = g_new0 (GThread *, n_threads);

  self->n_running = n_threads;
  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("smalti-measure", run_thread, self);
  g_mutex_lock (&self->lock);
  while (self->n_running > 0)
    {
      g_cond_wait_until (&self->finished, &self->lock, g_get_monotonic_time () + POLL_MICROSECONDS);
      if (progress != NULL)
        {
          guint done = MIN ((guint)g_atomic_int_get ((gint *)&self->next), self->n_items);

          g_mutex_unlock (&self->lock);
          progress (done, user_data);
          g_mutex_lock (&self->lock);
        }
    }
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
}

guint64 *
smalti_dataset_count_classes (SmaltiDataset *self)
{
  guint64 *counts = g_new0 (guint64, MAX (smalti_dataset_get_n_classes (self), 1));

  for (guint64 i = 0; i < smalti_dataset_get_n_items (self); i++)
    if (smalti_dataset_get_label (self, i) >= 0)
      counts[smalti_dataset_get_label (self, i)]++;
  return counts;
}

static SmaltiDatasetStats *
to_stats (const Sums *sums, SmaltiDataset *dataset)
{
  SmaltiDatasetStats *stats = g_new0 (SmaltiDatasetStats, 1);
  gdouble n = sums->n_pixels;

  stats->n_readable = sums->n_readable;
  stats->n_unreadable = sums->n_unreadable;
  stats->n_grey = sums->n_grey;
  stats->min_width = sums->min_width;
  stats->max_width = sums->max_width;
  stats->min_height = sums->min_height;
  stats->max_height = sums->max_height;
  for (int c = 0; c < 3; c++)
    {
      gdouble mean = sums->sum[c] / n;

      stats->mean[c] = mean / 255.0;
      stats->deviation[c] = sqrt (MAX (sums->square[c] / n - mean * mean, 0.0)) / 255.0;
    }
  stats->n_classes = smalti_dataset_get_n_classes (dataset);
  stats->class_counts = smalti_dataset_count_classes (dataset);
  memcpy (stats->size_counts, sums->size, sizeof sums->size);
  return stats;
}

SmaltiDatasetStats *
smalti_dataset_measure (SmaltiDataset *self, guint n_threads, GCancellable *cancellable, SmaltiScanProgress progress,
                        gpointer user_data, GError **error)
{
  Measure measure
      = { .dataset = self, .cancellable = cancellable, .n_items = smalti_dataset_get_n_items (self), .total = none };

  g_mutex_init (&measure.lock);
  g_cond_init (&measure.finished);
  run_all (&measure, MAX (n_threads, 1), progress, user_data);
  g_mutex_clear (&measure.lock);
  g_cond_clear (&measure.finished);

  if (g_cancellable_is_cancelled (cancellable))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_CANCELLED, _ ("Measuring the data was stopped."));
      return NULL;
    }
  if (measure.total.n_readable == 0)
    {
      g_autofree char *reason = smalti_dataset_first_reason (self);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("None of the %u images can be read; the first: %s"),
                   measure.n_items, reason);
      return NULL;
    }
  return to_stats (&measure.total, self);
}

void
smalti_dataset_stats_free (SmaltiDatasetStats *self)
{
  if (self == NULL)
    return;
  g_free (self->class_counts);
  g_free (self);
}
