/* SPDX-License-Identifier: Apache-2.0 */
/* What PyTorch's world calls the parameters of our backbones, and which backbone a set of named tensors is of. Residual
 * networks and the colorization network have the same names there as here; AlexNet's layers are numbered there. */
#pragma once

#include "core/nn/backbone.h"
#include "core/tensor/safetensors.h"

G_BEGIN_DECLS

/* What stands before the names of the network itself, to be left off: "module.encoder_q.", or "". Whole words of these
 * are taken off, as long as no name is one a backbone begins with (conv1.weight, features.0.weight, model1.0.weight)
 * and some name begins with one of them: module, model, backbone, encoder_q, base_encoder, encoder, trunk,
 * _feature_blocks, net, network, teacher, student. Names that do not begin so are no part of the network (encoder_k,
 * queue). Free with g_free(). */
char *smalti_torch_prefix (const SmaltiTensorFile *file);

/* A backbone found, with its settings. */
typedef struct
{
  const SmaltiBackboneClass *backbone;
  SmaltiValues *values;
} SmaltiBackboneChoice;

void smalti_backbone_choice_clear (SmaltiBackboneChoice *self);
/* From names and shapes alone: residual networks of torchvision (the 3 x 3 convolution strides, so version 1.5), its
 * AlexNet, and the colorization network of Zhang, Isola & Efros; or from what smalti export wrote into the metadata,
 * which knows what shapes do not tell (strides). FALSE without an error when they fit none. */
gboolean smalti_torch_guess (const SmaltiTensorFile *file, const char *prefix, SmaltiBackboneChoice *choice,
                             GError **error);
/* What PyTorch calls our parameter @name, which has no SMALTI_TRUNK_PREFIX; free with g_free(). */
char *smalti_torch_name (const SmaltiBackboneClass *backbone, const SmaltiValues *values, const char *name);
/* The function of torchvision.models that builds the very same network ("resnet18"), or %NULL. */
const char *smalti_torchvision_model (const SmaltiBackboneClass *backbone, const SmaltiValues *values);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmaltiBackboneChoice, smalti_backbone_choice_clear)

/* Metadata of exported weights: this, and this with "." and a key for each setting. */
#define SMALTI_EXPORT_BACKBONE "smalti.backbone"

G_END_DECLS
