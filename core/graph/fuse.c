/* SPDX-License-Identifier: Apache-2.0 */
/* Fusion: ReLU into the operator before it, addition into the batch norm before it.
 *
 * It is the last value that survives: the ReLU's output becomes the first output of the operator that swallowed it, for
 * that is the value which others hold (a trunk's layers, a loss). What disappears is the value between. */
#include "core/graph/graph-private.h"

typedef struct
{
  SmaltiGraph *graph;
  guint *n_readers; /* by value id, before anything was fused; fusing changes no survivor's */
  gboolean *kept;   /* by value id */
} Fusion;

/* Nobody but one node reads it, and nobody asked for it. */
static gboolean
is_between (const Fusion *self, const SmaltiValue *value)
{
  return value->output == 0 && self->n_readers[value->id] == 1 && !self->kept[value->id];
}

/* @node goes; its output becomes @into's first in place of what @node read there. */
static void
swallow (Fusion *self, SmaltiNode *into, SmaltiNode *node)
{
  SmaltiValue *between = into->output[0], *survivor = node->output[0];

  into->output[0] = survivor;
  survivor->producer = into;
  survivor->output = 0;
  g_ptr_array_add (self->graph->former_values, between);
  g_ptr_array_add (self->graph->former_nodes, node);
  self->graph->nodes->pdata[node->id] = NULL;
}

static void
fuse_relu (Fusion *self, SmaltiNode *relu)
{
  SmaltiValue *x = relu->input[0];
  SmaltiNode *into = x->producer;

  if (!is_between (self, x))
    return;
  switch (into->op)
    {
    case SMALTI_OP_CONV:
    case SMALTI_OP_CONV_TRANSPOSE:
    case SMALTI_OP_LINEAR:
    case SMALTI_OP_ADD:
      into->relu = TRUE;
      break;
    case SMALTI_OP_BATCH_NORM:
      into->attr.norm.relu = TRUE;
      break;
    default:
      return;
    }
  swallow (self, into, relu);
}

/* Whether @norm may run where @add stands now, though other nodes stand between: its inputs are there earlier still,
 * its output is read by @add alone, but a batch norm between that shares its running statistics would be overtaken. */
static gboolean
can_move (const Fusion *self, const SmaltiNode *norm, const SmaltiNode *add)
{
  for (guint i = norm->id + 1; i < add->id; i++)
    {
      const SmaltiNode *node = self->graph->nodes->pdata[i];

      for (guint j = 0; node != NULL && j < node->n_inputs; j++)
        {
          for (guint k = 3; k < 5; k++)
            if (node->input[j] == norm->input[k])
              return FALSE;
          for (guint k = 1; k < norm->n_outputs; k++)
            if (node->input[j] == norm->output[k])
              return FALSE;
        }
    }
  return TRUE;
}

static gboolean
fuse_into_norm (Fusion *self, SmaltiNode *add, SmaltiValue *normed, SmaltiValue *residual)
{
  SmaltiNode *norm = normed->producer;
  guint at = add->id;

  if (norm->op != SMALTI_OP_BATCH_NORM || norm->attr.norm.residual || norm->attr.norm.relu
      || !is_between (self, normed))
    return FALSE;
  if (residual->producer->id > norm->id && !can_move (self, norm, add))
    return FALSE;
  norm->attr.norm.residual = TRUE;
  smalti_node_add_input (norm, residual);
  swallow (self, norm, add);
  if (residual->producer->id > norm->id)
    {
      self->graph->nodes->pdata[norm->id] = NULL;
      self->graph->nodes->pdata[at] = norm;
      norm->id = at;
    }
  return TRUE;
}

/* Where both operands are batch norms (a block that downsamples) the later one takes the sum: nothing need be moved. */
static void
fuse_add (Fusion *self, SmaltiNode *add)
{
  SmaltiValue *first = add->input[0], *second = add->input[1];

  if (first == second)
    return;
  if (first->producer->id > second->producer->id)
    {
      if (!fuse_into_norm (self, add, first, second))
        fuse_into_norm (self, add, second, first);
    }
  else if (!fuse_into_norm (self, add, second, first))
    fuse_into_norm (self, add, first, second);
}

/* Closes the gaps in the nodes; values follow from them. */
static void
compact (SmaltiGraph *graph)
{
  GPtrArray *nodes = graph->nodes;
  guint n = 0, n_values = 0;

  for (guint i = 0; i < nodes->len; i++)
    if (nodes->pdata[i] != NULL)
      {
        SmaltiNode *node = nodes->pdata[i];

        nodes->pdata[n++] = node;
        n_values += node->n_outputs;
      }
  /* The places behind hold pointers that live on in front or among the former: they are forgotten, not freed. */
  g_ptr_array_set_free_func (nodes, NULL);
  g_ptr_array_set_size (nodes, n);
  g_ptr_array_set_free_func (nodes, smalti_node_free);
  g_ptr_array_set_free_func (graph->values, NULL);
  g_ptr_array_set_size (graph->values, n_values);
  g_ptr_array_set_free_func (graph->values, smalti_value_free);
  smalti_graph_renumber (graph);
}

void
smalti_graph_fuse (SmaltiGraph *self, SmaltiValue **keep, guint n_keep)
{
  g_autofree guint *n_readers = g_new0 (guint, self->values->len);
  g_autofree gboolean *kept = g_new0 (gboolean, self->values->len);
  Fusion fusion = { self, n_readers, kept };

  g_return_if_fail (!self->differentiated);
  if (self->mistake != NULL)
    return;
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const SmaltiNode *node = self->nodes->pdata[i];

      for (guint j = 0; j < node->n_inputs; j++)
        n_readers[node->input[j]->id]++;
    }
  for (guint i = 0; i < n_keep; i++)
    if (keep[i] != NULL && keep[i]->id < self->values->len && self->values->pdata[keep[i]->id] == keep[i])
      kept[keep[i]->id] = TRUE;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SmaltiNode *node = self->nodes->pdata[i];

      if (node != NULL && node->op == SMALTI_OP_ADD)
        fuse_add (&fusion, node);
      else if (node != NULL && node->op == SMALTI_OP_RELU)
        fuse_relu (&fusion, node);
    }
  compact (self);
}
