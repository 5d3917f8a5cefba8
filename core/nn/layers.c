/* SPDX-License-Identifier: Apache-2.0 */
/* Layers: an operator and its parameters. Only matrices and kernels decay; biases and norms do not unless the optimizer
 * is told to decay everything. */
#include "core/nn/layers.h"

#define ZERO ((SmaltiInit){ .kind = SMALTI_INIT_ZERO })
#define ONE  ((SmaltiInit){ .kind = SMALTI_INIT_ONE })

static SmaltiValue *
param (SmaltiGraph *graph, const char *layer, const char *suffix, SmaltiShape shape, SmaltiInit init, gboolean decays)
{
  g_autofree char *name = g_strconcat (layer, suffix, NULL);

  return smalti_graph_param (graph, name, shape, init, decays);
}

static SmaltiValue *
state (SmaltiGraph *graph, const char *layer, const char *suffix, SmaltiShape shape, SmaltiInit init)
{
  g_autofree char *name = g_strconcat (layer, suffix, NULL);

  return smalti_graph_state (graph, name, shape, init);
}

SmaltiValue *
smalti_layer_conv (SmaltiGraph *graph, const char *name, SmaltiValue *x, gint64 n_filters, SmaltiWindow window,
                   gboolean bias, SmaltiInit init)
{
  gint64 n_channels = x->shape.dim[1] / MAX (window.groups, 1);
  SmaltiValue *w = param (graph, name, ".weight",
                          SMALTI_SHAPE (n_filters, n_channels, window.kernel[0], window.kernel[1]), init, TRUE);
  SmaltiValue *b = bias ? param (graph, name, ".bias", SMALTI_SHAPE (n_filters), ZERO, FALSE) : NULL;

  return smalti_conv (graph, name, x, w, b, window);
}

SmaltiValue *
smalti_layer_conv_transpose (SmaltiGraph *graph, const char *name, SmaltiValue *x, gint64 n_filters,
                             SmaltiWindow window, gboolean bias, SmaltiInit init)
{
  SmaltiValue *w
      = param (graph, name, ".weight",
               SMALTI_SHAPE (x->shape.dim[1], n_filters / MAX (window.groups, 1), window.kernel[0], window.kernel[1]),
               init, TRUE);
  SmaltiValue *b = bias ? param (graph, name, ".bias", SMALTI_SHAPE (n_filters), ZERO, FALSE) : NULL;

  return smalti_conv_transpose (graph, name, x, w, b, window);
}

SmaltiValue *
smalti_layer_linear (SmaltiGraph *graph, const char *name, SmaltiValue *x, gint64 n_outputs, gboolean bias,
                     SmaltiInit init)
{
  SmaltiValue *w = param (graph, name, ".weight", SMALTI_SHAPE (n_outputs, x->shape.dim[1]), init, TRUE);
  SmaltiValue *b = bias ? param (graph, name, ".bias", SMALTI_SHAPE (n_outputs), ZERO, FALSE) : NULL;

  return smalti_linear (graph, name, x, w, b);
}

SmaltiValue *
smalti_layer_batch_norm (SmaltiGraph *graph, const char *name, SmaltiValue *x)
{
  SmaltiShape shape = SMALTI_SHAPE (x->shape.dim[1]);
  SmaltiValue *gamma = param (graph, name, ".weight", shape, ONE, FALSE);
  SmaltiValue *beta = param (graph, name, ".bias", shape, ZERO, FALSE);
  SmaltiValue *mean = state (graph, name, ".running_mean", shape, ZERO);
  SmaltiValue *var = state (graph, name, ".running_var", shape, ONE);

  return smalti_batch_norm (graph, name, x, gamma, beta, mean, var, 1e-5f, 0.1f);
}
