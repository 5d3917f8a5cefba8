/* SPDX-License-Identifier: Apache-2.0 */
/* One operator in a graph of its own, with data for its sources, a loss behind it and the gradients of all that has one;
 * and the same graph run on a device. */
#pragma once

#include "core/device/program.h"
#include "core/graph/graph.h"

/* What a source holds. */
typedef enum
{
  DATA_NORMAL,        /* mean 0, deviation 1 */
  DATA_SHIFTED,       /* mean 8, deviation 1: variances that cancel if computed badly */
  DATA_LARGE,         /* deviation 30: exponentials that overflow if computed badly */
  DATA_POSITIVE,      /* uniform in 0.5 .. 1.5 */
  DATA_TIES,          /* -1, 0 or 1 */
  DATA_ZERO,
  DATA_DISTRIBUTION,  /* positive; sums to 1 over dimension 1 */
  DATA_INDEX,         /* uniform in 0 .. n_classes - 1 */
  DATA_INDEX_OR_NONE, /* the same, every third -1 */
  DATA_NO_INDEX,      /* -1 */
} Data;

typedef struct
{
  SmaltiValue *value;
  SmaltiTensor *tensor; /* f32 or i32 */
} Source;

/* A value to be looked at after a run. */
typedef struct
{
  SmaltiValue *value;
  char *label;
  gboolean is_gradient;
  SmaltiValue *of; /* whose gradient */
} Watched;

typedef struct
{
  SmaltiGraph *graph;
  guint32 seed;
  GArray *sources;       /* Source */
  GPtrArray *wrt;        /* inputs whose gradient is asked for */
  GArray *watched;       /* Watched */
  gboolean hidden;
  SmaltiValue *y, *loss; /* loss: NULL when there is no gradient */
} Trial;

typedef struct
{
  const Trial *trial;
  SmaltiDevice *device;
  SmaltiPrecision precision;
  SmaltiWeights *weights;
  SmaltiProgram *program;
} Run;

/* @seed: names the data; the same text draws the same.
 * @hidden: the operator reads copies of its inputs and nobody but a copy reads its output, so that all of them may share
 *   memory and be overwritten; else they are kept apart to be looked at. */
Trial        *trial_new           (const char          *seed,
                                   gboolean             training,
                                   gboolean             hidden);
void          trial_free          (Trial               *self);
/* Float inputs are differentiated by. @n_classes is of indices. */
SmaltiValue  *trial_input         (Trial               *self,
                                   const char          *name,
                                   SmaltiValueClass     klass,
                                   SmaltiShape          shape,
                                   Data                 data,
                                   gint                 n_classes);
/* The same, but no gradient is asked for. */
SmaltiValue  *trial_constant      (Trial               *self,
                                   const char          *name,
                                   SmaltiValueClass     klass,
                                   SmaltiShape          shape,
                                   Data                 data,
                                   gint                 n_classes);
SmaltiValue  *trial_param         (Trial               *self,
                                   const char          *name,
                                   SmaltiShape          shape,
                                   Data                 data);
SmaltiValue  *trial_state         (Trial               *self,
                                   const char          *name,
                                   SmaltiShape          shape,
                                   Data                 data);
/* Replaces what a source holds by @n numbers written out. */
void          trial_set           (Trial               *self,
                                   SmaltiValue         *source,
                                   const gdouble       *numbers,
                                   gint64               n);
/* @y is what the operator gives. Fuses if asked; unless @forward_only adds a loss (@y itself, tripled, if a scalar, else
 * the mean squared distance from random numbers: gradients that are random too) and its gradients. */
void          trial_finish        (Trial               *self,
                                   SmaltiValue         *y,
                                   gboolean             fuse,
                                   gboolean             forward_only);
guint         trial_count         (const Trial         *self,
                                   SmaltiOp             op);
/* Sources hold only numbers that bf16 can: then a device that computes in it is given exactly what the reference is. */
void          trial_round_to_bf16 (Trial               *self);

/* FALSE when the device can't. */
gboolean      run_init            (Run                 *self,
                                   const Trial         *trial,
                                   SmaltiDevice        *device,
                                   SmaltiPrecision      precision,
                                   GError             **error);
void          run_clear           (Run                 *self);
/* Writes every source. */
void          run_write           (Run                 *self);
/* One source, from numbers of any float type. */
void          run_write_source    (Run                 *self,
                                   const Source        *source,
                                   const SmaltiTensor  *tensor);
/* Fills every watched value with what is not a number: a kernel must write all of its output. */
void          run_poison          (Run                 *self);
void          run_go              (Run                 *self);
/* (transfer full): f64 whatever the device. */
SmaltiTensor *run_read            (Run                 *self,
                                   SmaltiValue         *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Trial, trial_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)
