/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in sample: pictures drawn by the program, so that Smalti can be tried without any data. */
#pragma once

#include <gio/gio.h>

#include "core/image/image.h"

G_BEGIN_DECLS

#define SMALTI_SAMPLE_N_CLASSES 12

const char  *smalti_sample_class_name (guint          klass); /* "beach", "forest", ... */
/* One picture, @side x @side; a function of (@klass, @index) alone. */
SmaltiImage *smalti_sample_draw       (guint          klass,
                                       guint          index,
                                       gint           side);
/**
 * smalti_sample_write:
 *
 * Writes class folders train/<class>/NNNN.jpg and val/<class>/NNNN.jpg below @path, and a README that says that these
 * pictures are synthetic. A folder that already holds the sample of this size is left as it is.
 */
gboolean     smalti_sample_write      (const char    *path,
                                       guint          n_train_per_class,
                                       guint          n_val_per_class,
                                       gint           side,
                                       GCancellable  *cancellable,
                                       GError       **error);

G_END_DECLS
