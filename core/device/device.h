/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of a device: prepare an operator with its shapes -> a kernel; run kernels in order.
 *
 * A device is opened, used and closed on one thread (the engine's). Runs and copies are queued in order on the device's
 * one stream and may return before they are done; smalti_device_wait() waits. The processor's devices are simply always
 * done. Three implementations: `reference` (plain loops in double: the oracle of every test), `cpu`, and `cuda` from a
 * loadable module. */
#pragma once

#include <glib-object.h>

#include "core/graph/graph.h"
#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef struct _SmaltiDevice SmaltiDevice;
typedef struct _SmaltiDeviceClass SmaltiDeviceClass;
typedef struct _SmaltiKernel SmaltiKernel;

typedef enum
{
  SMALTI_PRECISION_F32,
  SMALTI_PRECISION_BF16, /* activations in bf16; master weights, gradients of weights, statistics, losses in f32 */
} SmaltiPrecision;

/* A piece of device memory; on processors a pointer. Never dereferenced outside the device. */
typedef struct
{
  guint8 *data;
  gsize n_bytes;
} SmaltiBuffer;

/* What a kernel may need to know about the run that is not in its buffers. */
typedef struct
{
  guint64 seed;
  guint64 step; /* counts optimizer steps; dropout draws from (seed, step, node, element) */
} SmaltiRunContext;

/**
 * SmaltiKernel:
 *
 * One prepared operator. A device allocates a larger struct that begins with this one. Its buffers are fixed by
 * `bind` once the arena is laid out, so that `run` only computes.
 */
struct _SmaltiKernel
{
  const SmaltiNode *node;
  gsize scratch_bytes; /* memory it wants while it runs; planned into the arena */
  SmaltiBuffer input[SMALTI_MAX_INPUTS];
  SmaltiBuffer output[SMALTI_MAX_OUTPUTS];
  SmaltiBuffer scratch;
};

/* How the optimizer changes parameters: everything that is the same for all of them. */
typedef enum
{
  SMALTI_UPDATE_SGD,   /* one state: momentum. v <- m v + g; p <- p - lr (nesterov ? g + m v : v): PyTorch's form */
  SMALTI_UPDATE_ADAMW, /* two states: first and second moment. Loshchilov & Hutter 2019: decay is apart from g */
  SMALTI_UPDATE_LARS,  /* one state. You, Gitman & Ginsburg 2017, algorithm 1: lr is scaled per tensor by
                          trust |p| / (|g| + decay |p|), by 1 where a norm is 0; v <- m v + scaled lr (g + decay p);
                          p <- p - v */
} SmaltiUpdateKind;

typedef struct
{
  SmaltiUpdateKind kind;
  gboolean nesterov;
  gfloat lr, momentum, beta1, beta2, eps, trust;
  gfloat clip_norm; /* gradients are scaled so that their common L2 norm is at most this; 0: not */
  guint64 step;     /* 1 at the first update: AdamW's bias correction */
} SmaltiUpdateRule;

typedef struct
{
  SmaltiBuffer param, grad, state[2]; /* f32, all of one size and layout */
  gint64 n_elements;
  gfloat weight_decay; /* SGD, LARS: added to the gradient; AdamW: decoupled */
  gboolean adapt;      /* LARS: norms and biases are not scaled */
} SmaltiUpdateItem;

typedef struct
{
  char *name;       /* "AMD EPYC, 2 threads" */
  char *features;   /* "avx512 bf16 amx", in words for people */
  gboolean has_bf16; /* bf16 is faster than f32 on it: what precision `auto` chooses */
  gsize memory_bytes;
  guint n_threads;
} SmaltiDeviceInfo;

struct _SmaltiDeviceClass
{
  const char *id; /* "cpu", "reference", "cuda" */

  SmaltiDevice *(*open)    (gint              index,
                            guint             n_threads,
                            GError          **error);
  void          (*close)   (SmaltiDevice     *self);

  gboolean      (*alloc)   (SmaltiDevice     *self,
                            gsize             n_bytes,
                            SmaltiBuffer     *buffer,
                            GError          **error); /* zero filled, 64-byte aligned */
  void          (*release) (SmaltiDevice     *self,
                            SmaltiBuffer     *buffer);

  /* Bytes @value takes in this device's own layout and @precision. PARAM and STATE values are laid out the same in every
   * precision, so that programs of both share weights. */
  gsize         (*storage) (SmaltiDevice      *self,
                            const SmaltiValue *value,
                            SmaltiPrecision    precision);
  /* Between a host tensor (f32, u8 as 0..255 or i32; shape of @value) and the device's layout of @value. write may return
   * before the host tensor is read only if the device copied it. */
  void          (*write)   (SmaltiDevice       *self,
                            const SmaltiValue  *value,
                            SmaltiPrecision     precision,
                            SmaltiBuffer        to,
                            const SmaltiTensor *from);
  void          (*read)    (SmaltiDevice       *self,
                            const SmaltiValue  *value,
                            SmaltiPrecision     precision,
                            SmaltiBuffer        from,
                            SmaltiTensor       *to); /* f32 or i32, waits */

  /* Whether @node's first output may lie where its @input-th input lies (both die and are born there). */
  gboolean      (*in_place) (SmaltiDevice      *self,
                             const SmaltiNode  *node,
                             guint              input,
                             SmaltiPrecision    precision);

  /* %NULL and SMALTI_ERROR_DEVICE when it can't do @node: the message names it. */
  SmaltiKernel *(*prepare)  (SmaltiDevice      *self,
                             const SmaltiNode  *node,
                             SmaltiPrecision    precision,
                             GError           **error);
  /* Once, after the buffers in the kernel have been set. Packed copies of weights are made per run. */
  gboolean      (*bind)     (SmaltiDevice      *self,
                             SmaltiKernel      *kernel,
                             GError           **error);
  void          (*destroy)  (SmaltiDevice      *self,
                             SmaltiKernel      *kernel);
  /* Queues @kernels in order. No allocation, no waiting. */
  void          (*run)      (SmaltiDevice           *self,
                             SmaltiKernel          **kernels,
                             guint                   n_kernels,
                             const SmaltiRunContext *context);
  /* One optimizer step over all parameters; the common norm of the gradients before clipping goes to @norm (f32). */
  void          (*update)   (SmaltiDevice           *self,
                             const SmaltiUpdateRule *rule,
                             const SmaltiUpdateItem *items,
                             guint                   n_items,
                             SmaltiBuffer            norm);
  void          (*wait)     (SmaltiDevice     *self);
};

/* Devices begin with this struct. */
struct _SmaltiDevice
{
  const SmaltiDeviceClass *klass;
  SmaltiDeviceInfo info;
  gsize allocated;                /* bytes now held through alloc */
  SmaltiDeviceClass *planning;     /* (nullable): its class, when it only plans; owned */
};

extern const SmaltiDeviceClass smalti_reference_device_class;
extern const SmaltiDeviceClass smalti_cpu_device_class;

/* Whether it is a name that smalti_device_open() takes, be there such a device or not. */
gboolean      smalti_device_is_known  (const char        *spec);

/**
 * smalti_device_open:
 * @spec: "auto", "cpu", "reference", "cuda", "cuda:1"
 * @n_threads: 0 for as many as the process may use (its affinity and cgroup limit)
 *
 * Opens on the calling thread, which must be the only one to use it. Sets the threads of every numerical library once.
 *
 * Returns: (nullable): %NULL with SMALTI_ERROR_ARGUMENT or SMALTI_ERROR_DEVICE; the message says why there is no such
 *   device
 */
SmaltiDevice *smalti_device_open      (const char        *spec,
                                       guint              n_threads,
                                       GError           **error);
void          smalti_device_close     (SmaltiDevice      *self);
void          smalti_device_wait      (SmaltiDevice      *self);
/* Has a device on which nothing is allocated yet count memory and take none: weights, programs and optimizers can be made
 * on it as on any other, and @allocated says what they would hold. None of them may be run, written or read. */
void          smalti_device_plan_only (SmaltiDevice      *self);
/* Processors this process may run on. */
guint         smalti_device_n_processors (void);
/* First thing in main(), with its @argv: has the numerical libraries' threads sleep while they wait for work, as long as
 * the user's environment does not say how they should wait. Starts the program once more, since OpenMP reads that before
 * main(); on a failure it returns, and threads spin. */
void          smalti_device_let_threads_sleep (char **argv);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiDevice, smalti_device_close)

G_END_DECLS
