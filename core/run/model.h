/* SPDX-License-Identifier: Apache-2.0 */
/* A trained network brought back from a run's checkpoint, to answer and to be measured. One thread at a time. */
#pragma once

#include "core/run/checkpoint.h"
#include "core/run/store.h"

G_BEGIN_DECLS

typedef struct _SmaltiModel SmaltiModel;

/* What the checkpoint in @run_folder says: its spec, what was measured of its images, its weights. SMALTI_ERROR_CHECKPOINT
 * when there is none, or it is damaged. @n_threads: 0 for all there are. */
SmaltiModel   *smalti_model_open       (const char          *run_folder,
                                        const char          *device,
                                        guint                n_threads,
                                        GError             **error);
void           smalti_model_free       (SmaltiModel         *self);
SmaltiSpec    *smalti_model_get_spec   (SmaltiModel         *self);
/* FALSE with SMALTI_ERROR_CHECKPOINT unless it is the network that @spec describes: someone may have copied a checkpoint
 * into another run's folder. */
gboolean       smalti_model_check_spec (SmaltiModel         *self,
                                        const SmaltiSpec    *spec,
                                        GError             **error);
/* The pretext task on one image: the puzzle drawn from @seed. SMALTI_ERROR_ARGUMENT for random weights, which answer
 * nothing. */
SmaltiPreview *smalti_model_predict    (SmaltiModel         *self,
                                        const SmaltiImage   *image,
                                        guint64              seed,
                                        GError             **error);
/* Colorization at the image's own size: predicted ab on its full-size L; %NULL with an error for other methods. */
SmaltiImage   *smalti_model_colorize   (SmaltiModel         *self,
                                        const SmaltiImage   *image,
                                        GError             **error);
/* The same at another temperature: 1 gives the mean (dull), near 0 the most likely (patchy); negative: the run's own. */
SmaltiImage   *smalti_model_colorize_at (SmaltiModel         *self,
                                         const SmaltiImage   *image,
                                         gfloat               temperature,
                                         GError             **error);
/* (transfer full): what smalti_color_answer_paint() needs to do so again and again (while a slider moves) without asking the
 * network. */
SmaltiColorAnswer *smalti_model_color_answer (SmaltiModel        *self,
                                              const SmaltiImage  *image,
                                              GError            **error);
/* The benchmark on it, as @values (of smalti_eval_params) say; @done gets each layer's result as it is there. Without a
 * folder in @values it is measured on the images of its own spec. What it leaves behind (core/eval/evaluation-archive.h)
 * goes to the run's folder, in the place of what was there of the same layers. */
gboolean       smalti_model_evaluate   (SmaltiModel         *self,
                                        const SmaltiValues  *values,
                                        guint64              seed,
                                        GCancellable        *cancellable,
                                        SmaltiEvalProgress   progress,
                                        SmaltiBenchmarkFunc  done,
                                        gpointer             user_data,
                                        GError             **error);
/* Features of @split's images, labelled or not, at one layer averaged to at most @max_dim numbers; with @max_images other
 * than 0 of so many, spread evenly over it. SMALTI_ERROR_ARGUMENT when there is no such layer. */
SmaltiFeatureSet *smalti_model_extract (SmaltiModel         *self,
                                        SmaltiDataset       *dataset,
                                        SmaltiSplit          split,
                                        const char          *layer,
                                        gint                 max_dim,
                                        guint                max_images,
                                        GCancellable        *cancellable,
                                        SmaltiEvalProgress   progress,
                                        gpointer             user_data,
                                        GError             **error);
/* The same of one image from anywhere: a set of one, without a label. */
SmaltiFeatureSet *smalti_model_extract_image (SmaltiModel   *self,
                                        const SmaltiImage   *image,
                                        const char          *layer,
                                        gint                 max_dim,
                                        GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiModel, smalti_model_free)

G_END_DECLS
