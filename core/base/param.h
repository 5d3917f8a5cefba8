/* SPDX-License-Identifier: Apache-2.0 */
/* Every setting of every method, backbone, optimizer and evaluation is declared once, in a table beside the code that
 * uses it. From that table come the form rows in the window, the checks of the YAML spec, `--set key=value`, the search
 * space of a sweep, the difference of two runs and `smalti help spec`. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  SMALTI_PARAM_BOOL,
  SMALTI_PARAM_INT,
  SMALTI_PARAM_FLOAT,
  SMALTI_PARAM_STRING,
  SMALTI_PARAM_PATH,
  SMALTI_PARAM_CHOICE,     /* one of @choices */
  SMALTI_PARAM_INT_LIST,   /* YAML: [1, 2, 3] */
  SMALTI_PARAM_FLOAT_LIST,
  SMALTI_PARAM_STRING_LIST,
} SmaltiParamType;

typedef enum
{
  SMALTI_PARAM_PLAIN = 0,
  SMALTI_PARAM_ADVANCED = 1 << 0, /* behind "More settings" */
  SMALTI_PARAM_LOG = 1 << 1,      /* a search samples it on a log scale */
  SMALTI_PARAM_REQUIRED = 1 << 2, /* has no default */
} SmaltiParamFlags;

/**
 * SmaltiParam:
 * @key: as in the spec, lower_snake_case; a table ends with a %NULL key
 * @title: for a form row, sentence case, translatable
 * @help: one sentence, translatable
 * @unit: shown after the value ("px", "epochs"), or %NULL
 * @value: the default, written as in YAML
 * @min: smallest allowed number (of every element in a list)
 * @max: largest allowed number; @min == @max == 0 means unbounded
 * @choices: %NULL-terminated, for SMALTI_PARAM_CHOICE
 */
typedef struct
{
  const char *key;
  const char *title;
  const char *help;
  const char *unit;
  SmaltiParamType type;
  const char *value;
  double min;
  double max;
  const char *const *choices;
  SmaltiParamFlags flags;
} SmaltiParam;

const SmaltiParam *smalti_param_find    (const SmaltiParam *table,
                                         const char        *key);
/* "one of: sgd, adamw, lars", "a whole number from 1 to 10000", ... Free with g_free(). */
char              *smalti_param_allowed (const SmaltiParam *param);
/* The key of @table closest to @key by edit distance, or %NULL when none is near. */
const char        *smalti_param_nearest (const SmaltiParam *table,
                                         const char        *key);

/**
 * SmaltiValues:
 *
 * The settings of one table: every key has a value, its default until set. Reference counted; not thread safe while it
 * is being changed. Getters assert that the key exists and has the type asked for: a wrong key is our mistake, not the
 * user's.
 */
typedef struct _SmaltiValues SmaltiValues;

#define SMALTI_TYPE_VALUES (smalti_values_get_type ())
GType               smalti_values_get_type        (void);

SmaltiValues       *smalti_values_new             (const SmaltiParam   *table);
SmaltiValues       *smalti_values_ref             (SmaltiValues        *self);
void                smalti_values_unref           (SmaltiValues        *self);
SmaltiValues       *smalti_values_copy            (const SmaltiValues  *self);
const SmaltiParam  *smalti_values_get_table       (const SmaltiValues  *self);

/* Sets from text as it would stand in YAML or after `--set key=`. On a mistake @self is unchanged and the error
 * (SMALTI_ERROR_ARGUMENT) names the key, the value, what is allowed and, for an unknown key, the nearest one. */
gboolean            smalti_values_set             (SmaltiValues        *self,
                                                   const char          *key,
                                                   const char          *text,
                                                   GError             **error);
void                smalti_values_reset           (SmaltiValues        *self,
                                                   const char          *key);
gboolean            smalti_values_is_default      (const SmaltiValues  *self,
                                                   const char          *key);
/* The value as YAML text in canonical form: equal values give equal texts. */
char               *smalti_values_get_text        (const SmaltiValues  *self,
                                                   const char          *key);

gboolean            smalti_values_get_bool        (const SmaltiValues  *self,
                                                   const char          *key);
gint64              smalti_values_get_int         (const SmaltiValues  *self,
                                                   const char          *key);
double              smalti_values_get_float       (const SmaltiValues  *self,
                                                   const char          *key);
/* STRING, PATH and CHOICE; "" when empty, never %NULL; valid until the key is set again. */
const char         *smalti_values_get_string      (const SmaltiValues  *self,
                                                   const char          *key);
/* Position in the parameter's @choices. */
guint               smalti_values_get_choice      (const SmaltiValues  *self,
                                                   const char          *key);
const gint64       *smalti_values_get_int_list    (const SmaltiValues  *self,
                                                   const char          *key,
                                                   guint               *n);
const double       *smalti_values_get_float_list  (const SmaltiValues  *self,
                                                   const char          *key,
                                                   guint               *n);
const char *const  *smalti_values_get_string_list (const SmaltiValues  *self,
                                                   const char          *key,
                                                   guint               *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiValues, smalti_values_unref)

G_END_DECLS
