/* SPDX-License-Identifier: Apache-2.0 */
/* Storage of the graph and its sources. Nodes and values live as long as their graph, also those that fusion takes out,
 * so a pointer to one never dangles. */
#include "core/base/error.h"
#include "core/graph/graph-private.h"

void
smalti_node_free (gpointer data)
{
  SmaltiNode *node = data;

  g_free (node->name);
  g_free (node);
}

void
smalti_value_free (gpointer data)
{
  SmaltiValue *value = data;

  g_free (value->name);
  g_free (value);
}

SmaltiGraph *
smalti_graph_new (gboolean training)
{
  SmaltiGraph *self = g_new0 (SmaltiGraph, 1);

  self->training = training;
  self->nodes = g_ptr_array_new_with_free_func (smalti_node_free);
  self->values = g_ptr_array_new_with_free_func (smalti_value_free);
  self->former_nodes = g_ptr_array_new_with_free_func (smalti_node_free);
  self->former_values = g_ptr_array_new_with_free_func (smalti_value_free);
  self->sources = g_hash_table_new (g_str_hash, g_str_equal);
  self->gradient = g_hash_table_new (NULL, NULL);
  self->frozen = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
smalti_graph_free (SmaltiGraph *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->gradient);
  g_ptr_array_unref (self->frozen);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->values);
  g_ptr_array_unref (self->former_nodes);
  g_ptr_array_unref (self->former_values);
  g_clear_error (&self->mistake);
  g_free (self);
}

gboolean
smalti_graph_is_training (const SmaltiGraph *self)
{
  return self->training;
}

void
smalti_graph_take_mistake (SmaltiGraph *self, GError *mistake)
{
  if (self->mistake == NULL)
    self->mistake = mistake;
  else
    g_error_free (mistake);
}

gboolean
smalti_graph_check (const SmaltiGraph *self, GError **error)
{
  if (self->mistake == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->mistake));
  return FALSE;
}

guint
smalti_graph_get_n_nodes (const SmaltiGraph *self)
{
  return self->nodes->len;
}

SmaltiNode *
smalti_graph_get_node (const SmaltiGraph *self, guint i)
{
  g_return_val_if_fail (i < self->nodes->len, NULL);
  return self->nodes->pdata[i];
}

guint
smalti_graph_get_n_values (const SmaltiGraph *self)
{
  return self->values->len;
}

SmaltiValue *
smalti_graph_get_value (const SmaltiGraph *self, guint i)
{
  g_return_val_if_fail (i < self->values->len, NULL);
  return self->values->pdata[i];
}

SmaltiValue *
smalti_graph_find (const SmaltiGraph *self, const char *name)
{
  return g_hash_table_lookup (self->sources, name);
}

SmaltiNode *
smalti_graph_append (SmaltiGraph *self, SmaltiOp op, const char *name, SmaltiAttr attr)
{
  SmaltiNode *node = g_new0 (SmaltiNode, 1);

  node->id = self->nodes->len;
  node->op = op;
  node->name = g_strdup (name);
  node->attr = attr;
  g_ptr_array_add (self->nodes, node);
  return node;
}

void
smalti_node_add_input (SmaltiNode *self, SmaltiValue *value)
{
  g_assert (self->n_inputs < SMALTI_MAX_INPUTS);
  self->input[self->n_inputs++] = value;
}

SmaltiValue *
smalti_graph_add_output (SmaltiGraph *self, SmaltiNode *node, char *name, SmaltiShape shape, SmaltiValueClass klass)
{
  SmaltiValue *value = g_new0 (SmaltiValue, 1);

  g_assert (node->n_outputs < SMALTI_MAX_OUTPUTS);
  value->id = self->values->len;
  value->name = name;
  value->shape = shape;
  value->klass = klass;
  value->producer = node;
  value->output = node->n_outputs;
  value->graph = self;
  node->output[node->n_outputs++] = value;
  g_ptr_array_add (self->values, value);
  return value;
}

void
smalti_graph_renumber (SmaltiGraph *self)
{
  guint n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      SmaltiNode *node = self->nodes->pdata[i];

      node->id = i;
      for (guint j = 0; j < node->n_outputs; j++)
        {
          g_assert (n < self->values->len);
          node->output[j]->id = n;
          self->values->pdata[n++] = node->output[j];
        }
    }
  g_assert (n == self->values->len);
}

static const char *
kind_of (SmaltiOp op)
{
  switch (op)
    {
    case SMALTI_OP_INPUT:
      return _ ("an input");
    case SMALTI_OP_PARAM:
      return _ ("a parameter");
    default:
      return _ ("a state");
    }
}

