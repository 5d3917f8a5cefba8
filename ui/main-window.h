/* SPDX-License-Identifier: Apache-2.0 */
/* The main window: the runs of a store beside one of them, and the engine that trains in this process. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_MAIN_WINDOW (smalti_main_window_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiMainWindow, smalti_main_window, SMALTI, MAIN_WINDOW, AdwApplicationWindow)

/* @store_path: (nullable): the default store. */
SmaltiMainWindow *smalti_main_window_new          (AdwApplication  *application,
                                          const char      *store_path);
/* Offers a run on the built-in sample, unless the store already has runs. */
void          smalti_main_window_offer_sample (SmaltiMainWindow    *self);

G_END_DECLS
