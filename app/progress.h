/* SPDX-License-Identifier: Apache-2.0 */
/* One line at the bottom of the terminal that says how far it is; a plain line now and then where there is no terminal. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *title; /* "Training" */
  guint64 done, total; /* total 0: not known */
  double rate;         /* images a second; 0: not known */
  double seconds_left; /* negative: not known */
  const char *extra;   /* "loss 4.21"; or %NULL */
} CliProgress;

typedef enum
{
  CLI_BAR_NONE,
  CLI_BAR_ASCII,
  CLI_BAR_BLOCKS, /* eighths of a column */
} CliBar;

/* The line for a terminal of @columns: never wider; what matters least goes first. Free with g_free(). */
char *cli_progress_render (const CliProgress *progress,
                           guint              columns,
                           CliBar             bar);
/* Shows it, at most ten times a second; all at once when done == total. Nothing under --quiet. */
void  cli_progress_show   (const CliProgress *progress);
/* Wipes the line off the terminal until it is shown next. */
void  cli_progress_hide   (void);

G_END_DECLS
