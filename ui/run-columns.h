/* SPDX-License-Identifier: Apache-2.0 */
/* What a table of runs can show: its own columns, and one for every setting and every metric there is. */
#pragma once

#include "ui/run-item.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_RUN_COLUMN_FAVORITE,
  SMALTI_RUN_COLUMN_STATE,
  SMALTI_RUN_COLUMN_NAME,
  SMALTI_RUN_COLUMN_METHOD,
  SMALTI_RUN_COLUMN_BACKBONE,
  SMALTI_RUN_COLUMN_PROGRESS,
  SMALTI_RUN_COLUMN_CREATED,
  SMALTI_RUN_COLUMN_DURATION,
  SMALTI_RUN_COLUMN_DATA,
  SMALTI_RUN_COLUMN_TAGS,
  SMALTI_RUN_COLUMN_NOTE,
  SMALTI_RUN_COLUMN_VALUE, /* what run-values.h reads by the column's id */
} SmaltiRunColumnKind;

/* Immutable, and there as long as the program: columns are compared by address. */
typedef struct
{
  SmaltiRunColumnKind kind;
  const char *id;      /* "name", "validation", "setting:train.lr", "best:val/loss" */
  const char *title;   /* of its header, for people */
  const char *details; /* what tells settings of one title apart: "train.lr"; or %NULL */
  gboolean is_numeric; /* aligned to the end */
  guint width;         /* in characters */
  gboolean is_extra;   /* shown only when asked for */
} SmaltiRunColumn;

/* (transfer container) (element-type SmaltiRunColumn): the table's own, all settings of all methods, and the best and the last
 * value of @metrics (nullable). */
GPtrArray             *smalti_run_columns_list     (const char *const      *metrics);
/* (nullable): none has this id; every metric's has. */
const SmaltiRunColumn *smalti_run_column_find      (const char             *id);

/* What stands in the cell; free with g_free(). */
char                  *smalti_run_column_describe  (const SmaltiRunColumn  *self,
                                                    SmaltiRunItem          *item);
/* Negative, 0, positive; what is not known comes last in either direction. */
gint                   smalti_run_column_compare   (const SmaltiRunColumn  *self,
                                                    SmaltiRunItem          *a,
                                                    SmaltiRunItem          *b,
                                                    gboolean                descending);

G_END_DECLS
