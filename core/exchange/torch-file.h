/* SPDX-License-Identifier: Apache-2.0 */
/* Weights as torch.save() writes them: .pth, .pt, .pth.tar. */
#pragma once

#include "core/tensor/safetensors.h"

G_BEGIN_DECLS

/* Whether a file that begins so is PyTorch's; @size of at least 2. */
gboolean smalti_torch_file_is (const guint8 *data, gsize size);
/**
 * smalti_torch_file_read:
 *
 * The zip format of PyTorch 1.6 and newer, and the plain one before it. Nothing in the file is executed (see pickle.h)
 * and nothing in it believed before it is checked.
 *
 * The state dict is the outermost dict that has tensors in it. Where the outermost dict has none, it is looked for
 * below the first of these keys that is there, and so on: state_dict, model_state_dict, model, classy_state_dict,
 * base_model, trunk, net, network. Elements of type f32, f16, bf16 and f64 come as f32; tensors of whole numbers
 * (num_batches_tracked) are left out. Tensors that share a storage, or lie in it in another order, come as they are
 * meant: contiguous.
 *
 * Returns: (transfer full) (nullable): %NULL with SMALTI_ERROR_FORMAT, SMALTI_ERROR_IO or SMALTI_ERROR_MEMORY
 */
SmaltiTensorFile *smalti_torch_file_read (const char *path, GError **error);

G_END_DECLS
