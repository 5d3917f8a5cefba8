/* SPDX-License-Identifier: Apache-2.0 */
/* From a graph to kernels in an arena: nodes that nobody's answer needs are left out, every value gets the steps
 * between which it is alive, and buffers that are never alive together share memory. Values that outlast a run (inputs,
 * constants and what the caller asked for) are alive all the time. */
#include "core/device/program.h"

#include <string.h>

#include "core/base/error.h"
#include "core/graph/plan.h"

#define NOWHERE G_MAXUINT

/* Where a value lies. */
typedef struct
{
  gboolean needed; /* it is read, or written, or both */
  gboolean kept;   /* alive all the time */
  guint first, last;
  guint item; /* in the plan; NOWHERE for weights */
  SmaltiBuffer buffer;
} Place;

struct _SmaltiProgram
{
  SmaltiGraph *graph;
  SmaltiDevice *device;
  SmaltiPrecision precision;
  SmaltiWeights *weights;
  Place *place; /* of every value of the graph */
  GPtrArray *kernels;
  SmaltiBuffer arena;
  gsize arena_bytes;
};

static gboolean
is_weight (const SmaltiValue *value)
{
  return value->producer->op == SMALTI_OP_PARAM || value->producer->op == SMALTI_OP_STATE;
}

static gboolean
has_kernel (const SmaltiNode *node)
{
  return node->op > SMALTI_OP_FILL;
}

static void
keep (SmaltiProgram *self, const SmaltiValue *value)
{
  self->place[value->id].needed = self->place[value->id].kept = TRUE;
}

static void
keep_gradients (SmaltiProgram *self)
{
  for (guint i = 0; i < smalti_graph_get_n_values (self->graph); i++)
    {
      SmaltiValue *value = smalti_graph_get_value (self->graph, i);
      SmaltiValue *gradient = value->producer->op == SMALTI_OP_PARAM && value->trainable
                                  ? smalti_graph_gradient (self->graph, value)
                                  : NULL;

      if (gradient != NULL)
        keep (self, gradient);
    }
}

static gboolean
is_needed (const SmaltiProgram *self, const SmaltiNode *node)
{
  for (guint i = 0; i < node->n_outputs; i++)
    if (self->place[node->output[i]->id].needed)
      return TRUE;
  return FALSE;
}

/* Backwards over a topological order: what a needed node reads is needed. */
static void
mark_needed (SmaltiProgram *self)
{
  for (guint i = smalti_graph_get_n_nodes (self->graph); i-- > 0;)
    {
      const SmaltiNode *node = smalti_graph_get_node (self->graph, i);

      if (!is_needed (self, node))
        continue;
      for (guint j = 0; j < node->n_inputs; j++)
        self->place[node->input[j]->id].needed = TRUE;
      for (guint j = 0; j < node->n_outputs; j++) /* a kernel writes all it has */
        self->place[node->output[j]->id].needed = TRUE;
      if (!has_kernel (node) && !is_weight (node->output[0]))
        self->place[node->output[0]->id].kept = TRUE;
    }
}

static gboolean
prepare_kernels (SmaltiProgram *self, GError **error)
{
  const SmaltiDeviceClass *klass = self->device->klass;

  for (guint i = 0; i < smalti_graph_get_n_nodes (self->graph); i++)
    {
      const SmaltiNode *node = smalti_graph_get_node (self->graph, i);
      SmaltiKernel *kernel;

      if (!has_kernel (node) || !is_needed (self, node))
        continue;
      kernel = klass->prepare (self->device, node, self->precision, error);
      if (kernel == NULL)
        return FALSE;
      kernel->node = node;
      g_ptr_array_add (self->kernels, kernel);
    }
  return TRUE;
}

