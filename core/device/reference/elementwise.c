/* SPDX-License-Identifier: Apache-2.0 */
/* Operators that treat every element alike. */
#include "core/device/dropout.h"
#include "core/device/reference/reference-private.h"

void
smalti_reference_relu (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 i = 0; i < smalti_reference_size (kernel->node->output[0]); i++)
    y[i] = MAX (x[i], 0);
}

void
smalti_reference_relu_backward (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble *y = smalti_reference_in (kernel, 0), *dy = smalti_reference_in (kernel, 1);
  gdouble *dx = smalti_reference_out (kernel, 0);

  for (gint64 i = 0; i < smalti_reference_size (kernel->node->output[0]); i++)
    dx[i] = y[i] > 0 ? dy[i] : 0;
}

void
smalti_reference_add (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble *a = smalti_reference_in (kernel, 0), *b = smalti_reference_in (kernel, 1);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 i = 0; i < smalti_reference_size (kernel->node->output[0]); i++)
    {
      y[i] = a[i] + b[i];
      if (kernel->node->relu)
        y[i] = MAX (y[i], 0);
    }
}

void
smalti_reference_scale (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 i = 0; i < smalti_reference_size (kernel->node->output[0]); i++)
    y[i] = x[i] * kernel->node->attr.scale.factor;
}

void
smalti_reference_dropout (const SmaltiKernel *kernel, const SmaltiRunContext *context)
{
  const gfloat p = kernel->node->attr.dropout.p;
  const gdouble *x = smalti_reference_in (kernel, 0);
  gdouble *y = smalti_reference_out (kernel, 0);

  for (gint64 i = 0; i < smalti_reference_size (kernel->node->output[0]); i++)
    y[i] = smalti_dropout_keeps (context, kernel->node->attr.dropout.stream, i, p) ? x[i] / (1 - (gdouble)p) : 0;
}
