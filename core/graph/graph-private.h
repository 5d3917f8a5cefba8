/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the graph share: storage, and the two steps by which every node is made. */
#pragma once

#include "core/graph/graph.h"

G_BEGIN_DECLS

struct _SmaltiGraph
{
  gboolean training;
  gboolean differentiated;
  GPtrArray *nodes;
  GPtrArray *values;
  GHashTable *sources;  /* name -> INPUT, PARAM or STATE; names belong to the values */
  GHashTable *gradient; /* value -> its gradient: trainable PARAMs and what was asked for */
  GPtrArray *frozen;    /* prefixes, for PARAMs that are still to come */
  guint n_dropouts;
  GError *mistake; /* the first */

  /* What fusion took out: callers may still hold pointers to it. */
  GPtrArray *former_nodes;
  GPtrArray *former_values;
};

void          smalti_node_free           (gpointer            node);
void          smalti_value_free          (gpointer            value);
/* Keeps @mistake if it is the first, else frees it. */
void          smalti_graph_take_mistake  (SmaltiGraph        *self,
                                          GError             *mistake);
SmaltiNode   *smalti_graph_append        (SmaltiGraph        *self,
                                          SmaltiOp            op,
                                          const char         *name,
                                          SmaltiAttr          attr);
void          smalti_node_add_input      (SmaltiNode         *self,
                                          SmaltiValue        *value);
/* Takes @name. */
SmaltiValue  *smalti_graph_add_output    (SmaltiGraph        *self,
                                          SmaltiNode         *node,
                                          char               *name,
                                          SmaltiShape         shape,
                                          SmaltiValueClass    klass);
/* Ids after nodes were moved or removed, or outputs added to old ones. */
void          smalti_graph_renumber      (SmaltiGraph        *self);

/* The shape of a forward node's first output from its inputs and attributes; FALSE and SMALTI_ERROR_SHAPE. */
gboolean      smalti_node_infer_shape    (const SmaltiNode   *self,
                                          SmaltiShape        *shape,
                                          GError            **error);
/* Refuses a dimension below one and more elements than any machine addresses. */
gboolean      smalti_shape_check         (const char         *name,
                                          SmaltiShape         shape,
                                          GError            **error);

G_END_DECLS
