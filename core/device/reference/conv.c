/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution, transposed convolution and their gradients.
 *
 * All six are one trilinear form. Take the image on the strided side as `small` (N, S, H', W'), the one the window
 * slides over as `big` (N, B, H, W) and w (S, B / groups, KH, KW); then
 *
 *   sum over all elements of   small[n, s, i, j]  w[s, b, u, v]  big[n, group(s) + b, i * stride - padding + u *
 * dilation, ...]
 *
 * has the derivative `small` of a convolution (by small), `big` of a transposed convolution (by big), and the gradient
 * of the weights (by w). A convolution maps big to small, its gradient small to big; a transposed one the other way
 * round with the same memory order of w. */
#include "core/device/reference/reference-private.h"

typedef enum
{
  SMALL,
  BIG,
  WEIGHTS,
} Factor;

/* Adds the form's derivative by @sought to that array; the other two are read. */
static inline __attribute__ ((always_inline)) void
derive (Factor sought, const SmaltiWindow *window, const SmaltiValue *small_value, gdouble *small,
        const SmaltiValue *big_value, gdouble *big, gdouble *w)
{
  const gint64 *s_dim = small_value->shape.dim, *b_dim = big_value->shape.dim;
  const gint64 s_group = s_dim[1] / window->groups, b_group = b_dim[1] / window->groups;
  const gint64 kh = window->kernel[0], kw = window->kernel[1];

  for (gint64 n = 0; n < s_dim[0]; n++)
    for (gint64 s = 0; s < s_dim[1]; s++)
      for (gint64 i = 0; i < s_dim[2]; i++)
        for (gint64 j = 0; j < s_dim[3]; j++)
          for (gint64 b = 0; b < b_group; b++)
            for (gint64 u = 0; u < kh; u++)
              for (gint64 v = 0; v < kw; v++)
                {
                  gint64 y = i * window->stride[0] - window->padding[0] + u * window->dilation[0];
                  gint64 x = j * window->stride[1] - window->padding[1] + v * window->dilation[1];
                  gint64 channel = s / s_group * b_group + b;
                  gint64 at_small = ((n * s_dim[1] + s) * s_dim[2] + i) * s_dim[3] + j;
                  gint64 at_big = ((n * b_dim[1] + channel) * b_dim[2] + y) * b_dim[3] + x;
                  gint64 at_w = ((s * b_group + b) * kh + u) * kw + v;

                  if (y < 0 || y >= b_dim[2] || x < 0 || x >= b_dim[3])
                    continue;
                  if (sought == SMALL)
                    small[at_small] += w[at_w] * big[at_big];
                  else if (sought == BIG)
                    big[at_big] += w[at_w] * small[at_small];
                  else
                    w[at_w] += small[at_small] * big[at_big];
                }
}

/* What the sums start from: the bias, or nothing. */
static void
start_with_bias (const SmaltiKernel *kernel, gdouble *y)
{
  const gdouble *bias = kernel->node->n_inputs > 2 ? smalti_reference_in (kernel, 2) : NULL;
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->output[0]);

  for (gint64 n = 0; n < view.n; n++)
    for (gint64 c = 0; c < view.channels; c++)
      for (gint64 i = 0; i < view.inner; i++)
        y[(n * view.channels + c) * view.inner + i] = bias != NULL ? bias[c] : 0;
}

static void
end_with_relu (const SmaltiKernel *kernel, gdouble *y)
{
  if (kernel->node->relu)
    for (gint64 i = 0; i < smalti_reference_size (kernel->node->output[0]); i++)
      y[i] = MAX (y[i], 0);
}

/* Output 1 of both backward passes of weights, if there: dy summed over all but its channels. */
static void
derive_bias (const SmaltiKernel *kernel)
{
  const gdouble *dy = smalti_reference_in (kernel, 1);
  gdouble *dbias = smalti_reference_out (kernel, 1);
  const SmaltiReferenceView view = smalti_reference_view (kernel->node->input[1]);

  if (dbias == NULL)
    return;
  smalti_reference_clear (dbias, kernel->node->output[1]);
  for (gint64 n = 0; n < view.n; n++)
    for (gint64 c = 0; c < view.channels; c++)
      for (gint64 i = 0; i < view.inner; i++)
        dbias[c] += dy[(n * view.channels + c) * view.inner + i];
}

void
smalti_reference_conv (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  gdouble *y = smalti_reference_out (kernel, 0);

  start_with_bias (kernel, y);
  derive (SMALL, &node->attr.window, node->output[0], y, node->input[0], (gdouble *)smalti_reference_in (kernel, 0),
          (gdouble *)smalti_reference_in (kernel, 1));
  end_with_relu (kernel, y);
}

void
smalti_reference_conv_backward_data (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  gdouble *dx = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dx, node->output[0]);
  derive (BIG, &node->attr.window, node->input[0], (gdouble *)smalti_reference_in (kernel, 0), node->output[0], dx,
          (gdouble *)smalti_reference_in (kernel, 1));
}

void
smalti_reference_conv_backward_weights (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  gdouble *dw = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dw, node->output[0]);
  derive (WEIGHTS, &node->attr.window, node->input[1], (gdouble *)smalti_reference_in (kernel, 1), node->input[0],
          (gdouble *)smalti_reference_in (kernel, 0), dw);
  derive_bias (kernel);
}

void
smalti_reference_conv_transpose (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  gdouble *y = smalti_reference_out (kernel, 0);

  start_with_bias (kernel, y);
  derive (BIG, &node->attr.window, node->input[0], (gdouble *)smalti_reference_in (kernel, 0), node->output[0], y,
          (gdouble *)smalti_reference_in (kernel, 1));
  end_with_relu (kernel, y);
}

void
smalti_reference_conv_transpose_backward_data (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  gdouble *dx = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dx, node->output[0]);
  derive (SMALL, &node->attr.window, node->output[0], dx, node->input[0], (gdouble *)smalti_reference_in (kernel, 0),
          (gdouble *)smalti_reference_in (kernel, 1));
}

void
smalti_reference_conv_transpose_backward_weights (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  gdouble *dw = smalti_reference_out (kernel, 0);

  smalti_reference_clear (dw, node->output[0]);
  derive (WEIGHTS, &node->attr.window, node->input[0], (gdouble *)smalti_reference_in (kernel, 0), node->input[1],
          (gdouble *)smalti_reference_in (kernel, 1), dw);
  derive_bias (kernel);
}
