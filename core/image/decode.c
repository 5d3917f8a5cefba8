/* SPDX-License-Identifier: Apache-2.0 */
/* From a file's bytes to a picture: JPEG by jpeg.c, everything else by whatever loaders GdkPixbuf has. The content
 * decides, never the name's ending. */
#include "core/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/image/image-private.h"

/* The loader is fed by pieces, so that a header with an absurd size stops it before it has made room. */
#define PIECE 65536

gint
smalti_image_denominator (gint full_side, gint min_side)
{
  gint denominator = 1;

  if (min_side <= 0)
    return 1;
  while (denominator < 8 && full_side / (denominator * 2) >= min_side)
    denominator *= 2;
  return denominator;
}

gboolean
smalti_image_serves (const SmaltiImage *self, gint min_side)
{
  return self->full_side == 0 || smalti_image_denominator (self->full_side, min_side) == self->denominator;
}

/* What a loader tells while it works. */
typedef struct
{
  GError *refused;
  gint top, bottom; /* rows [top, bottom) have come */
} Watch;

static void
on_size_prepared (GdkPixbufLoader *loader, gint width, gint height, gpointer user_data)
{
  Watch *watch = user_data;

  if (watch->refused == NULL && !smalti_image_check_size (MAX (width, 0), MAX (height, 0), &watch->refused))
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* loaders take this for "don't" */
}

static void
on_area_updated (GdkPixbufLoader *loader, gint x, gint y, gint width, gint height, gpointer user_data)
{
  Watch *watch = user_data;

  watch->top = MIN (watch->top, y);
  watch->bottom = MAX (watch->bottom, y + height);
}

/* Loaders of GdkPixbuf make do with a file that ends early; we don't. A GIF's first frame may rightly be smaller than
 * the picture. */
static gboolean
is_whole (GdkPixbufLoader *loader, GdkPixbuf *pixbuf, const Watch *watch, const guint8 *data, gsize size)
{
  GdkPixbufFormat *format = gdk_pixbuf_loader_get_format (loader);
  g_autofree char *name = format != NULL ? gdk_pixbuf_format_get_name (format) : NULL;
  gboolean told = watch->bottom > 0;

  if (g_strcmp0 (name, "gif") == 0)
    return TRUE;
  if (g_strcmp0 (name, "png") == 0)
    {
      gsize at = 8;

      /* Chunk by chunk to the end mark: an interlaced picture has all its rows long before. */
      while (size - at >= 12 && memcmp (data + at + 4, "IEND", 4) != 0)
        {
          gsize length = (gsize)data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3];

          if (length > size - at - 12)
            return FALSE;
          at += length + 12;
        }
      if (size - at < 12)
        return FALSE;
    }
  return !told || (watch->top == 0 && watch->bottom >= gdk_pixbuf_get_height (pixbuf));
}

/* Transparent pixels show white paper. */
static SmaltiImage *
from_pixbuf (GdkPixbuf *pixbuf, GError **error)
{
  gint width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  gint n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  gsize stride = gdk_pixbuf_get_rowstride (pixbuf);
  gboolean alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  SmaltiImage *image = smalti_image_try_new (width, height, error);
  guint8 *to;

  if (image == NULL)
    return NULL;
  to = image->pixels;
  for (gint y = 0; y < height; y++)
    {
      const guint8 *from = pixels + y * stride;

      for (gint x = 0; x < width; x++, from += n_channels, to += 3)
        for (int c = 0; c < 3; c++)
          to[c] = alpha ? (from[c] * from[3] + 255 * (255 - from[3]) + 127) / 255 : from[c];
    }
  return image;
}

static SmaltiImage *
decode_by_pixbuf (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GdkPixbuf) upright = NULL;
  GdkPixbuf *pixbuf;
  Watch watch = { .top = G_MAXINT };
  gboolean ok = TRUE;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &watch);
  g_signal_connect (loader, "area-updated", G_CALLBACK (on_area_updated), &watch);
  for (gsize at = 0; ok && watch.refused == NULL && at < size; at += PIECE)
    ok = gdk_pixbuf_loader_write (loader, data + at, MIN (PIECE, size - at), error);
  /* A loader must be closed whatever happened; only its first complaint counts. */
  if (!gdk_pixbuf_loader_close (loader, ok ? error : NULL))
    ok = FALSE;
  if (watch.refused != NULL)
    {
      g_clear_error (error);
      g_propagate_error (error, watch.refused);
      return NULL;
    }
  if (!ok)
    return NULL;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader); /* the loader's */
  if (pixbuf == NULL)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("the file holds no picture"));
      return NULL;
    }
  if (!is_whole (loader, pixbuf, &watch, data, size))
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("the file is cut off before the picture's end"));
      return NULL;
    }
  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  return from_pixbuf (upright, error);
}

