/* SPDX-License-Identifier: Apache-2.0 */
/* The tables as words: for a terminal, as a man page, as completion scripts. */
#pragma once

#include "app/command.h"

G_BEGIN_DECLS

/* What begins "smalti help" and the man page; translatable. */
extern const char cli_help_intro[];
extern const char cli_help_status[];

/* All free with g_free(). @group: "data": every command whose first word it is. */
char *cli_help_overview    (void);
char *cli_help_for_command (const CliCommand *command);
char *cli_help_group       (const char       *group);
/* Every section, method and backbone of a spec. */
char *cli_help_spec        (void);
char *cli_help_man         (void);
/* @shell: "bash", "zsh" or "fish". */
char *cli_help_completion  (const char       *shell);

/* Appends @text to @out, broken at spaces to lines of @columns, each begun with @indent spaces; the first line is taken
 * to stand at @at already. */
void  cli_help_wrap       (GString          *out,
                           const char       *text,
                           guint             columns,
                           guint             indent,
                           guint             at);
/* "--threads N", "-q, --quiet"; free with g_free(). */
char *cli_help_option     (const CliOption  *option);
/* Columns to write for. */
guint cli_help_columns    (void);

G_END_DECLS