/* The source of that name; if it may not be given again, that is a mistake. */
static SmaltiValue *
existing_source (SmaltiGraph *self, SmaltiOp op, const char *name, SmaltiShape shape)
{
  SmaltiValue *value = smalti_graph_find (self, name);
  GError *mistake = NULL;

  if (value == NULL)
    return NULL;
  if (op == SMALTI_OP_INPUT || value->producer->op != op)
    mistake = g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE, _ ("“%s” can't be %s: the graph has %s of that name."),
                           name, kind_of (op), kind_of (value->producer->op));
  else if (!smalti_shape_equal (value->shape, shape))
    {
      g_autofree char *was = smalti_shape_to_text (value->shape);
      g_autofree char *is = smalti_shape_to_text (shape);

      mistake = g_error_new (SMALTI_ERROR, SMALTI_ERROR_SHAPE,
                             _ ("“%s” is shared by layers that want it as %s and as %s."), name, was, is);
    }
  if (mistake != NULL)
    smalti_graph_take_mistake (self, mistake);
  return value;
}

/* @shape, or one that nobody stumbles over if it can't be: every value's shape holds at least one element. */
static SmaltiShape
checked_shape (SmaltiGraph *self, const char *name, SmaltiShape shape)
{
  GError *mistake = NULL;

  if (smalti_shape_check (name, shape, &mistake))
    return shape;
  smalti_graph_take_mistake (self, mistake);
  return SMALTI_SHAPE (1, 1, 1, 1);
}

static SmaltiValue *
add_source (SmaltiGraph *self, SmaltiOp op, const char *name, SmaltiShape shape, SmaltiValueClass klass)
{
  SmaltiNode *node = smalti_graph_append (self, op, name, (SmaltiAttr){ 0 });
  SmaltiValue *value = smalti_graph_add_output (self, node, g_strdup (name), checked_shape (self, name, shape), klass);

  g_hash_table_insert (self->sources, value->name, value);
  return value;
}

SmaltiValue *
smalti_graph_input (SmaltiGraph *self, const char *name, SmaltiValueClass klass, SmaltiShape shape)
{
  SmaltiValue *value = existing_source (self, SMALTI_OP_INPUT, name, shape);

  return value != NULL ? value : add_source (self, SMALTI_OP_INPUT, name, shape, klass);
}

static gboolean
is_frozen (const SmaltiGraph *self, const char *name)
{
  for (guint i = 0; i < self->frozen->len; i++)
    if (g_str_has_prefix (name, self->frozen->pdata[i]))
      return TRUE;
  return FALSE;
}

SmaltiValue *
smalti_graph_param (SmaltiGraph *self, const char *name, SmaltiShape shape, SmaltiInit init, gboolean decays)
{
  SmaltiValue *value = existing_source (self, SMALTI_OP_PARAM, name, shape);

  if (value != NULL)
    return value;
  value = add_source (self, SMALTI_OP_PARAM, name, shape, SMALTI_CLASS_WEIGHT);
  value->init = init;
  value->decays = decays;
  value->trainable = !is_frozen (self, name);
  return value;
}

SmaltiValue *
smalti_graph_state (SmaltiGraph *self, const char *name, SmaltiShape shape, SmaltiInit init)
{
  SmaltiValue *value = existing_source (self, SMALTI_OP_STATE, name, shape);

  if (value != NULL)
    return value;
  value = add_source (self, SMALTI_OP_STATE, name, shape, SMALTI_CLASS_WEIGHT);
  value->init = init;
  return value;
}

SmaltiValue *
smalti_graph_fill (SmaltiGraph *self, SmaltiShape shape, gfloat value)
{
  g_autofree char *name = g_strdup_printf ("fill%u", self->nodes->len);
  SmaltiNode *node = smalti_graph_append (self, SMALTI_OP_FILL, name, (SmaltiAttr){ .fill.value = value });

  shape = checked_shape (self, name, shape);
  return smalti_graph_add_output (self, node, g_steal_pointer (&name), shape, SMALTI_CLASS_F32);
}

void
smalti_graph_freeze (SmaltiGraph *self, const char *prefix)
{
  g_ptr_array_add (self->frozen, g_strdup (prefix));
  for (guint i = 0; i < self->values->len; i++)
    {
      SmaltiValue *value = self->values->pdata[i];

      if (value->producer->op == SMALTI_OP_PARAM && g_str_has_prefix (value->name, prefix))
        value->trainable = FALSE;
    }
}

SmaltiValue *
smalti_graph_gradient (const SmaltiGraph *self, const SmaltiValue *value)
{
  return g_hash_table_lookup (self->gradient, value);
}
