/* SPDX-License-Identifier: Apache-2.0 */
/* Where words go. Results go to standard output, talk to standard error; under --json standard output is for objects
 * alone, one a line, and every word for people goes to standard error. A progress bar on the same terminal is put aside
 * before anything is written. */
#pragma once

#include <json-glib/json-glib.h>

#include "core/base/error.h"

G_BEGIN_DECLS

void     cli_output_init  (gboolean      json,
                           gboolean      quiet);
gboolean cli_output_json  (void);
gboolean cli_output_quiet (void);

/* A result: a line, or a table. */
void     cli_say          (const char   *format,
                           ...) G_GNUC_PRINTF (1, 2);
/* Talk: left out by --quiet. */
void     cli_note         (const char   *format,
                           ...) G_GNUC_PRINTF (1, 2);
/* What the user should see whatever was asked for. */
void     cli_warn         (const char   *format,
                           ...) G_GNUC_PRINTF (1, 2);
/* The mistake that ends the program; under --json an object too. */
void     cli_fail         (const GError *error);
/* Whatever leaves through standard output as it is: CSV, a man page. FALSE when it could not be written. */
gboolean cli_write        (const char   *text,
                           GError      **error);

/* A line of standard output, only under --json. */
void     cli_json_line    (const char   *object);
/* Ends the builder's root object and writes it. Takes @builder. */
void     cli_json_end     (JsonBuilder  *builder);
/* Members of the object under way; NaN and infinity, which JSON lacks, become null. */
void     cli_json_string  (JsonBuilder  *builder,
                           const char   *name,
                           const char   *value);
void     cli_json_int     (JsonBuilder  *builder,
                           const char   *name,
                           gint64        value);
void     cli_json_number  (JsonBuilder  *builder,
                           const char   *name,
                           double        value);
void     cli_json_bool    (JsonBuilder  *builder,
                           const char   *name,
                           gboolean      value);
/* An array member of objects or numbers begins; json_builder_end_array() ends it. */
void     cli_json_array   (JsonBuilder  *builder,
                           const char   *name);

/* "1,234,567" as the locale groups digits; "52 MiB"; "3 min 20 s", "1 h 5 min"; free with g_free(). */
char    *cli_text_count   (guint64       n);
char    *cli_text_bytes   (guint64       n);
char    *cli_text_seconds (double        seconds);
/* Local date and time of microseconds since 1970, or "-". */
char    *cli_text_time    (gint64        microseconds);

G_END_DECLS