/* Steps are kernels: a value is born where it is written and dies where it is last read. */
static void
find_lives (SmaltiProgram *self)
{
  guint n_steps = self->kernels->len;

  for (guint step = 0; step < n_steps; step++)
    {
      const SmaltiNode *node = ((SmaltiKernel *)self->kernels->pdata[step])->node;

      for (guint j = 0; j < node->n_outputs; j++)
        self->place[node->output[j]->id].first = self->place[node->output[j]->id].last = step;
      for (guint j = 0; j < node->n_inputs; j++)
        self->place[node->input[j]->id].last = step;
    }
  for (guint i = 0; i < smalti_graph_get_n_values (self->graph); i++)
    if (self->place[i].kept)
      {
        self->place[i].first = 0;
        self->place[i].last = MAX (n_steps, 1) - 1;
      }
}

/* The input whose place the node's first output may take; NOWHERE where it must have its own. */
static guint
input_to_overwrite (const SmaltiProgram *self, const SmaltiNode *node, guint step, gsize n_bytes)
{
  const SmaltiDeviceClass *klass = self->device->klass;

  if (self->place[node->output[0]->id].kept)
    return NOWHERE;
  for (guint j = 0; j < node->n_inputs; j++)
    {
      const Place *input = &self->place[node->input[j]->id];
      gboolean read_twice = FALSE;

      for (guint k = 0; k < node->n_inputs; k++)
        read_twice |= k != j && node->input[k] == node->input[j];
      if (input->item != NOWHERE && !input->kept && input->last == step && !read_twice
          && klass->storage (self->device, node->input[j], self->precision) >= n_bytes
          && klass->in_place (self->device, node, j, self->precision))
        return j;
    }
  return NOWHERE;
}

static guint
add_item (GArray *items, gsize size, guint first, guint last)
{
  SmaltiPlanItem item = { .size = size, .first = first, .last = last };

  g_array_append_val (items, item);
  return items->len - 1;
}

