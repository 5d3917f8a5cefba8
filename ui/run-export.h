/* SPDX-License-Identifier: Apache-2.0 */
/* What a person takes from a run: its backbone for their own code, its report. Each asks for a file, writes it on another thread and
 * tells what came of it. */
#pragma once

#include "ui/workbench.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_RUN_EXPORT_WEIGHTS, /* the backbone, as safetensors under names that PyTorch's models have */
  SMALTI_RUN_EXPORT_REPORT,  /* HTML, one file */
} SmaltiRunExport;

void smalti_run_export (GtkWidget       *asker,
                        SmaltiWorkbench *workbench,
                        SmaltiRunItem   *item,
                        SmaltiRunExport  what);

G_END_DECLS
