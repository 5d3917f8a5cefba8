/* SPDX-License-Identifier: Apache-2.0 */
/* Showing what a network gets. A sample is drawn by the method's own sampler, as the loader has it drawn, and the
 * method then turns the numbers it wrote back into pictures. */
#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/pretext/pretext-private.h"

void
smalti_look_free (SmaltiLook *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->image, smalti_image_unref);
  g_free (self);
}

SmaltiLook *
smalti_look_add (GPtrArray *looks, const char *id, const char *title, const char *note, SmaltiImage *image)
{
  SmaltiLook *look = g_new0 (SmaltiLook, 1);

  look->id = id;
  look->title = title;
  look->note = note;
  look->image = image;
  g_ptr_array_add (looks, look);
  return look;
}

void
smalti_look_add_whole (GPtrArray *looks, SmaltiInputKind kind, const gfloat *in, gint side, gboolean training)
{
  smalti_look_add (looks, "crop", _ ("What the Network Gets"),
                   training ? _ ("A part of the image, changed at random as in training.")
                            : _ ("The middle of the image, as held-out images are looked at."),
                   smalti_input_show (kind, in, side, side));
}

GPtrArray *
smalti_pretext_look (SmaltiPretext *self, const SmaltiImage *image, const SmaltiRandom *random, gboolean training)
{
  GPtrArray *looks = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_look_free);
  gpointer fields[SMALTI_MAX_FIELDS] = { NULL };
  SmaltiRandom drawn = *random;
  SmaltiSampler sampler;

  self->klass->sampler (self, &sampler);
  for (guint f = 0; f < sampler.n_fields; f++)
    fields[f] = g_malloc0_n (smalti_shape_size (sampler.field[f].shape), smalti_dtype_size (sampler.field[f].dtype));
  sampler.draw (sampler.self, image, -1, &drawn, training, fields);
  self->klass->look (self, image, random, training, fields, looks);
  for (guint f = 0; f < sampler.n_fields; f++)
    g_free (fields[f]);
  return looks;
}

GPtrArray *
smalti_method_look (const SmaltiPretextClass *klass, const SmaltiValues *values, const SmaltiImage *image, guint64 seed,
                    gboolean training, GError **error)
{
  g_autoptr (SmaltiPretext) pretext = smalti_pretext_new (klass, values, NULL, error);
  SmaltiRandom random;

  if (pretext == NULL)
    return NULL;
  smalti_random_init (&random, seed, SMALTI_STREAM_SAMPLE, 0, 0);
  return smalti_pretext_look (pretext, image, &random, training);
}
