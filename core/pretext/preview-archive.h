/* SPDX-License-Identifier: Apache-2.0 */
/* A preview as a stored thing: its pictures side by side in one PNG, everything else as one JSON object. The pictures are
 * kept as they are, without frames or gaps, so that whoever reads them back (the window, the report, a time slider over a
 * run's history) can draw marks, sizes and words its own way. */
#pragma once

#include "core/pretext/pretext.h"

G_BEGIN_DECLS

/* (transfer full): input, then answer and truth where there are any, each at its own size, from left to right. */
GBytes        *smalti_preview_to_png      (const SmaltiPreview  *self,
                                           GError              **error);
/* One JSON object without a line break; free with g_free(). */
char          *smalti_preview_to_json     (const SmaltiPreview  *self);
/* (transfer full): %NULL with SMALTI_ERROR_FORMAT when the two don't belong together or are damaged. Thread safe. */
SmaltiPreview *smalti_preview_from_stored (GBytes               *png,
                                           const char           *json,
                                           GError              **error);

G_END_DECLS
