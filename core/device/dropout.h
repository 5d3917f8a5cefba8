/* SPDX-License-Identifier: Apache-2.0 */
/* Dropout's mask, the same on every device whatever its layout and threads: an element is kept or not by (seed, step,
 * stream of the node, its place in logical row-major order) alone, so that backward draws the mask again. */
#pragma once

#include "core/device/device.h"

G_BEGIN_DECLS

/**
 * smalti_dropout_draw:
 * @stream: attr.dropout.stream of the node
 * @block: elements 4 * @block .. 4 * @block + 3 in logical order (N, C, H, W), row major
 * @draw: (array fixed-size=4): uniform in [0, 1), 24 bits
 *
 * One Philox block. An element is kept, and multiplied by 1 / (1 - p), where its draw is at least p.
 */
void     smalti_dropout_draw  (const SmaltiRunContext *context,
                               guint32                 stream,
                               guint32                 block,
                               gfloat                  draw[4]);
/* The same for one element, at the price of a whole block. */
gboolean smalti_dropout_keeps (const SmaltiRunContext *context,
                               guint32                 stream,
                               gint64                  element,
                               gfloat                  p);

G_END_DECLS
