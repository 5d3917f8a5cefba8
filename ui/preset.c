/* SPDX-License-Identifier: Apache-2.0 */
/* A file's name is KIND-METHOD.yaml. */
#include "ui/preset.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define QUICK N_ ("Quick look")
#define SMALL N_ ("Small images")
#define PAPER N_ ("As in the paper")
#define STUDY N_ ("As in the original study")

/* clang-format off */
static const SmaltiPreset presets[] = {
  { "quick-look", "jigsaw", QUICK,
    N_ ("Three minutes with a small network: enough to see whether it learns, not what it could learn.") },
  { "small-images", "jigsaw", SMALL,
    N_ ("Ten minutes for images of about 64 px: tiles of 24 px, cut from the image drawn up a little.") },
  { "paper", "jigsaw", PAPER,
    N_ ("Noroozi and Favaro’s network, tiles and 1,000 permutations. Meant for a million images and days on a GPU.") },
  { "study", "jigsaw", STUDY,
    N_ ("2 by 2 tiles in all of their 24 orders, batch norm and pooling, ten epochs.") },

  { "quick-look", "colorization", QUICK,
    N_ ("Three minutes with a small network and images of 64 px: colours that are plausible at best.") },
  { "small-images", "colorization", SMALL,
    N_ ("Ten minutes for images of about 64 px.") },
  { "paper", "colorization", PAPER,
    N_ ("Zhang, Isola and Efros’ network on images of 256 px. Meant for a million images and days on a GPU.") },
  { "study", "colorization", STUDY,
    N_ ("The paper’s network on images of 128 px, ten epochs; it took 35 hours on Places365.") },

  { "quick-look", "supervised", QUICK,
    N_ ("Three minutes with the network of the other quick looks, and with labels.") },
  { "small-images", "supervised", SMALL,
    N_ ("Four minutes for images of about 64 px, with labels: what the other small-image presets are measured against.") },
  { "paper", "supervised", PAPER,
    N_ ("AlexNet as Krizhevsky, Sutskever and Hinton trained it. Meant for a million images and days on a GPU.") },

  { "quick-look", "random", QUICK,
    N_ ("Measures the network of the other quick looks before it has learned anything.") },
  { "small-images", "random", SMALL,
    N_ ("Measures the network of the other small-image presets before it has learned anything.") },
  { NULL },
};
/* clang-format on */

const SmaltiPreset *
smalti_presets (void)
{
  return presets;
}

const SmaltiPreset *
smalti_preset_find (const char *method, const char *kind)
{
  for (const SmaltiPreset *preset = presets; preset->kind; preset++)
    if (strcmp (preset->method, method) == 0 && strcmp (preset->kind, kind) == 0)
      return preset;
  return NULL;
}

char *
smalti_preset_load_yaml (const SmaltiPreset *self)
{
  g_autofree char *path = g_strdup_printf ("/org/smalti/presets/%s-%s.yaml", self->kind, self->method);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return bytes ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}
