/* SPDX-License-Identifier: Apache-2.0 */
/* A run's backbone as one safetensors file that PyTorch loads. */
#pragma once

#include "core/run/store.h"

G_BEGIN_DECLS

/**
 * smalti_model_export:
 * @folder: of the run
 * @name: of the run, for the metadata
 * @python: (out) (transfer full): the lines of Python that load the file
 *
 * The trunk's parameters and statistics under torchvision's names where it has the network (else the colorization
 * release's or our own, without prefix), f32. The metadata says what it is ("smalti.backbone" and its settings,
 * "smalti.method", "smalti.run") and how images become numbers ("smalti.input", "smalti.mean", "smalti.deviation",
 * "smalti.size"); smalti_model_import() reads it, so that the same numbers come out. Paths of the user's are not in it.
 */
gboolean smalti_model_export (const char *folder, const char *name, const char *path, char **python, GError **error);

G_END_DECLS
