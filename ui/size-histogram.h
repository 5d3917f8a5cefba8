/* SPDX-License-Identifier: Apache-2.0 */
/* How large the images are: bars over the pixels of their short side, in half octaves. */
#pragma once

#include <gtk/gtk.h>

#include "core/data/dataset.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_SIZE_HISTOGRAM (smalti_size_histogram_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSizeHistogram, smalti_size_histogram, SMALTI, SIZE_HISTOGRAM, GtkWidget)

void smalti_size_histogram_set_stats (SmaltiSizeHistogram       *self,
                                      const SmaltiDatasetStats  *stats);

G_END_DECLS
