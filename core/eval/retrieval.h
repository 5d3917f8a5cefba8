/* SPDX-License-Identifier: Apache-2.0 */
/* Which images of a set look alike to a network: nearest neighbours by the cosine of their features. */
#pragma once

#include "core/eval/features.h"

G_BEGIN_DECLS

typedef struct
{
  gfloat similarity; /* of directions: 1 the same, 0 nothing in common */
  guint image;       /* row of the features */
} SmaltiNeighbour;

/**
 * SmaltiRetrieval:
 *
 * Immutable: any thread may search.
 */
typedef struct _SmaltiRetrieval SmaltiRetrieval;

/* @features must outlive it. SMALTI_ERROR_DATA when one is not a finite number. */
SmaltiRetrieval *smalti_retrieval_new      (const SmaltiFeatures  *features,
                                            GError               **error);
void             smalti_retrieval_free     (SmaltiRetrieval       *self);
/* The @k nearest of row @image, itself left out; nearest first into @found. Returns how many there are. */
guint            smalti_retrieval_find     (const SmaltiRetrieval *self,
                                            guint                  image,
                                            guint                  k,
                                            SmaltiNeighbour       *found);
/* The same for an image that is none of the set: its features, dim of them. None when they are all zero or not finite. */
guint            smalti_retrieval_find_new (const SmaltiRetrieval *self,
                                            const gfloat          *feature,
                                            guint                  k,
                                            SmaltiNeighbour       *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiRetrieval, smalti_retrieval_free)

G_END_DECLS
