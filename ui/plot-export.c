/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures have the width of a column and a half in a journal, in points, whatever the format, so that the same plot
 * looks the same in all of them. The thread has a font map of its own: Pango's are not shared. */
#include "ui/plot-export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "ui/plot-picture-private.h"
#include "ui/plot-private.h"

#define WIDTH  480.0 /* points */
#define HEIGHT 300.0
#define FONT   "Cantarell, Sans 10"
/* Pixels of a PNG for a point: twice the 96 of a screen for 72. */
#define PNG_SCALE (2 * 96 / 72.0)
/* Lines of a table between looks at whether it is still wanted. */
#define LINES_A_LOOK 4096

typedef struct
{
  SmaltiPlotData *data;
  SmaltiPlotFormat format;
  GFile *file; /* (nullable): only the bytes */
} Job;

static void
job_free (Job *job)
{
  smalti_plot_data_free (job->data);
  g_clear_object (&job->file);
  g_free (job);
}

const char *
smalti_plot_format_get_suffix (SmaltiPlotFormat format)
{
  static const char *const suffixes[] = { "svg", "png", "pdf", "csv" };

  return suffixes[format];
}

/* Pictures */

static cairo_status_t
take_bytes (gpointer closure, const guchar *bytes, guint n)
{
  g_byte_array_append (closure, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_on_paper (const SmaltiPlotData *data, cairo_surface_t *surface, gdouble scale)
{
  g_autoptr (PangoFontMap) fonts = pango_cairo_font_map_new ();
  PangoContext *context;
  PangoFontDescription *font = pango_font_description_from_string (FONT);
  cairo_font_options_t *options = cairo_font_options_create ();
  const SmaltiPlotStyle style = { .text = { 0, 0, 0, 1 }, .base = { 1, 1, 1, 1 }, .paper = TRUE };
  SmaltiPlotPicture picture;
  cairo_t *cr = cairo_create (surface);

  pango_cairo_font_map_set_resolution (PANGO_CAIRO_FONT_MAP (fonts), 72);
  context = pango_font_map_create_context (fonts);
  pango_context_set_font_description (context, font);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);

  cairo_scale (cr, scale, scale);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  smalti_plot_picture_init (&picture, data, context);
  smalti_plot_picture_lay_out (&picture, &style, WIDTH, HEIGHT);
  smalti_plot_picture_draw (&picture, cr);
  smalti_plot_picture_clear (&picture);
  cairo_show_page (cr);
  cairo_destroy (cr);
  cairo_font_options_destroy (options);
  pango_font_description_free (font);
  g_object_unref (context);
}

static gboolean
add_picture (GByteArray *bytes, const SmaltiPlotData *data, SmaltiPlotFormat format, GError **error)
{
  cairo_surface_t *surface = NULL;
  cairo_status_t status;

  switch (format)
    {
    case SMALTI_PLOT_SVG:
      surface = cairo_svg_surface_create_for_stream (take_bytes, bytes, WIDTH, HEIGHT);
      break;
    case SMALTI_PLOT_PDF:
      surface = cairo_pdf_surface_create_for_stream (take_bytes, bytes, WIDTH, HEIGHT);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, data->title);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Smalti " SMALTI_VERSION);
      break;
    default:
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (gint)round (WIDTH * PNG_SCALE),
                                            (gint)round (HEIGHT * PNG_SCALE));
      break;
    }
  draw_on_paper (data, surface, format == SMALTI_PLOT_PNG ? PNG_SCALE : 1);
  if (format == SMALTI_PLOT_PNG)
    status = cairo_surface_write_to_png_stream (surface, take_bytes, bytes);
  else
    {
      cairo_surface_finish (surface);
      status = cairo_surface_status (surface);
    }
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The plot can’t be drawn: %s."),
               cairo_status_to_string (status));
  return FALSE;
}

/* Tables */

