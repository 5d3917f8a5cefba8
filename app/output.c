/* SPDX-License-Identifier: Apache-2.0 */
/* Where words go; see the header. The two switches are the program's, set once before anything else runs. */
#include "app/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/progress.h"

static gboolean json_wanted, quiet_wanted;

void
cli_output_init (gboolean json, gboolean quiet)
{
  json_wanted = json;
  quiet_wanted = quiet;
}

gboolean
cli_output_json (void)
{
  return json_wanted;
}

gboolean
cli_output_quiet (void)
{
  return quiet_wanted;
}

static void
put (FILE *file, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  cli_progress_hide ();
  fputs (text, file);
  if (!g_str_has_suffix (text, "\n"))
    fputc ('\n', file);
  fflush (file);
}

void
cli_say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  put (json_wanted ? stderr : stdout, format, arguments);
  va_end (arguments);
}

void
cli_note (const char *format, ...)
{
  va_list arguments;

  if (quiet_wanted)
    return;
  va_start (arguments, format);
  put (stderr, format, arguments);
  va_end (arguments);
}

void
cli_warn (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  put (stderr, format, arguments);
  va_end (arguments);
}

static const char *
error_id (const GError *error)
{
  static const char *const ids[] = {
    [SMALTI_ERROR_ARGUMENT] = "argument",     [SMALTI_ERROR_DATA] = "data",          [SMALTI_ERROR_SHAPE] = "shape",
    [SMALTI_ERROR_DEVICE] = "device",         [SMALTI_ERROR_MEMORY] = "memory",      [SMALTI_ERROR_STORE] = "store",
    [SMALTI_ERROR_CHECKPOINT] = "checkpoint", [SMALTI_ERROR_FORMAT] = "format",      [SMALTI_ERROR_IO] = "io",
    [SMALTI_ERROR_DIVERGED] = "diverged",     [SMALTI_ERROR_CANCELLED] = "cancelled"
  };

  return error->domain == SMALTI_ERROR && (guint)error->code < G_N_ELEMENTS (ids) ? ids[error->code] : "other";
}

void
cli_fail (const GError *error)
{
  cli_warn ("%s", error->message);
  if (json_wanted)
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      cli_json_string (builder, "event", "error");
      cli_json_string (builder, "code", error_id (error));
      cli_json_string (builder, "message", error->message);
      cli_json_end (builder);
    }
}

gboolean
cli_write (const char *text, GError **error)
{
  cli_progress_hide ();
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not write to standard output: %s."), g_strerror (errno));
  return FALSE;
}

void
cli_json_line (const char *object)
{
  if (!json_wanted)
    return;
  cli_progress_hide ();
  fputs (object, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

void
cli_json_end (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  cli_json_line (text);
  g_object_unref (builder);
}

void
cli_json_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value == NULL)
    json_builder_add_null_value (builder);
  else if (g_utf8_validate (value, -1, NULL))
    json_builder_add_string_value (builder, value);
  else
    {
      /* A file name need not be UTF-8; JSON must. */
      g_autofree char *valid = g_utf8_make_valid (value, -1);

      json_builder_add_string_value (builder, valid);
    }
}

void
cli_json_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
cli_json_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
cli_json_bool (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
cli_json_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

char *
cli_text_count (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

char *
cli_text_bytes (guint64 n)
{
  return g_format_size_full (n, G_FORMAT_SIZE_IEC_UNITS);
}

char *
cli_text_seconds (double seconds)
{
  guint64 s;

  if (!isfinite (seconds) || seconds < 0 || seconds > 1e9)
    return g_strdup ("-");
  if (seconds < 9.95)
    return g_strdup_printf (_ ("%.1f s"), seconds);
  s = (guint64)(seconds + 0.5);
  if (s < 60)
    return g_strdup_printf (_ ("%u s"), (guint)s);
  if (s < 3600)
    return g_strdup_printf (_ ("%u min %02u s"), (guint)(s / 60), (guint)(s % 60));
  return g_strdup_printf (_ ("%u h %02u min"), (guint)(s / 3600), (guint)(s / 60 % 60));
}

char *
cli_text_time (gint64 microseconds)
{
  g_autoptr (GDateTime) time = NULL;

  if (microseconds == 0)
    return g_strdup ("-");
  time = g_date_time_new_from_unix_local (microseconds / G_USEC_PER_SEC);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("-");
}
