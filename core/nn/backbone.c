/* SPDX-License-Identifier: Apache-2.0 */
/* The list of backbones. */
#include "core/nn/backbone-private.h"

#include <math.h>
#include <string.h>

static const SmaltiBackboneClass *const backbones[] = {
  &smalti_cfn_class,
  &smalti_cfn_small_class,
  &smalti_colornet_class,
  &smalti_colornet_small_class,
  &smalti_resnet18_class,
  &smalti_resnet34_class,
  &smalti_resnet50_class,
  &smalti_resnet_small_class,
  NULL,
};

const SmaltiBackboneClass *const *
smalti_backbones (void)
{
  return backbones;
}

const SmaltiBackboneClass *
smalti_backbone_find (const char *id)
{
  for (guint i = 0; backbones[i] != NULL; i++)
    if (strcmp (backbones[i]->id, id) == 0)
      return backbones[i];
  return NULL;
}

void
smalti_trunk_add (SmaltiTrunk *self, const char *name, SmaltiValue *value)
{
  if (self->n_layers < SMALTI_MAX_LAYERS)
    self->layer[self->n_layers++] = (SmaltiLayer){ .name = name, .value = value };
  self->features = value;
}

gint64
smalti_scale_filters (gint64 n_filters, double width)
{
  if (n_filters <= 0) /* left for the graph to complain about */
    return n_filters;
  return MAX (8, (gint64)round (n_filters * width / 8) * 8);
}
