/* SPDX-License-Identifier: Apache-2.0 */
/* A graph compiled for a device: operators nobody needs left out, kernels prepared, every buffer placed in one arena.
 * Running it allocates nothing. */
#pragma once

#include "core/device/device.h"
#include "core/device/weights.h"
#include "core/graph/graph.h"

G_BEGIN_DECLS

typedef struct _SmaltiProgram SmaltiProgram;

/**
 * smalti_program_compile:
 * @graph: must outlive the program
 * @outputs: what must still be readable after a run; all else may share memory. Gradients of trainable PARAMs count as
 *   outputs when @graph was differentiated
 * @weights: holds (or gets, from @seed) every PARAM and STATE of @graph; referenced
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_SHAPE, SMALTI_ERROR_DEVICE, or SMALTI_ERROR_MEMORY naming the bytes needed
 */
SmaltiProgram *smalti_program_compile      (SmaltiGraph             *graph,
                                            SmaltiValue            **outputs,
                                            guint                    n_outputs,
                                            SmaltiDevice            *device,
                                            SmaltiPrecision          precision,
                                            SmaltiWeights           *weights,
                                            guint64                  seed,
                                            GError                 **error);
void           smalti_program_free         (SmaltiProgram           *self);

/* An INPUT of the graph; the tensor's shape is the value's, its dtype f32 or u8 for float values, i32 for integers. */
void           smalti_program_write        (SmaltiProgram           *self,
                                            SmaltiValue             *input,
                                            const SmaltiTensor      *tensor);
void           smalti_program_run          (SmaltiProgram           *self,
                                            const SmaltiRunContext  *context);
/* One of the outputs; waits for the device. */
void           smalti_program_read         (SmaltiProgram           *self,
                                            SmaltiValue             *output,
                                            SmaltiTensor            *tensor);
/* A scalar output; waits. */
gfloat         smalti_program_read_scalar  (SmaltiProgram           *self,
                                            SmaltiValue             *output);
/* Where an output (a gradient) lies on the device. */
SmaltiBuffer   smalti_program_buffer       (SmaltiProgram           *self,
                                            SmaltiValue             *output);
SmaltiDevice  *smalti_program_get_device   (SmaltiProgram           *self);
SmaltiWeights *smalti_program_get_weights  (SmaltiProgram           *self);
SmaltiGraph   *smalti_program_get_graph    (SmaltiProgram           *self);

/* The arena: all that running needs beside the weights. Known before anything is allocated. */
gsize          smalti_program_arena_bytes  (const SmaltiProgram     *self);
guint          smalti_program_n_kernels    (const SmaltiProgram     *self);
/* Seconds spent in each operator over @n_runs runs, slowest first, as a table for people; free with g_free(). */
char          *smalti_program_profile      (SmaltiProgram           *self,
                                            guint                    n_runs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiProgram, smalti_program_free)

G_END_DECLS
