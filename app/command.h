/* SPDX-License-Identifier: Apache-2.0 */
/* A command of the program is one entry of a table: its name, what it takes, a line of help and the function that runs
 * it. The parser, `smalti help`, the man page and the shells' completion all read these tables and nothing else. */
#pragma once

#include <glib.h>

#include "core/base/error.h"

G_BEGIN_DECLS

/* What a value is: how it is checked, and what a shell offers for it. */
typedef enum
{
  CLI_NONE,   /* an option without a value */
  CLI_TEXT,
  CLI_WHOLE,  /* a whole number from min to max */
  CLI_NUMBER,
  CLI_CHOICE, /* one of choices */
  CLI_FILE,
  CLI_FOLDER,
  CLI_SPEC,   /* a YAML file */
  CLI_RUN,    /* a run's number, its name, or "last" */
  CLI_TOPIC,  /* a command's name, or "spec" */
} CliKind;

typedef struct
{
  const char *name; /* without its dashes; a table ends with %NULL */
  char letter;      /* 0: none */
  CliKind kind;
  const char *value; /* what the value is called in help: "DIR" */
  const char *help;  /* translatable, no full stop */
  gboolean repeats;
  gboolean required;
  double min, max;
  const char *const *choices;
} CliOption;

#define CLI_MAX_ARGUMENTS 2

typedef struct
{
  const char *name; /* "RUN"; %NULL: no more */
  CliKind kind;
  gboolean repeats; /* one or more; only the last one */
  gboolean optional;
} CliArgument;

typedef struct
{
  const char *command; /* "smalti run spec.yaml" */
  const char *text;    /* translatable: what it does */
} CliExample;

typedef enum
{
  CLI_COMPUTES = 1 << 0, /* takes --device and --threads */
  CLI_STORES = 1 << 1,   /* takes --store */
} CliUses;

typedef struct _CliInvocation CliInvocation;
typedef struct _CliCommand CliCommand;

struct _CliCommand
{
  const char *name;    /* "run", or of two words: "runs show" */
  const char *summary; /* one line, translatable, no full stop */
  const char *details; /* paragraphs separated by an empty line, translatable, or %NULL */
  CliUses uses;
  CliArgument argument[CLI_MAX_ARGUMENTS + 1];
  const CliOption *options; /* or %NULL */
  CliExample example[3];
  /* FALSE with @error when it failed: SMALTI_ERROR_ARGUMENT ends in status 2, all else in 1. */
  gboolean (*run) (CliInvocation *invocation, GError **error);
};

/* %NULL-terminated, in the order in which people meet them. */
extern const CliCommand *const cli_commands[];
/* Understood by every command, before or after its name. */
extern const CliOption cli_global_options[];

const CliCommand *cli_command_find    (const char        *name);
/* Whether @global means anything to @command (nullable: to any). */
gboolean          cli_command_takes   (const CliCommand  *command,
                                       const CliOption   *global);
/* "predict RUN IMAGE... --out DIR [--seed N]"; free with g_free(). */
char             *cli_command_synopsis (const CliCommand *command);

/* One call of the program. */
struct _CliInvocation
{
  const CliCommand *command; /* %NULL: none was named */
  GHashTable *values;        /* option name -> GPtrArray of text */
  GPtrArray *arguments;      /* text, without the command's name; ends with %NULL that is not counted */
};

/* SMALTI_ERROR_ARGUMENT, with the nearest name where one was not known. --help and --version silence what is missing. */
CliInvocation     *cli_invocation_new  (int                   argc,
                                        char                **argv,
                                        GError              **error);
void               cli_invocation_free (CliInvocation        *self);
/* Of an option that was given: the last value; else %NULL or @fallback. Names that no table has are our own mistake. */
gboolean           cli_has             (const CliInvocation  *self,
                                        const char           *option);
const char        *cli_text            (const CliInvocation  *self,
                                        const char           *option);
gint64             cli_whole           (const CliInvocation  *self,
                                        const char           *option,
                                        gint64                fallback);
double             cli_number          (const CliInvocation  *self,
                                        const char           *option,
                                        double                fallback);
/* Every value of an option that repeats, %NULL-terminated, or %NULL; owned by @self. */
const char *const *cli_list            (const CliInvocation  *self,
                                        const char           *option);
/* The @i-th argument, or %NULL. */
const char        *cli_argument        (const CliInvocation  *self,
                                        guint                 i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliInvocation, cli_invocation_free)

G_END_DECLS
