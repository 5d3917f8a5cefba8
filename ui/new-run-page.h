/* SPDX-License-Identifier: Apache-2.0 */
/* A run before it is one: pictures, method, preset, every setting as a form and as YAML, and what it would cost. Everything is chosen
 * already when there are pictures, so that Start is the next click. */
#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_NEW_RUN_PAGE (smalti_new_run_page_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiNewRunPage, smalti_new_run_page, SMALTI, NEW_RUN_PAGE, SmaltiPage)

/* @path: chosen as if by the user, with the preset that fits its pictures unless settings have been changed; "": whatever is there,
 * or at first the sample. */
void smalti_new_run_page_set_folder (SmaltiNewRunPage  *self,
                                     const char        *path);
/* @yaml: (nullable): a run's settings, to begin another one with; else those that are there stay. @batch: another batch than they
 * say; 0: theirs. */
void smalti_new_run_page_set_spec   (SmaltiNewRunPage  *self,
                                     const char        *yaml,
                                     guint              batch);

G_END_DECLS
