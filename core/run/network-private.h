/* SPDX-License-Identifier: Apache-2.0 */
/* A method's network on a backbone, compiled for training or for looking; the run, the trained model and the speed
 * measurement are made of it. */
#pragma once

#include "core/data/loader.h"
#include "core/device/program.h"
#include "core/run/spec.h"

G_BEGIN_DECLS

typedef struct
{
  SmaltiGraph *graph;
  SmaltiPretextGraph parts;
  SmaltiProgram *program; /* %NULL for methods that do not train */
  guint batch;
} SmaltiNetwork;

/* What the spec's precision means on a device. */
SmaltiPrecision smalti_network_precision (const SmaltiSpec       *spec,
                                          const SmaltiDeviceInfo *device);
/* How many threads prepare images, as the spec says or as the machine has. */
guint           smalti_network_n_loader_threads (const SmaltiSpec *spec);
/* Builds, fuses, differentiates when @training, and compiles; @weights get what they lack, from the spec's seed. */
gboolean        smalti_network_build     (SmaltiNetwork          *self,
                                          const SmaltiSpec       *spec,
                                          SmaltiPretext          *pretext,
                                          gboolean                training,
                                          guint                   batch,
                                          SmaltiDevice           *device,
                                          SmaltiPrecision         precision,
                                          SmaltiWeights          *weights,
                                          GError                **error);
void            smalti_network_clear     (SmaltiNetwork          *self);
/* Zeroed tensors for a batch of @sampler's fields; n_fields of them to unref. */
void            smalti_network_new_fields (const SmaltiSampler   *sampler,
                                           guint                  batch,
                                           SmaltiTensor         **fields);
/* Draws @image as the @i-th of a batch into its part of @fields. */
void            smalti_network_draw      (const SmaltiSampler    *sampler,
                                          const SmaltiImage      *image,
                                          gint                    label,
                                          SmaltiRandom           *random,
                                          gboolean                training,
                                          guint                   i,
                                          SmaltiTensor *const    *fields);
/* Writes a batch's fields to the network's inputs. */
void            smalti_network_write     (const SmaltiNetwork    *self,
                                          const SmaltiSampler    *sampler,
                                          SmaltiTensor *const    *fields);
/* Fills @weights from a checkpoint, if it is of the spec's method and backbone. */
gboolean        smalti_network_load      (const SmaltiSpec       *spec,
                                          SmaltiWeights          *weights,
                                          const SmaltiTensorFile *saved,
                                          GError                **error);

G_END_DECLS
