/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG by libjpeg-turbo. Big photographs are decoded at a half, a quarter or an eighth when less is asked for: the
 * inverse DCT then computes fewer pixels, which is most of the time of loading.
 *
 * libjpeg reports errors by a callback that must not return, so decoding runs between setjmp and longjmp: whatever must
 * be freed lives in the Decoder, never in a local variable. */
#include "core/image/image-private.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "core/base/error.h"

/* Real progressive files have about ten; thousands of scans of nothing are a known way to keep a decoder busy for
 * hours. */
#define MAX_SCANS 500

typedef struct
{
  struct jpeg_decompress_struct cinfo; /* first: callbacks cast it back */
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  char reason[JMSG_LENGTH_MAX];
  gboolean ended;   /* the data were used up */
  gboolean starved; /* a scan needed more than there was */
  SmaltiImage *image;
  guint8 *cmyk; /* one row */
} Decoder;

static void
on_error (j_common_ptr cinfo)
{
  Decoder *decoder = (Decoder *)cinfo;

  cinfo->err->format_message (cinfo, decoder->reason);
  longjmp (decoder->escape, 1);
}

/* Oddities that every viewer forgives are forgiven here too; a file that ends early is not, as the rest would be grey.
 */
static void
on_message (j_common_ptr cinfo, int level)
{
  Decoder *decoder = (Decoder *)cinfo;

  if (level >= 0)
    return;
  decoder->ended |= cinfo->err->msg_code == JWRN_JPEG_EOF;
  decoder->starved |= cinfo->err->msg_code == JWRN_HIT_MARKER;
}

static void
on_output (j_common_ptr cinfo)
{
}

static void
on_progress (j_common_ptr cinfo)
{
  Decoder *decoder = (Decoder *)cinfo;

  if (decoder->cinfo.input_scan_number > MAX_SCANS)
    {
      g_strlcpy (decoder->reason, _ ("it has an absurd number of scans"), sizeof decoder->reason);
      longjmp (decoder->escape, 1);
    }
}

static void
open_decoder (Decoder *self, const guint8 *data, gsize size)
{
  self->cinfo.err = jpeg_std_error (&self->errors);
  self->errors.error_exit = on_error;
  self->errors.emit_message = on_message;
  self->errors.output_message = on_output;
  jpeg_create_decompress (&self->cinfo);
  self->progress.progress_monitor = on_progress;
  self->cinfo.progress = &self->progress;
  jpeg_mem_src (&self->cinfo, data, size);
  jpeg_save_markers (&self->cinfo, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header (&self->cinfo, TRUE);
}

static guint
orientation_of (const Decoder *self)
{
  for (jpeg_saved_marker_ptr marker = self->cinfo.marker_list; marker != NULL; marker = marker->next)
    if (marker->marker == JPEG_APP0 + 1 && marker->data_length >= 6 && memcmp (marker->data, "Exif\0\0", 6) == 0)
      return smalti_exif_orientation (marker->data, marker->data_length);
  return 1;
}

/* Adobe's programs store ink inverted (255: none), and say so by their marker; others should not, and are rare. */
static void
ink_to_light (const guint8 *cmyk, guint8 *rgb, gsize n, gboolean inverted)
{
  guint8 flip = inverted ? 0 : 255;

  for (gsize i = 0; i < n; i++, cmyk += 4, rgb += 3)
    {
      guint key = cmyk[3] ^ flip;

      for (int c = 0; c < 3; c++)
        rgb[c] = ((cmyk[c] ^ flip) * key + 127) / 255;
    }
}

/* Runs under setjmp. */
static gboolean
decode (Decoder *self, const guint8 *data, gsize size, gint min_side, GError **error)
{
  struct jpeg_decompress_struct *cinfo = &self->cinfo;
  gboolean ink;

  open_decoder (self, data, size);
  if (!smalti_image_check_size (cinfo->image_width, cinfo->image_height, error))
    return FALSE;
  ink = cinfo->jpeg_color_space == JCS_CMYK || cinfo->jpeg_color_space == JCS_YCCK;
  cinfo->out_color_space = ink ? JCS_CMYK : JCS_RGB;
  cinfo->scale_num = 1;
  cinfo->scale_denom = smalti_image_denominator (MIN (cinfo->image_width, cinfo->image_height), min_side);
  jpeg_start_decompress (cinfo);

  self->image = smalti_image_try_new (cinfo->output_width, cinfo->output_height, error);
  if (self->image == NULL)
    return FALSE;
  self->image->full_side = MIN (cinfo->image_width, cinfo->image_height);
  self->image->denominator = cinfo->scale_denom;
  if (ink)
    self->cmyk = g_malloc ((gsize)cinfo->output_width * 4);
  while (cinfo->output_scanline < cinfo->output_height)
    {
      guint8 *row = self->image->pixels + (gsize)cinfo->output_scanline * cinfo->output_width * 3;

      jpeg_read_scanlines (cinfo, ink ? &self->cmyk : &row, 1);
      if (ink)
        ink_to_light (self->cmyk, row, cinfo->output_width, cinfo->saw_Adobe_marker);
    }
  if (self->ended && self->starved)
    {
      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("the file is cut off before the picture's end"));
      return FALSE;
    }
  self->image = smalti_image_upright (self->image, orientation_of (self));
  return TRUE;
}

static void
close_decoder (Decoder *self)
{
  jpeg_destroy_decompress (&self->cinfo);
  g_clear_pointer (&self->image, smalti_image_unref);
  g_free (self->cmyk);
}

static void
fail (Decoder *self, GError **error)
{
  if (self->ended)
    g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("the file is cut off before the picture's end"));
  else
    g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_DATA, self->reason);
}

SmaltiImage *
smalti_jpeg_decode (const guint8 *data, gsize size, gint min_side, GError **error)
{
  Decoder decoder = { 0 };
  SmaltiImage *image;

  if (setjmp (decoder.escape) != 0)
    {
      fail (&decoder, error);
      close_decoder (&decoder);
      return NULL;
    }
  image = decode (&decoder, data, size, min_side, error) ? g_steal_pointer (&decoder.image) : NULL;
  close_decoder (&decoder);
  return image;
}

gboolean
smalti_jpeg_probe (const guint8 *data, gsize size, gint *width, gint *height, GError **error)
{
  Decoder decoder = { 0 };
  gboolean ok, swap;

  if (setjmp (decoder.escape) != 0)
    {
      fail (&decoder, error);
      close_decoder (&decoder);
      return FALSE;
    }
  open_decoder (&decoder, data, size);
  ok = smalti_image_check_size (decoder.cinfo.image_width, decoder.cinfo.image_height, error);
  swap = orientation_of (&decoder) >= 5;
  *width = swap ? decoder.cinfo.image_height : decoder.cinfo.image_width;
  *height = swap ? decoder.cinfo.image_width : decoder.cinfo.image_height;
  close_decoder (&decoder);
  return ok;
}

gboolean
smalti_jpeg_is (const guint8 *data, gsize size)
{
  return size >= 3 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff;
}
