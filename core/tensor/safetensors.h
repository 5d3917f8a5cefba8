/* SPDX-License-Identifier: Apache-2.0 */
/* The safetensors format: 8 bytes little-endian header length, a JSON header (dtype, shape, data_offsets, and
 * `__metadata__` of strings), then the data (github.com/huggingface/safetensors). */
#pragma once

#include <glib.h>

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/**
 * SmaltiTensorFile:
 *
 * Named tensors in the order they were added, and metadata: the contents of one file, in memory. Reading checks every
 * length and offset against the file before it believes them; a damaged file is SMALTI_ERROR_FORMAT, never a crash.
 */
typedef struct _SmaltiTensorFile SmaltiTensorFile;

SmaltiTensorFile *smalti_tensor_file_new           (void);
void              smalti_tensor_file_free          (SmaltiTensorFile        *self);
SmaltiTensorFile *smalti_tensor_file_read          (const char              *path,
                                                    GError                 **error);
/* The same without the tensors: only the metadata, whatever the size of the file. */
SmaltiTensorFile *smalti_tensor_file_read_metadata (const char              *path,
                                                    GError                 **error);
/* Atomic: beside and renamed. */
gboolean          smalti_tensor_file_write         (const SmaltiTensorFile  *self,
                                                    const char              *path,
                                                    GError                 **error);
/* Takes a reference. A name that is there already is replaced. */
void              smalti_tensor_file_add           (SmaltiTensorFile        *self,
                                                    const char              *name,
                                                    SmaltiTensor            *tensor);
/* (transfer none) (nullable) */
SmaltiTensor     *smalti_tensor_file_get           (const SmaltiTensorFile  *self,
                                                    const char              *name);
/* (transfer container): in file order; the names belong to @self. Free with g_free(). */
const char      **smalti_tensor_file_names         (const SmaltiTensorFile  *self,
                                                    guint                   *n);
void              smalti_tensor_file_set_metadata  (SmaltiTensorFile        *self,
                                                    const char              *key,
                                                    const char              *value);
const char       *smalti_tensor_file_get_metadata  (const SmaltiTensorFile  *self,
                                                    const char              *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiTensorFile, smalti_tensor_file_free)

G_END_DECLS
