/* SPDX-License-Identifier: Apache-2.0 */
/* Backbones as graph builders: an image tensor in, named layers out. Any backbone serves any pretext task; parameter names
 * are torchvision's where it has the network, so that weights travel both ways. */
#pragma once

#include "core/base/param.h"
#include "core/graph/graph.h"

G_BEGIN_DECLS

#define SMALTI_MAX_LAYERS 24

/* A layer whose features the linear benchmark reads: after its ReLU (and pool, where the protocol says so). */
typedef struct
{
  const char *name;  /* "conv1" .. "conv5", "layer1" .. "layer4"; static or owned by the graph */
  SmaltiValue *value; /* (N, C, H, W) */
} SmaltiLayer;

typedef struct
{
  SmaltiLayer layer[SMALTI_MAX_LAYERS];
  guint n_layers;
  SmaltiValue *features; /* the last feature map (N, C, H, W), before any global pool: what a head builds on */
} SmaltiTrunk;

typedef struct
{
  const char *id;    /* "cfn", "resnet18", ... */
  const char *title;
  const char *paper;
  const SmaltiParam *params; /* may be an empty table */
  gint min_input;    /* smallest height and width it takes at its default parameters */

  /* @x (N, 1 or 3, H, W). Parameter names begin with @prefix ("" or "trunk."). A mistake is left in the graph. */
  void (*build) (SmaltiGraph *graph, const SmaltiValues *values, const char *prefix, SmaltiValue *x, SmaltiTrunk *trunk);
} SmaltiBackboneClass;

/* %NULL-terminated, in the order people should see them. */
const SmaltiBackboneClass *const *smalti_backbones      (void);
const SmaltiBackboneClass        *smalti_backbone_find  (const char  *id);

/* Every network in Smalti names its trunk's parameters with this prefix and its head's with the other. */
#define SMALTI_TRUNK_PREFIX "trunk."
#define SMALTI_HEAD_PREFIX "head."

G_END_DECLS