static void
plan_kept (SmaltiProgram *self, GArray *items)
{
  for (guint i = 0; i < smalti_graph_get_n_values (self->graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (self->graph, i);
      Place *place = &self->place[i];

      place->item = NOWHERE;
      if (place->kept && !is_weight (value))
        place->item = add_item (items, self->device->klass->storage (self->device, value, self->precision),
                                place->first, place->last);
    }
}

/* Returns where each kernel's scratch memory is in the plan. */
static guint *
plan_values (SmaltiProgram *self, GArray *items)
{
  guint *scratch = g_new (guint, MAX (self->kernels->len, 1));

  plan_kept (self, items);
  for (guint step = 0; step < self->kernels->len; step++)
    {
      const SmaltiKernel *kernel = self->kernels->pdata[step];
      const SmaltiNode *node = kernel->node;

      for (guint j = 0; j < node->n_outputs; j++)
        {
          Place *place = &self->place[node->output[j]->id];
          gsize n_bytes = self->device->klass->storage (self->device, node->output[j], self->precision);
          guint input = j == 0 ? input_to_overwrite (self, node, step, n_bytes) : NOWHERE;

          if (place->item != NOWHERE)
            continue;
          if (input == NOWHERE)
            place->item = add_item (items, n_bytes, place->first, place->last);
          else
            {
              place->item = self->place[node->input[input]->id].item;
              g_array_index (items, SmaltiPlanItem, place->item).last = place->last;
            }
        }
      scratch[step] = kernel->scratch_bytes > 0 ? add_item (items, kernel->scratch_bytes, step, step) : NOWHERE;
    }
  return scratch;
}

static SmaltiBuffer
part_of_arena (const SmaltiProgram *self, const SmaltiPlanItem *item, gsize n_bytes)
{
  return (SmaltiBuffer){ .data = self->arena.data + item->offset, .n_bytes = n_bytes };
}

static void
place_values (SmaltiProgram *self, const GArray *items)
{
  for (guint i = 0; i < smalti_graph_get_n_values (self->graph); i++)
    {
      const SmaltiValue *value = smalti_graph_get_value (self->graph, i);
      Place *place = &self->place[i];

      if (is_weight (value))
        place->buffer = smalti_weights_buffer (self->weights, value->name);
      else if (place->item != NOWHERE)
        place->buffer = part_of_arena (self, &g_array_index (items, SmaltiPlanItem, place->item),
                                       self->device->klass->storage (self->device, value, self->precision));
    }
}

static gboolean
bind_kernels (SmaltiProgram *self, const GArray *items, const guint *scratch, GError **error)
{
  for (guint step = 0; step < self->kernels->len; step++)
    {
      SmaltiKernel *kernel = self->kernels->pdata[step];

      for (guint j = 0; j < kernel->node->n_inputs; j++)
        kernel->input[j] = self->place[kernel->node->input[j]->id].buffer;
      for (guint j = 0; j < kernel->node->n_outputs; j++)
        kernel->output[j] = self->place[kernel->node->output[j]->id].buffer;
      if (scratch[step] != NOWHERE)
        kernel->scratch
            = part_of_arena (self, &g_array_index (items, SmaltiPlanItem, scratch[step]), kernel->scratch_bytes);
      if (!self->device->klass->bind (self->device, kernel, error))
        return FALSE;
    }
  return TRUE;
}

static void
write_constants (SmaltiProgram *self)
{
  for (guint i = 0; i < smalti_graph_get_n_values (self->graph); i++)
    {
      SmaltiValue *value = smalti_graph_get_value (self->graph, i);
      g_autoptr (SmaltiTensor) tensor = NULL;

      if (value->producer->op != SMALTI_OP_FILL || !self->place[i].needed)
        continue;
      tensor = smalti_tensor_new (SMALTI_DTYPE_F32, value->shape);
      for (gint64 j = 0; j < smalti_tensor_size (tensor); j++)
        smalti_tensor_f32 (tensor)[j] = value->producer->attr.fill.value;
      smalti_program_write (self, value, tensor);
      smalti_device_wait (self->device);
    }
}

static gboolean
lay_out (SmaltiProgram *self, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, TRUE, sizeof (SmaltiPlanItem));
  g_autofree guint *scratch = NULL;

  find_lives (self);
  scratch = plan_values (self, items);
  self->arena_bytes = smalti_plan_arena ((SmaltiPlanItem *)items->data, items->len);
  if (!self->device->klass->alloc (self->device, MAX (self->arena_bytes, 1), &self->arena, error))
    return FALSE;
  place_values (self, items);
  if (!bind_kernels (self, items, scratch, error))
    return FALSE;
  write_constants (self);
  return TRUE;
}

