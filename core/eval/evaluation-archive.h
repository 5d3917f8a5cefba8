/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement leaves behind in the run's folder, one file a layer and protocol: which images were asked about, what
 * they are, what the classifier took each for, and their features. With it a confusion leads to its images, neighbours are
 * found and maps are drawn without the network.
 *
 * Features are kept as bf16 (half of the bytes; a cosine is off by less than 0.005) and within a bound: a layer that is
 * too much for it is averaged to a coarser grid, and if one number a channel is still too much, only so many images,
 * spread evenly, keep theirs. Labels and answers are kept of all. */
#pragma once

#include "core/eval/benchmark.h"

G_BEGIN_DECLS

/* Of all layers of an evaluation together. */
#define SMALTI_EVALUATION_ARCHIVE_BYTES ((guint64)200 << 20)

/**
 * SmaltiEvaluationArchive:
 *
 * Immutable but for its reference count; any thread may read.
 */
typedef struct _SmaltiEvaluationArchive SmaltiEvaluationArchive;

/**
 * smalti_evaluation_archive_write:
 * @folder: of the run
 * @benchmark: as it comes from the probe or the neighbours, with its answers
 * @test: what was measured on
 * @layer: which of @test's
 * @max_bytes: of features
 * @kept: (out) (optional) (nullable) (transfer full): %NULL when all features are kept, else for people how they were
 *   reduced; free with g_free()
 *
 * Atomic; what was there of this layer and protocol is replaced.
 */
gboolean                 smalti_evaluation_archive_write          (const char              *folder,
                                                                   const SmaltiBenchmark   *benchmark,
                                                                   const SmaltiFeatureSet  *test,
                                                                   guint                    layer,
                                                                   SmaltiDataset           *dataset,
                                                                   guint64                  max_bytes,
                                                                   char                   **kept,
                                                                   GError                 **error);
/* Takes away all of them; before another evaluation. */
gboolean                 smalti_evaluation_archive_clear          (const char              *folder,
                                                                   GError                 **error);
/* Layers measured by @protocol ("linear", "knn") whose archives are there, %NULL-terminated, in byte order; free with
 * g_strfreev(). None is no error. */
char                   **smalti_evaluation_archive_list           (const char              *folder,
                                                                   const char              *protocol);
/* (nullable): which images it is of, without reading the rest; %NULL when there is none, or it is damaged. Free with g_free(). */
char                    *smalti_evaluation_archive_find_fingerprint (const char            *folder,
                                                                   const char              *protocol,
                                                                   const char              *layer);
/* Reads all of it; off the main thread. SMALTI_ERROR_FORMAT when it is damaged. */
SmaltiEvaluationArchive *smalti_evaluation_archive_read           (const char              *folder,
                                                                   const char              *protocol,
                                                                   const char              *layer,
                                                                   GError                 **error);
SmaltiEvaluationArchive *smalti_evaluation_archive_ref            (SmaltiEvaluationArchive *self);
void                     smalti_evaluation_archive_unref          (SmaltiEvaluationArchive *self);

const char              *smalti_evaluation_archive_get_layer      (SmaltiEvaluationArchive *self);
const char              *smalti_evaluation_archive_get_protocol   (SmaltiEvaluationArchive *self);
/* The folder of the images, and which images they were: those of two archives are the same when their fingerprints are. */
const char              *smalti_evaluation_archive_get_data_path  (SmaltiEvaluationArchive *self);
const char              *smalti_evaluation_archive_get_fingerprint (SmaltiEvaluationArchive *self);
guint                    smalti_evaluation_archive_get_n_images   (SmaltiEvaluationArchive *self);
guint                    smalti_evaluation_archive_get_n_classes  (SmaltiEvaluationArchive *self);
const char              *smalti_evaluation_archive_get_class_name (SmaltiEvaluationArchive *self,
                                                                   guint                    klass);
/* (transfer none): n_images of each: the class it is of, the class it was taken for, the data set's item. */
const gint32            *smalti_evaluation_archive_get_labels     (SmaltiEvaluationArchive *self);
const gint32            *smalti_evaluation_archive_get_answers    (SmaltiEvaluationArchive *self);
const guint32           *smalti_evaluation_archive_get_items      (SmaltiEvaluationArchive *self);
/* As smalti_dataset_get_item_name() has it. */
const char              *smalti_evaluation_archive_get_item_name  (SmaltiEvaluationArchive *self,
                                                                   guint                    image);
/* Images of class @truth taken for class @answer, ascending; (element-type guint). */
GArray                  *smalti_evaluation_archive_find           (SmaltiEvaluationArchive *self,
                                                                   guint                    truth,
                                                                   guint                    answer);
/* Decodes it from where it was; blocks. @min_side as in smalti_image_load(). An error when it is gone. */
SmaltiImage             *smalti_evaluation_archive_load           (SmaltiEvaluationArchive *self,
                                                                   guint                    image,
                                                                   gint                     min_side,
                                                                   GError                 **error);
/* (transfer none): row r is of image get_rows()[r]; get_features()->n rows, fewer than images when the bound was met. */
const SmaltiFeatures    *smalti_evaluation_archive_get_features   (SmaltiEvaluationArchive *self);
const guint32           *smalti_evaluation_archive_get_rows       (SmaltiEvaluationArchive *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiEvaluationArchive, smalti_evaluation_archive_unref)

G_END_DECLS
