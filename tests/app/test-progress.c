/* SPDX-License-Identifier: Apache-2.0 */
/* The progress line: never wider than its terminal, and the important parts stay longest. */
#include <string.h>

#include "app/output.h"
#include "app/progress.h"
#include "core/base/text-table.h"

static const CliProgress half_way
    = { .title = "Training", .done = 1200, .total = 2400, .rate = 57.3, .seconds_left = 83, .extra = "loss 4.21" };

static void
a_wide_line_has_every_part (void)
{
  g_autofree char *line = cli_progress_render (&half_way, 120, CLI_BAR_BLOCKS);

  g_assert_nonnull (strstr (line, "Training"));
  g_assert_nonnull (strstr (line, "█"));
  g_assert_nonnull (strstr (line, " 50%"));
  g_assert_nonnull (strstr (line, "1200/2400"));
  g_assert_nonnull (strstr (line, "57 images/s"));
  g_assert_nonnull (strstr (line, "1 min 23 s left"));
  g_assert_nonnull (strstr (line, "loss 4.21"));
}

static void
no_line_is_wider_than_its_terminal (void)
{
  const CliProgress cases[] = {
    half_way,
    { .title = "Looking for images", .done = 12345, .seconds_left = -1 },
    { .title = "Vérification des très longues séries d'images", .done = 1, .total = 3, .seconds_left = 1e12 },
    { .title = "図を読む", .done = 7, .total = 7, .rate = 3.25, .seconds_left = 0, .extra = "損失 0.5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint columns = 1; columns < 200; columns++)
      for (CliBar bar = CLI_BAR_NONE; bar <= CLI_BAR_BLOCKS; bar++)
        {
          g_autofree char *line = cli_progress_render (&cases[i], columns, bar);

          g_assert_cmpuint (smalti_text_width (line), <=, columns);
          g_assert_true (g_utf8_validate (line, -1, NULL));
        }
}

static void
a_narrow_line_keeps_the_share_done (void)
{
  g_autofree char *line = cli_progress_render (&half_way, 30, CLI_BAR_ASCII);
  g_autofree char *narrower = cli_progress_render (&half_way, 15, CLI_BAR_ASCII);

  g_assert_nonnull (strstr (line, "Training"));
  g_assert_nonnull (strstr (line, "###"));
  g_assert_nonnull (strstr (line, "50%"));
  g_assert_null (strstr (line, "loss"));
  g_assert_nonnull (strstr (narrower, "50%"));
  g_assert_null (strstr (narrower, "#"));
}

static void
the_bar_is_full_only_at_the_end (void)
{
  CliProgress progress = { .title = "T", .done = 999, .total = 1000, .seconds_left = -1 };
  g_autofree char *almost = cli_progress_render (&progress, 60, CLI_BAR_ASCII);
  g_autofree char *full = NULL;

  progress.done = 1000;
  full = cli_progress_render (&progress, 60, CLI_BAR_ASCII);
  g_assert_nonnull (strchr (almost, '-'));
  g_assert_null (strchr (full, '-'));
  g_assert_nonnull (strstr (full, "100%"));
}

static void
times_read_as_people_say_them (void)
{
  const struct
  {
    double seconds;
    const char *text;
  } cases[] = {
    { 0, "0.0 s" },           { 9.94, "9.9 s" },      { 9.96, "10 s" }, { 59.4, "59 s" }, { 59.6, "1 min 00 s" },
    { 3599.7, "1 h 00 min" }, { 7500, "2 h 05 min" }, { -1, "-" },      { 1e300, "-" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = cli_text_seconds (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
what_has_only_begun_is_not_counted (void)
{
  CliProgress progress = { .title = "Preparing", .seconds_left = -1 };
  g_autofree char *line = cli_progress_render (&progress, 80, CLI_BAR_BLOCKS);

  g_assert_cmpstr (line, ==, "Preparing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/wide", a_wide_line_has_every_part);
  g_test_add_func ("/progress/never-wider", no_line_is_wider_than_its_terminal);
  g_test_add_func ("/progress/narrow", a_narrow_line_keeps_the_share_done);
  g_test_add_func ("/progress/full", the_bar_is_full_only_at_the_end);
  g_test_add_func ("/progress/begun", what_has_only_begun_is_not_counted);
  g_test_add_func ("/progress/times", times_read_as_people_say_them);
  return g_test_run ();
}
