/* SPDX-License-Identifier: Apache-2.0 */
/* Dense layers and matrix products. x (N, I), w (O, I), y (N, O). */
#include "core/device/reference/reference-private.h"

void
smalti_reference_linear (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const gdouble *x = smalti_reference_in (kernel, 0), *w = smalti_reference_in (kernel, 1);
  const gdouble *bias = node->n_inputs > 2 ? smalti_reference_in (kernel, 2) : NULL;
  gdouble *y = smalti_reference_out (kernel, 0);
  const gint64 n_rows = node->input[0]->shape.dim[0], n_in = node->input[0]->shape.dim[1];
  const gint64 n_out = node->output[0]->shape.dim[1];

  for (gint64 n = 0; n < n_rows; n++)
    for (gint64 o = 0; o < n_out; o++)
      {
        gdouble sum = bias != NULL ? bias[o] : 0;

        for (gint64 i = 0; i < n_in; i++)
          sum += x[n * n_in + i] * w[o * n_in + i];
        y[n * n_out + o] = node->relu ? MAX (sum, 0) : sum;
      }
}

void
smalti_reference_linear_backward_data (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const gdouble *dy = smalti_reference_in (kernel, 0), *w = smalti_reference_in (kernel, 1);
  gdouble *dx = smalti_reference_out (kernel, 0);
  const gint64 n_rows = node->output[0]->shape.dim[0], n_in = node->output[0]->shape.dim[1];
  const gint64 n_out = node->input[0]->shape.dim[1];

  for (gint64 n = 0; n < n_rows; n++)
    for (gint64 i = 0; i < n_in; i++)
      {
        gdouble sum = 0;

        for (gint64 o = 0; o < n_out; o++)
          sum += dy[n * n_out + o] * w[o * n_in + i];
        dx[n * n_in + i] = sum;
      }
}

void
smalti_reference_linear_backward_weights (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const gdouble *x = smalti_reference_in (kernel, 0), *dy = smalti_reference_in (kernel, 1);
  gdouble *dw = smalti_reference_out (kernel, 0), *dbias = smalti_reference_out (kernel, 1);
  const gint64 n_rows = node->input[0]->shape.dim[0], n_in = node->input[0]->shape.dim[1];
  const gint64 n_out = node->input[1]->shape.dim[1];

  for (gint64 o = 0; o < n_out; o++)
    {
      for (gint64 i = 0; i < n_in; i++)
        {
          gdouble sum = 0;

          for (gint64 n = 0; n < n_rows; n++)
            sum += dy[n * n_out + o] * x[n * n_in + i];
          dw[o * n_in + i] = sum;
        }
      if (dbias != NULL)
        {
          dbias[o] = 0;
          for (gint64 n = 0; n < n_rows; n++)
            dbias[o] += dy[n * n_out + o];
        }
    }
}

void
smalti_reference_matmul (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const SmaltiNode *node = kernel->node;
  const gdouble *a = smalti_reference_in (kernel, 0), *b = smalti_reference_in (kernel, 1);
  gdouble *y = smalti_reference_out (kernel, 0);
  const gboolean transpose_a = node->attr.matmul.transpose_a, transpose_b = node->attr.matmul.transpose_b;
  const gint64 n_rows = node->output[0]->shape.dim[0], n_columns = node->output[0]->shape.dim[1];
  const gint64 n_inner = node->input[0]->shape.dim[transpose_a ? 0 : 1];

  for (gint64 i = 0; i < n_rows; i++)
    for (gint64 j = 0; j < n_columns; j++)
      {
        gdouble sum = 0;

        for (gint64 k = 0; k < n_inner; k++)
          sum += (transpose_a ? a[k * n_rows + i] : a[i * n_inner + k])
                 * (transpose_b ? b[j * n_inner + k] : b[k * n_columns + j]);
        y[i * n_columns + j] = sum;
      }
}
