/* SPDX-License-Identifier: Apache-2.0 */
#include "core/eval/retrieval.h"

#include <math.h>

#include "core/eval/nearest-private.h"

struct _SmaltiRetrieval
{
  const SmaltiFeatures *features;
  gfloat *inverse; /* 1 / length of each row */
};

SmaltiRetrieval *
smalti_retrieval_new (const SmaltiFeatures *features, GError **error)
{
  gfloat *inverse = smalti_inverse_lengths (features, error);
  SmaltiRetrieval *self;

  if (inverse == NULL)
    return NULL;
  self = g_new0 (SmaltiRetrieval, 1);
  self->features = features;
  self->inverse = inverse;
  return self;
}

void
smalti_retrieval_free (SmaltiRetrieval *self)
{
  if (self == NULL)
    return;
  g_free (self->inverse);
  g_free (self);
}

static guint
find (const SmaltiRetrieval *self, const gfloat *feature, gfloat inverse, gint64 left_out, guint k,
      SmaltiNeighbour *found)
{
  const SmaltiPoints points
      = { .data = self->features->data, .n = self->features->n, .dim = self->features->dim, .scale = self->inverse };
  guint n_found;

  smalti_nearest_search (&points, feature, &inverse, 1, left_out, k, found, &n_found);
  smalti_nearest_sort (found, n_found);
  return n_found;
}

guint
smalti_retrieval_find (const SmaltiRetrieval *self, guint image, guint k, SmaltiNeighbour *found)
{
  g_return_val_if_fail (image < self->features->n, 0);

  return find (self, self->features->data + image * self->features->dim, self->inverse[image], image, k, found);
}

guint
smalti_retrieval_find_new (const SmaltiRetrieval *self, const gfloat *feature, guint k, SmaltiNeighbour *found)
{
  gdouble squares = 0;

  for (gsize j = 0; j < self->features->dim; j++)
    squares += (gdouble)feature[j] * feature[j];
  if (!isfinite (squares) || squares <= 0)
    return 0;
  return find (self, feature, 1 / sqrt (squares), -1, k, found);
}
