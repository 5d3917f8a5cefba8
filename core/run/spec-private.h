/* SPDX-License-Identifier: Apache-2.0 */
/* Between the spec (spec.c), its settings (spec-params.c) and its YAML (spec-yaml.c). */
#pragma once

#include "core/run/spec.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_SECTION_TOP,
  SMALTI_SECTION_DATA,
  SMALTI_SECTION_METHOD,
  SMALTI_SECTION_BACKBONE,
  SMALTI_SECTION_TRAIN,
  SMALTI_SECTION_EVAL,
  SMALTI_N_SECTIONS,
} SmaltiSection;

struct _SmaltiSpec
{
  const SmaltiPretextClass *method;
  const SmaltiBackboneClass *backbone;
  SmaltiValues *values[SMALTI_N_SECTIONS];
  gint ref_count;
};

/* "", "data", "method", ...: as in the file. */
extern const char *const smalti_section_names[SMALTI_N_SECTIONS];

/* SMALTI_N_SECTIONS when there is none of that name. */
SmaltiSection smalti_section_find        (const char          *name);
/* Method and backbone have a key `name` that is in no table, since it chooses the table. */
gboolean      smalti_section_is_named    (SmaltiSection        section);
/* The new class's settings at their defaults; error texts name what there is. */
gboolean      smalti_spec_set_class      (SmaltiSpec          *self,
                                          SmaltiSection        section,
                                          const char          *name,
                                          GError             **error);
/* “gird” is no key of ...; did you mean “grid”? Free with g_free(). */
char         *smalti_spec_unknown_key    (const SmaltiSpec    *self,
                                          SmaltiSection        section,
                                          const char          *key);
/* @path as it is kept: absolute, below @folder when it was relative; "" stays. Free with g_free(). */
char         *smalti_spec_resolve_path   (const char          *path,
                                          const char          *folder);
/* The value as it stands in YAML: quoted where it must be. */
void          smalti_spec_append_value   (GString             *yaml,
                                          const SmaltiValues  *values,
                                          const SmaltiParam   *param);
/* Calls @report for every mistake that tables alone can't see. */
typedef void (*SmaltiSpecReport) (SmaltiSection section, const char *key, const char *message, gpointer user_data);
void          smalti_spec_find_mistakes  (const SmaltiSpec    *self,
                                          SmaltiSpecReport     report,
                                          gpointer             user_data);
/* FALSE: what is imported has nothing to run. */
gboolean      smalti_spec_refuse_imported (GError             **error);

G_END_DECLS
