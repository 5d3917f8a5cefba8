/* SPDX-License-Identifier: Apache-2.0 */
/* One optimizer step. Gradients are clipped by their common norm first, so LARS sees clipped ones; they are not changed
 * in memory. */
#include <math.h>

#include "core/device/reference/reference-private.h"

static inline gdouble *
doubles (SmaltiBuffer buffer)
{
  return (gdouble *)(gpointer)buffer.data;
}

static gdouble
length (const gdouble *x, gint64 n)
{
  gdouble squares = 0;

  for (gint64 i = 0; i < n; i++)
    squares += x[i] * x[i];
  return sqrt (squares);
}

static void
update_sgd (const SmaltiUpdateRule *rule, const SmaltiUpdateItem *item, gdouble clip)
{
  gdouble *p = doubles (item->param), *g = doubles (item->grad), *v = doubles (item->state[0]);
  const gdouble m = rule->momentum;

  for (gint64 i = 0; i < item->n_elements; i++)
    {
      const gdouble gradient = clip * g[i] + item->weight_decay * p[i];

      v[i] = m * v[i] + gradient;
      p[i] -= rule->lr * (rule->nesterov ? gradient + m * v[i] : v[i]);
    }
}

static void
update_adamw (const SmaltiUpdateRule *rule, const SmaltiUpdateItem *item, gdouble clip)
{
  gdouble *p = doubles (item->param), *g = doubles (item->grad);
  gdouble *m = doubles (item->state[0]), *v = doubles (item->state[1]);
  const gdouble beta1 = rule->beta1, beta2 = rule->beta2, lr = rule->lr;

  for (gint64 i = 0; i < item->n_elements; i++)
    {
      const gdouble gradient = clip * g[i];
      gdouble m_hat, v_hat;

      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
      m_hat = m[i] / (1 - pow (beta1, rule->step));
      v_hat = v[i] / (1 - pow (beta2, rule->step));
      p[i] -= lr * item->weight_decay * p[i];
      p[i] -= lr * m_hat / (sqrt (v_hat) + rule->eps);
    }
}

static void
update_lars (const SmaltiUpdateRule *rule, const SmaltiUpdateItem *item, gdouble clip)
{
  gdouble *p = doubles (item->param), *g = doubles (item->grad), *v = doubles (item->state[0]);
  const gdouble of_param = length (p, item->n_elements), of_grad = clip * length (g, item->n_elements);
  gdouble lr = rule->lr;

  if (item->adapt && of_param > 0 && of_grad > 0)
    lr *= rule->trust * of_param / (of_grad + item->weight_decay * of_param);
  for (gint64 i = 0; i < item->n_elements; i++)
    {
      v[i] = rule->momentum * v[i] + lr * (clip * g[i] + item->weight_decay * p[i]);
      p[i] -= v[i];
    }
}

void
smalti_reference_update (SmaltiDevice *self, const SmaltiUpdateRule *rule, const SmaltiUpdateItem *items, guint n_items,
                         SmaltiBuffer norm)
{
  gdouble squares = 0, common, clip = 1;

  for (guint i = 0; i < n_items; i++)
    squares += pow (length (doubles (items[i].grad), items[i].n_elements), 2);
  common = sqrt (squares);
  *doubles (norm) = common;
  if (rule->clip_norm > 0 && common > rule->clip_norm)
    clip = rule->clip_norm / common;

  for (guint i = 0; i < n_items; i++)
    switch (rule->kind)
      {
      case SMALTI_UPDATE_SGD:
        update_sgd (rule, &items[i], clip);
        break;
      case SMALTI_UPDATE_ADAMW:
        update_adamw (rule, &items[i], clip);
        break;
      case SMALTI_UPDATE_LARS:
        update_lars (rule, &items[i], clip);
        break;
      }
}
