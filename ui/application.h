/* SPDX-License-Identifier: Apache-2.0 */
/* The desktop program: its options, its windows, its application-wide actions. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SMALTI_TYPE_APPLICATION (smalti_application_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiApplication, smalti_application, SMALTI, APPLICATION, AdwApplication)

/* Exit status of a program that has no display to show its window on; sysexits' EX_UNAVAILABLE. */
#define SMALTI_APPLICATION_NO_DISPLAY 69

SmaltiApplication *smalti_application_new (void);

G_END_DECLS