/* What libraries say, as "path: reason." in our domain. */
static void
name_failure (GError **error, const char *name, GError *reason)
{
  g_autofree char *display = g_filename_display_name (name);
  gboolean memory = g_error_matches (reason, SMALTI_ERROR, SMALTI_ERROR_MEMORY)
                    || g_error_matches (reason, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY);
  const char *stop = g_str_has_suffix (reason->message, ".") ? "" : ".";

  g_set_error (error, SMALTI_ERROR, memory ? SMALTI_ERROR_MEMORY : SMALTI_ERROR_DATA, "%s: %s%s", display,
               reason->message, stop);
  g_error_free (reason);
}

SmaltiImage *
smalti_image_decode (const guint8 *data, gsize size, const char *name, gint min_side, GError **error)
{
  GError *reason = NULL;
  SmaltiImage *image = NULL;

  if (size == 0)
    reason = g_error_new_literal (SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("the file is empty"));
  else if (smalti_jpeg_is (data, size))
    image = smalti_jpeg_decode (data, size, min_side, &reason);
  else
    image = decode_by_pixbuf (data, size, &reason);
  if (image == NULL)
    name_failure (error, name, reason);
  return image;
}

/* Regular files only: a pipe with a picture's name must not hold up a loader for ever. */
static gboolean
read_file (const char *path, guint8 **data, gsize *size, GError **error)
{
  g_autofree guint8 *buffer = NULL;
  struct stat info;
  gsize n_read = 0;
  gssize n = 1;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  const char *reason = NULL;

  if (fd < 0 || fstat (fd, &info) != 0)
    reason = g_strerror (errno);
  else if (!S_ISREG (info.st_mode))
    reason = _ ("not a regular file");
  else if ((buffer = g_try_malloc (info.st_size + 1)) == NULL)
    reason = g_strerror (ENOMEM);
  while (reason == NULL && n_read < (gsize)info.st_size && n != 0)
    {
      n = read (fd, buffer + n_read, info.st_size - n_read);
      if (n > 0)
        n_read += n;
      else if (n < 0 && errno != EINTR)
        reason = g_strerror (errno);
    }
  if (fd >= 0)
    close (fd);
  if (reason != NULL)
    {
      name_failure (error, path, g_error_new_literal (SMALTI_ERROR, SMALTI_ERROR_DATA, reason));
      return FALSE;
    }
  *data = g_steal_pointer (&buffer);
  *size = n_read;
  return TRUE;
}

SmaltiImage *
smalti_image_load (const char *path, gint min_side, GError **error)
{
  g_autofree guint8 *data = NULL;
  gsize size;

  if (!read_file (path, &data, &size, error))
    return NULL;
  return smalti_image_decode (data, size, path, min_side, error);
}

gboolean
smalti_image_probe (const char *path, gint *width, gint *height, GError **error)
{
  g_autofree guint8 *data = NULL;
  gsize size;
  GdkPixbufFormat *format;
  g_autofree char *format_name = NULL;
  GError *reason = NULL;

  format = gdk_pixbuf_get_file_info (path, width, height);
  if (format != NULL)
    format_name = gdk_pixbuf_format_get_name (format);
  /* Only JPEG and TIFF carry an orientation, which GdkPixbuf's header reading leaves out. */
  if (format != NULL && g_strcmp0 (format_name, "jpeg") != 0 && g_strcmp0 (format_name, "tiff") != 0)
    return TRUE;

  if (!read_file (path, &data, &size, error))
    return FALSE;
  if (smalti_jpeg_is (data, size))
    {
      if (smalti_jpeg_probe (data, size, width, height, &reason))
        return TRUE;
      name_failure (error, path, reason);
      return FALSE;
    }
  else
    {
      g_autoptr (SmaltiImage) image = smalti_image_decode (data, size, path, 0, error);

      if (image == NULL)
        return FALSE;
      *width = image->width;
      *height = image->height;
      return TRUE;
    }
}