static void
add_word (GString *text, const char *word)
{
  if (!strpbrk (word, ",\"\r\n"))
    {
      g_string_append (text, word);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *c = word; *c; c++)
    {
      if (*c == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}

/* The shortest digits that are read back as the same number, with a point in any locale. */
static void
add_number (GString *text, gdouble number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (number == floor (number) && fabs (number) < 1e15)
    {
      g_string_append_printf (text, "%.0f", number);
      return;
    }
  g_ascii_formatd (digits, sizeof digits, "%.15g", number);
  if (g_ascii_strtod (digits, NULL) != number)
    g_ascii_formatd (digits, sizeof digits, "%.17g", number);
  g_string_append (text, digits);
}

static void
add_line (GString *text, const SmaltiCurve *curve, gsize i, gboolean with_groups)
{
  if (with_groups)
    {
      add_word (text, curve->group ? curve->group : "");
      g_string_append_c (text, ',');
    }
  add_word (text, curve->title);
  for (guint x = 0; x < SMALTI_N_X; x++)
    {
      g_string_append_c (text, ',');
      if (smalti_series_has (curve->series, x))
        add_number (text, smalti_series_get_x (curve->series, x, i));
    }
  g_string_append_c (text, ',');
  add_number (text, smalti_series_get_y (curve->series, i));
  g_string_append (text, "\r\n");
}

static gboolean
write_table (const SmaltiPlotData *data, GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean with_groups = FALSE;

  for (guint c = 0; c < data->curves->len; c++)
    with_groups = with_groups || ((SmaltiCurve *)data->curves->pdata[c])->group;
  g_string_append (text, with_groups ? "run,curve,step,epoch,seconds,value\r\n" : "curve,step,epoch,seconds,value\r\n");
  for (guint c = 0; c < data->curves->len; c++)
    {
      const SmaltiCurve *curve = data->curves->pdata[c];
      gsize n = curve->visible ? smalti_series_get_n (curve->series) : 0;

      for (gsize i = 0; i < n; i++)
        {
          add_line (text, curve, i, with_groups);
          if (i % LINES_A_LOOK != LINES_A_LOOK - 1)
            continue;
          if (!g_output_stream_write_all (stream, text->str, text->len, NULL, cancellable, error))
            return FALSE;
          g_string_truncate (text, 0);
        }
    }
  return g_output_stream_write_all (stream, text->str, text->len, NULL, cancellable, error);
}

gboolean
smalti_plot_write (const SmaltiPlotData *data, SmaltiPlotFormat format, GOutputStream *stream,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;

  if (format == SMALTI_PLOT_CSV)
    return write_table (data, stream, cancellable, error);
  bytes = g_byte_array_new ();
  return add_picture (bytes, data, format, error)
         && g_output_stream_write_all (stream, bytes->data, bytes->len, NULL, cancellable, error);
}

/* A file that failed half way is not put in the place of the one before it: closing under a cancelled cancellable
 * leaves that one alone. */
static gboolean
write_whole (const SmaltiPlotData *data, SmaltiPlotFormat format, GFile *file, GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GFileOutputStream) stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, error);

  if (!stream)
    return FALSE;
  if (!smalti_plot_write (data, format, G_OUTPUT_STREAM (stream), cancellable, error))
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      g_cancellable_cancel (cancelled);
      g_output_stream_close (G_OUTPUT_STREAM (stream), cancelled, NULL);
      return FALSE;
    }
  return g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, error);
}

gboolean
smalti_plot_write_file (const SmaltiPlotData *data, SmaltiPlotFormat format, GFile *file, GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *name = NULL;

  if (write_whole (data, format, file, cancellable, &cause))
    return TRUE;
  name = g_file_get_basename (file);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&cause), _ ("“%s” was not saved: "), name);
  return FALSE;
}

static void
save_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  GError *error = NULL;

  if (smalti_plot_write_file (job->data, job->format, job->file, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
render_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  GError *error = NULL;

  if (!smalti_plot_write (job->data, job->format, stream, cancellable, &error)
      || !g_output_stream_close (stream, cancellable, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream)),
                           (GDestroyNotify)g_bytes_unref);
}

static GTask *
new_task (SmaltiPlot *self, SmaltiPlotFormat format, GFile *file, GCancellable *cancellable,
          GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new (Job, 1);

  *job = (Job){ smalti_plot_data_snapshot (smalti_plot_get_data (self)), format, file ? g_object_ref (file) : NULL };
  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  return task;
}

void
smalti_plot_save_async (SmaltiPlot *self, SmaltiPlotFormat format, GFile *file, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMALTI_IS_PLOT (self) && G_IS_FILE (file));

  g_autoptr (GTask) task = new_task (self, format, file, cancellable, callback, user_data);

  g_task_set_source_tag (task, smalti_plot_save_async);
  g_task_run_in_thread (task, save_in_thread);
}

gboolean
smalti_plot_save_finish (SmaltiPlot *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
smalti_plot_render_async (SmaltiPlot *self, SmaltiPlotFormat format, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (SMALTI_IS_PLOT (self));

  g_autoptr (GTask) task = new_task (self, format, NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, smalti_plot_render_async);
  g_task_run_in_thread (task, render_in_thread);
}

GBytes *
smalti_plot_render_finish (SmaltiPlot *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
