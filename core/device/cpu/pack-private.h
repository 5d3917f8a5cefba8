/* SPDX-License-Identifier: Apache-2.0 */
/* Weights between the master copy (row major, f32) and the blocked order a convolution prefers. */
#pragma once

#include "core/device/cpu/dnnl-private.h"

G_BEGIN_DECLS

typedef struct _SmaltiPack SmaltiPack;

/* @layout: of weights (O, I, KH, KW), or (G, O, I, KH, KW) when @groups > 1; f32, or @bf16. */
SmaltiPack *smalti_pack_new   (const SmaltiDnnlDesc  *layout,
                               gint                   groups,
                               SmaltiShape            shape,
                               gboolean               bf16);
void        smalti_pack_free  (SmaltiPack            *self);
/* Master -> packed; the padding of blocks becomes zero. */
void        smalti_pack_run   (const SmaltiPack      *self,
                               gpointer               packed,
                               const gfloat          *master);
/* The sum of @n_parts packed gradients (f32), @part_bytes apart -> row major. */
void        smalti_pack_sum   (const SmaltiPack      *self,
                               gfloat                *master,
                               gconstpointer          packed,
                               guint                  n_parts,
                               gsize                  part_bytes);

G_END_DECLS