SmaltiProgram *
smalti_program_compile (SmaltiGraph *graph, SmaltiValue **outputs, guint n_outputs, SmaltiDevice *device,
                        SmaltiPrecision precision, SmaltiWeights *weights, guint64 seed, GError **error)
{
  g_autoptr (SmaltiProgram) self = NULL;

  if (!smalti_graph_check (graph, error) || !smalti_weights_add_graph (weights, graph, seed, error))
    return NULL;
  self = g_new0 (SmaltiProgram, 1);
  self->graph = graph;
  self->device = device;
  self->precision = precision;
  self->weights = smalti_weights_ref (weights);
  self->place = g_new0 (Place, MAX (smalti_graph_get_n_values (graph), 1));
  self->kernels = g_ptr_array_new ();
  for (guint i = 0; i < n_outputs; i++)
    keep (self, outputs[i]);
  keep_gradients (self);
  mark_needed (self);
  if (!prepare_kernels (self, error) || !lay_out (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
smalti_program_free (SmaltiProgram *self)
{
  if (self == NULL)
    return;
  smalti_device_wait (self->device);
  for (guint i = 0; i < self->kernels->len; i++)
    self->device->klass->destroy (self->device, self->kernels->pdata[i]);
  g_ptr_array_unref (self->kernels);
  if (self->arena.data != NULL)
    self->device->klass->release (self->device, &self->arena);
  smalti_weights_unref (self->weights);
  g_free (self->place);
  g_free (self);
}

static SmaltiBuffer
buffer_of (SmaltiProgram *self, const SmaltiValue *value)
{
  g_assert (value->graph == self->graph && (self->place[value->id].kept || is_weight (value)));
  return self->place[value->id].buffer;
}

void
smalti_program_write (SmaltiProgram *self, SmaltiValue *input, const SmaltiTensor *tensor)
{
  g_assert (smalti_shape_equal (input->shape, tensor->shape));
  /* An input that nothing reads has no place. */
  if (self->place[input->id].needed)
    self->device->klass->write (self->device, input, self->precision, buffer_of (self, input), tensor);
}

void
smalti_program_run (SmaltiProgram *self, const SmaltiRunContext *context)
{
  self->device->klass->run (self->device, (SmaltiKernel **)self->kernels->pdata, self->kernels->len, context);
}

void
smalti_program_read (SmaltiProgram *self, SmaltiValue *output, SmaltiTensor *tensor)
{
  g_assert (smalti_shape_equal (output->shape, tensor->shape));
  self->device->klass->read (self->device, output, self->precision, buffer_of (self, output), tensor);
}

gfloat
smalti_program_read_scalar (SmaltiProgram *self, SmaltiValue *output)
{
  gfloat number = 0;
  SmaltiTensor tensor = { .dtype = SMALTI_DTYPE_F32, .data = &number, .n_bytes = sizeof number };

  smalti_program_read (self, output, &tensor);
  return number;
}

SmaltiBuffer
smalti_program_buffer (SmaltiProgram *self, SmaltiValue *output)
{
  return buffer_of (self, output);
}

SmaltiDevice *
smalti_program_get_device (SmaltiProgram *self)
{
  return self->device;
}

SmaltiWeights *
smalti_program_get_weights (SmaltiProgram *self)
{
  return self->weights;
}

SmaltiGraph *
smalti_program_get_graph (SmaltiProgram *self)
{
  return self->graph;
}

gsize
smalti_program_arena_bytes (const SmaltiProgram *self)
{
  return self->arena_bytes;
}

guint
smalti_program_n_kernels (const SmaltiProgram *self)
{
  return self->kernels->len;
}

typedef struct
{
  const SmaltiNode *node;
  gint64 microseconds;
} Timed;

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const Timed *first = a, *second = b;

  return first->microseconds < second->microseconds ? 1 : first->microseconds > second->microseconds ? -1 : 0;
}

char *
smalti_program_profile (SmaltiProgram *self, guint n_runs)
{
  g_autofree Timed *timed = g_new0 (Timed, MAX (self->kernels->len, 1));
  GString *text = g_string_new (NULL);
  gint64 total = 0;

  for (guint run = 0; run < n_runs; run++)
    for (guint i = 0; i < self->kernels->len; i++)
      {
        SmaltiRunContext context = { 0, run };
        gint64 start = g_get_monotonic_time ();

        self->device->klass->run (self->device, (SmaltiKernel **)&self->kernels->pdata[i], 1, &context);
        smalti_device_wait (self->device);
        timed[i].node = ((SmaltiKernel *)self->kernels->pdata[i])->node;
        timed[i].microseconds += g_get_monotonic_time () - start;
      }
  for (guint i = 0; i < self->kernels->len; i++)
    total += timed[i].microseconds;
  qsort (timed, self->kernels->len, sizeof *timed, compare_times);
  for (guint i = 0; i < self->kernels->len; i++)
    {
      g_autofree char *shape = smalti_shape_to_text (timed[i].node->output[0]->shape);

      g_string_append_printf (text, "%9.3f ms %5.1f %%  %-26s %-22s %s\n",
                              timed[i].microseconds / 1000.0 / MAX (n_runs, 1),
                              100.0 * timed[i].microseconds / MAX (total, 1), smalti_op_name (timed[i].node->op), shape,
                              timed[i].node->name);
    }
  return g_string_free (text, FALSE);
}
