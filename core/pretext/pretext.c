/* SPDX-License-Identifier: Apache-2.0 */
/* The list of methods, and what is the same for all of them. */
#include <string.h>

#include "core/pretext/pretext-private.h"

static const SmaltiPretextClass *const pretexts[] = {
  &smalti_jigsaw_class, &smalti_colorization_class, &smalti_supervised_class,
  &smalti_random_class, &smalti_imported_class,     NULL,
};

const SmaltiPretextClass *const *
smalti_pretexts (void)
{
  return pretexts;
}

const SmaltiPretextClass *
smalti_pretext_find (const char *id)
{
  for (guint i = 0; pretexts[i] != NULL; i++)
    if (strcmp (pretexts[i]->id, id) == 0)
      return pretexts[i];
  return NULL;
}

SmaltiPretext *
smalti_pretext_new (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset, GError **error)
{
  return klass->create (klass, values, dataset, error);
}

void
smalti_pretext_free (SmaltiPretext *self)
{
  if (self != NULL)
    self->klass->destroy (self);
}
