/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every graph after every rewriting. */
#pragma once

#include "core/graph/graph.h"

static inline void
assert_in_order (const SmaltiGraph *graph)
{
  guint n_values = 0;

  for (guint i = 0; i < smalti_graph_get_n_nodes (graph); i++)
    {
      const SmaltiNode *node = smalti_graph_get_node (graph, i);

      g_assert_cmpuint (node->id, ==, i);
      for (guint j = 0; j < node->n_inputs; j++)
        {
          g_assert_cmpuint (node->input[j]->producer->id, <, i);
          g_assert_true (smalti_graph_get_value (graph, node->input[j]->id) == node->input[j]);
        }
      for (guint j = 0; j < node->n_outputs; j++)
        {
          g_assert_true (node->output[j]->producer == node);
          g_assert_cmpuint (node->output[j]->output, ==, j);
          g_assert_cmpuint (node->output[j]->id, ==, n_values);
          g_assert_true (smalti_graph_get_value (graph, n_values) == node->output[j]);
          n_values++;
        }
    }
  g_assert_cmpuint (n_values, ==, smalti_graph_get_n_values (graph));
}

static inline guint
count_op (const SmaltiGraph *graph, SmaltiOp op)
{
  guint n = 0;

  for (guint i = 0; i < smalti_graph_get_n_nodes (graph); i++)
    n += smalti_graph_get_node (graph, i)->op == op;
  return n;
}
