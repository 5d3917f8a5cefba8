/* SPDX-License-Identifier: Apache-2.0 */
/* The progress line. Written to standard error, so that results can be piped while it is watched. */
#include "app/progress.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/output.h"
#include "core/base/text-table.h"

#define REDRAW_INTERVAL (G_USEC_PER_SEC / 10)
#define PLAIN_INTERVAL  (10 * G_USEC_PER_SEC)
#define MIN_BAR         8
#define MAX_BAR         40

static gboolean shown;   /* the line is on the terminal now */
static gint64 last_time; /* when something was last written, monotonic */
static char *last_title; /* of what */

static void
append_bar (GString *line, double share, guint width, CliBar bar)
{
  static const char *const eighths[] = { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  guint n_eighths = (guint)(share * width * 8 + 1e-9);

  for (guint i = 0; i < width; i++)
    {
      guint filled = n_eighths > i * 8 ? MIN (n_eighths - i * 8, 8) : 0;

      if (bar == CLI_BAR_BLOCKS)
        g_string_append (line, filled == 8 ? "█" : eighths[filled]);
      else
        g_string_append_c (line, filled == 8 ? '#' : '-');
    }
}

static void
shorten (GString *line, guint columns)
{
  while (smalti_text_width (line->str) > columns)
    g_string_truncate (line, g_utf8_find_prev_char (line->str, line->str + line->len) - line->str);
}

char *
cli_progress_render (const CliProgress *progress, guint columns, CliBar bar)
{
  double share = progress->total > 0 ? MIN (1, (double)progress->done / progress->total) : 0;
  g_autofree char *done = cli_text_count (progress->done);
  g_autofree char *total = cli_text_count (progress->total);
  g_autofree char *left = cli_text_seconds (progress->seconds_left);
  /* After the bar, in order; what matters least has the highest rank and goes first when it is too narrow. */
  struct
  {
    char *text;
    guint rank;
  } part[5] = {
    { progress->total > 0 ? g_strdup_printf ("%3.0f%%", 100 * share) : NULL, 0 },
    { progress->total > 0  ? g_strdup_printf ("%s/%s", done, total)
      : progress->done > 0 ? g_strdup (done)
                           : NULL,
      4 },
    { progress->rate > 0 ? g_strdup_printf (_ ("%.*f images/s"), progress->rate < 10 ? 1 : 0, progress->rate) : NULL,
      2 },
    { progress->total > 0 && progress->seconds_left >= 0 ? g_strdup_printf (_ ("%s left"), left) : NULL, 1 },
    { g_strdup (progress->extra), 3 },
  };
  GString *line = g_string_new (progress->title);
  guint title = smalti_text_width (progress->title);
  gboolean wants_bar = bar != CLI_BAR_NONE && progress->total > 0;

  for (guint cut = 5;; cut--)
    {
      guint width = title;
      guint room;

      for (guint i = 0; i < G_N_ELEMENTS (part); i++)
        if (part[i].text != NULL && part[i].rank < cut)
          width += 2 + smalti_text_width (part[i].text);
      room = columns > width + 2 ? columns - width - 2 : 0;
      /* The bar is worth more than anything but the share done; that one more than the bar. */
      if ((wants_bar && room < MIN_BAR && cut > 1) || (width > columns && cut > 0))
        continue;
      if (wants_bar && room >= MIN_BAR)
        {
          g_string_append (line, "  ");
          append_bar (line, share, MIN (room, MAX_BAR), bar);
        }
      for (guint i = 0; i < G_N_ELEMENTS (part); i++)
        if (part[i].text != NULL && part[i].rank < cut)
          g_string_append_printf (line, "  %s", part[i].text);
      break;
    }
  shorten (line, columns);
  for (guint i = 0; i < G_N_ELEMENTS (part); i++)
    g_free (part[i].text);
  return g_string_free (line, FALSE);
}

static guint
terminal_columns (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void
show_plain (const CliProgress *progress, gint64 now)
{
  g_autofree char *line = NULL;

  if (g_strcmp0 (last_title, progress->title) == 0 && now - last_time < PLAIN_INTERVAL)
    return;
  g_free (last_title);
  last_title = g_strdup (progress->title);
  last_time = now;
  line = cli_progress_render (progress, G_MAXINT, CLI_BAR_NONE);
  fprintf (stderr, "%s\n", line);
  fflush (stderr);
}

void
cli_progress_show (const CliProgress *progress)
{
  gint64 now = g_get_monotonic_time ();
  g_autofree char *line = NULL;

  if (cli_output_quiet ())
    return;
  if (!isatty (STDERR_FILENO))
    {
      show_plain (progress, now);
      return;
    }
  if (shown && now - last_time < REDRAW_INTERVAL && (progress->total == 0 || progress->done < progress->total))
    return;
  last_time = now;
  shown = TRUE;
  /* One column is left free: a full last column makes some terminals wrap. */
  line = cli_progress_render (progress, MAX (terminal_columns (), 2) - 1,
                              strcmp (nl_langinfo (CODESET), "UTF-8") == 0 ? CLI_BAR_BLOCKS : CLI_BAR_ASCII);
  fprintf (stderr, "\r%s\033[K", line);
  fflush (stderr);
}

void
cli_progress_hide (void)
{
  if (!shown)
    return;
  shown = FALSE;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
}
