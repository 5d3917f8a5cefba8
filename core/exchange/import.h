/* SPDX-License-Identifier: Apache-2.0 */
/* Public weights become an entry of the store that is measured, compared and reported as a run is: method `imported`,
 * done, with a checkpoint like any other. */
#pragma once

#include "core/run/store.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;     /* (nullable): the file's, without its endings */
  const char *backbone; /* (nullable): found out by names and shapes */
  /* (nullable): "method.size=64", "backbone.norm=lrn", ..., %NULL-terminated; what the backbone's settings are where
   * shapes do not tell, and how images become numbers */
  const char *const *settings;
} SmaltiImportOptions;

/**
 * smalti_model_import:
 * @path: PyTorch's .pth or .pt (see torch-file.h), or .safetensors; found out from its contents
 * @left_out: (out) (optional) (transfer full): what the file has beside the backbone, in a sentence, or %NULL
 *
 * Every parameter and statistic of the backbone must be there in its shape; what else belongs to the same modules is
 * refused (another kind of network), and all the rest, classifiers and projection heads, left out. Blocks for as long
 * as it takes to read and write the file.
 *
 * Returns: the number of the entry, or 0 with an error that names the first parameters that do not fit
 */
gint64 smalti_model_import (SmaltiStore *store, const char *path, const SmaltiImportOptions *options, char **left_out,
                            GError **error);

G_END_DECLS
