/* SPDX-License-Identifier: Apache-2.0 */
#include "feature-set.h"

SmaltiFeatureSet *
feature_set_new (guint n, gint channels, gint height, gint width)
{
  SmaltiFeatureSet *self = g_new0 (SmaltiFeatureSet, 1);

  self->n = n;
  self->n_layers = 1;
  self->label = g_new0 (gint32, n);
  self->item = g_new0 (guint32, n);
  self->layer = g_new0 (SmaltiFeatures, 1);
  self->layer[0] = (SmaltiFeatures){
    .layer = g_strdup ("made up"),
    .channels = channels,
    .height = height,
    .width = width,
    .n = n,
    .dim = (gsize)channels * height * width,
  };
  self->layer[0].data = g_new0 (gfloat, n * self->layer[0].dim);
  for (guint i = 0; i < n; i++)
    self->item[i] = i;
  return self;
}

gfloat *
feature_set_row (SmaltiFeatureSet *self, guint i)
{
  return self->layer[0].data + i * self->layer[0].dim;
}

SmaltiFeatureSet *
feature_set_blobs (guint n, gint dim, guint n_classes, gdouble distance, guint64 seed)
{
  SmaltiFeatureSet *self = feature_set_new (n, dim, 1, 1);
  SmaltiRandom random;

  for (guint i = 0; i < n; i++)
    {
      SmaltiRandom centre;

      self->label[i] = i % n_classes;
      smalti_random_init (&centre, 1, SMALTI_STREAM_TEST, 1, self->label[i]);
      smalti_random_init (&random, seed, SMALTI_STREAM_TEST, 0, i);
      for (gint j = 0; j < dim; j++)
        feature_set_row (self, i)[j] = distance * smalti_random_normal (&centre) + smalti_random_normal (&random);
    }
  return self;
}
