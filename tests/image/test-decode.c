/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding: every file here is made by the test itself, but for the photographs, which are skipped when absent. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>

#include "core/base/error.h"
#include "core/image/image-private.h"
#include "core/image/image.h"

/* A picture whose four corners can be told apart: red, green, blue, white from the top left clockwise. */
static SmaltiImage *
corners (gint width, gint height)
{
  SmaltiImage *image = smalti_image_new (width, height);

  for (gint y = 0; y < height; y++)
    for (gint x = 0; x < width; x++)
      {
        guint8 *p = image->pixels + ((gsize)y * width + x) * 3;
        gboolean right = x >= width / 2, low = y >= height / 2;

        p[0] = !right || (low && !right) ? 255 : 0;
        if (right)
          p[0] = 0;
        p[1] = right && !low ? 255 : 0;
        p[2] = right && low ? 255 : 0;
        if (!right && low)
          p[0] = p[1] = p[2] = 255;
      }
  return image;
}

typedef struct
{
  J_COLOR_SPACE in, stored;
  gint n_channels;
  guint orientation; /* 0: no EXIF */
  gboolean big_endian;
  gboolean progressive;
} JpegOptions;

/* 4 x 12-byte IFD with the orientation among other tags. */
static gsize
make_exif (guint8 *to, guint orientation, gboolean big)
{
  guint8 *p = to;

  memcpy (p, "Exif\0\0", 6);
  p += 6;
  memcpy (p, big ? "MM\0*\0\0\0\010" : "II*\0\010\0\0\0", 8);
  p += 8;
  *p++ = big ? 0 : 2;
  *p++ = big ? 2 : 0;
  memcpy (p, big ? "\001\000\0\003\0\0\0\001\0\007\0\0" : "\000\001\003\0\001\0\0\0\007\0\0\0", 12);
  p += 12;
  memcpy (p, big ? "\001\022\0\003\0\0\0\001\0\0\0\0" : "\022\001\003\0\001\0\0\0\0\0\0\0", 12);
  p[big ? 9 : 8] = orientation;
  p += 12;
  memset (p, 0, 4);
  return p + 4 - to;
}

static GBytes *
make_jpeg (const guint8 *pixels, gint width, gint height, const JpegOptions *options)
{
  struct jpeg_compress_struct cinfo;
  struct jpeg_error_mgr errors;
  unsigned char *buffer = NULL;
  unsigned long size = 0;
  GBytes *bytes;

  cinfo.err = jpeg_std_error (&errors);
  jpeg_create_compress (&cinfo);
  jpeg_mem_dest (&cinfo, &buffer, &size);
  cinfo.image_width = width;
  cinfo.image_height = height;
  cinfo.input_components = options->n_channels;
  cinfo.in_color_space = options->in;
  jpeg_set_defaults (&cinfo);
  jpeg_set_colorspace (&cinfo, options->stored);
  jpeg_set_quality (&cinfo, 97, TRUE);
  if (options->progressive)
    jpeg_simple_progression (&cinfo);
  jpeg_start_compress (&cinfo, TRUE);
  if (options->orientation > 0)
    {
      guint8 exif[64];

      jpeg_write_marker (&cinfo, JPEG_APP0 + 1, exif, make_exif (exif, options->orientation, options->big_endian));
    }
  while (cinfo.next_scanline < cinfo.image_height)
    {
      JSAMPROW row = (JSAMPROW)pixels + (gsize)cinfo.next_scanline * width * options->n_channels;

      jpeg_write_scanlines (&cinfo, &row, 1);
    }
  jpeg_finish_compress (&cinfo);
  jpeg_destroy_compress (&cinfo);
  bytes = g_bytes_new (buffer, size);
  free (buffer);
  return bytes;
}

static SmaltiImage *
decode (GBytes *bytes, gint min_side, GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return smalti_image_decode (data, size, "test", min_side, error);
}

static void
assert_near (const SmaltiImage *image, gint x, gint y, gint r, gint g, gint b, gint tolerance)
{
  const guint8 *p = image->pixels + ((gsize)y * image->width + x) * 3;

  g_assert_cmpint (ABS (p[0] - r), <=, tolerance);
  g_assert_cmpint (ABS (p[1] - g), <=, tolerance);
  g_assert_cmpint (ABS (p[2] - b), <=, tolerance);
}

static void
colour_jpegs_come_back (void)
{
  for (int progressive = 0; progressive < 2; progressive++)
    {
      g_autoptr (SmaltiImage) image = corners (64, 48);
      const JpegOptions options = { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3, .progressive = progressive };
      g_autoptr (GBytes) bytes = make_jpeg (image->pixels, 64, 48, &options);
      g_autoptr (SmaltiImage) back = decode (bytes, 0, NULL);

      g_assert_nonnull (back);
      g_assert_cmpint (back->width, ==, 64);
      g_assert_cmpint (back->height, ==, 48);
      assert_near (back, 8, 8, 255, 0, 0, 6);
      assert_near (back, 55, 8, 0, 255, 0, 6);
      assert_near (back, 55, 40, 0, 0, 255, 6);
      assert_near (back, 8, 40, 255, 255, 255, 6);
    }
}

static void
grey_jpegs_become_rgb (void)
{
  guint8 grey[32 * 16];
  const JpegOptions options = { .in = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE, .n_channels = 1 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SmaltiImage) back = NULL;

  memset (grey, 137, sizeof grey);
  bytes = make_jpeg (grey, 32, 16, &options);
  back = decode (bytes, 0, NULL);
  g_assert_nonnull (back);
  assert_near (back, 16, 8, 137, 137, 137, 1);
}

/* libjpeg writes Adobe's marker with these colour spaces, so the ink is inverted in the file, as Photoshop does. */
static void
ink_jpegs_become_light (void)
{
  const J_COLOR_SPACE stored[] = { JCS_CMYK, JCS_YCCK };

  for (int i = 0; i < 2; i++)
    {
      g_autofree guint8 *ink = g_malloc (32 * 32 * 4);
      const JpegOptions options = { .in = JCS_CMYK, .stored = stored[i], .n_channels = 4 };
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (SmaltiImage) back = NULL;

      for (int p = 0; p < 32 * 32; p++)
        {
          /* Left: no ink but a fifth of black; right: full cyan. */
          gboolean left = p % 32 < 16;

          ink[p * 4] = left ? 255 : 0;
          ink[p * 4 + 1] = ink[p * 4 + 2] = 255;
          ink[p * 4 + 3] = left ? 204 : 255;
        }
      bytes = make_jpeg (ink, 32, 32, &options);
      back = decode (bytes, 0, NULL);
      g_assert_nonnull (back);
      assert_near (back, 4, 16, 204, 204, 204, 5);
      assert_near (back, 27, 16, 0, 255, 255, 5);
    }
}

/* Where red (top left upright) comes from in a file of each orientation: EXIF 2.32, table 6. */
static void
jpegs_are_turned_upright (void)
{
  for (guint orientation = 1; orientation <= 8; orientation++)
    for (int big = 0; big < 2; big++)
      {
        g_autoptr (SmaltiImage) upright = corners (64, 32);
        gboolean swap = orientation >= 5;
        g_autoptr (SmaltiImage) stored = smalti_image_new (swap ? 32 : 64, swap ? 64 : 32);
        JpegOptions options
            = { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3, .orientation = orientation, .big_endian = big };
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (SmaltiImage) back = NULL;
        g_autofree char *path = NULL;
        gint width, height;
        int fd = g_file_open_tmp ("smalti-XXXXXX.jpg", &path, NULL);
        gsize size;
        gconstpointer data;

        /* Written from the definition: which edge of the picture row 0 and column 0 of the file are. */
        for (gint row = 0; row < stored->height; row++)
          for (gint column = 0; column < stored->width; column++)
            {
              gint x = column, y = row;

              switch (orientation)
                {
                case 2:
                  x = 63 - column;
                  break;
                case 3:
                  x = 63 - column;
                  y = 31 - row;
                  break;
                case 4:
                  y = 31 - row;
                  break;
                case 5: /* row 0 is the left edge, column 0 the top */
                  x = row;
                  y = column;
                  break;
                case 6: /* row 0 right, column 0 top */
                  x = 63 - row;
                  y = column;
                  break;
                case 7: /* row 0 right, column 0 bottom */
                  x = 63 - row;
                  y = 31 - column;
                  break;
                case 8: /* row 0 left, column 0 bottom */
                  x = row;
                  y = 31 - column;
                  break;
                default:
                  break;
                }
              memcpy (stored->pixels + (row * stored->width + column) * 3, upright->pixels + (y * 64 + x) * 3, 3);
            }
        bytes = make_jpeg (stored->pixels, stored->width, stored->height, &options);
        back = decode (bytes, 0, NULL);
        g_assert_nonnull (back);
        g_assert_cmpint (back->width, ==, 64);
        g_assert_cmpint (back->height, ==, 32);
        assert_near (back, 8, 8, 255, 0, 0, 8);
        assert_near (back, 55, 8, 0, 255, 0, 8);
        assert_near (back, 55, 24, 0, 0, 255, 8);
        assert_near (back, 8, 24, 255, 255, 255, 8);

        data = g_bytes_get_data (bytes, &size);
        g_assert_true (g_file_set_contents (path, data, size, NULL));
        g_assert_true (smalti_image_probe (path, &width, &height, NULL));
        g_assert_cmpint (width, ==, 64);
        g_assert_cmpint (height, ==, 32);
        close (fd);
        g_unlink (path);
      }
}

static void
big_jpegs_are_decoded_at_a_fraction (void)
{
  const JpegOptions options = { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3 };
  g_autoptr (SmaltiImage) image = corners (1024, 512);
  g_autoptr (GBytes) bytes = make_jpeg (image->pixels, 1024, 512, &options);
  const struct
  {
    gint min_side, height;
  } cases[]
      = { { 0, 512 }, { 512, 512 }, { 257, 512 }, { 256, 256 }, { 129, 256 }, { 128, 128 }, { 64, 64 }, { 1, 64 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmaltiImage) back = decode (bytes, cases[i].min_side, NULL);

      g_assert_cmpint (back->height, ==, cases[i].height);
      g_assert_cmpint (back->width, ==, 2 * cases[i].height);
      assert_near (back, back->width / 8, back->height / 8, 255, 0, 0, 6);
      assert_near (back, back->width * 7 / 8, back->height * 7 / 8, 0, 0, 255, 6);
      g_assert_true (smalti_image_serves (back, cases[i].min_side));
    }
  {
    g_autoptr (SmaltiImage) half = decode (bytes, 256, NULL);

    g_assert_true (smalti_image_serves (half, 129));
    g_assert_false (smalti_image_serves (half, 257));
    g_assert_false (smalti_image_serves (half, 128));
  }
}

static void
assert_unreadable (GBytes *bytes, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiImage) image = decode (bytes, 0, &error);

  g_assert_null (image);
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_true (g_str_has_prefix (error->message, "test: "));
  if (word != NULL)
    g_assert_nonnull (strstr (error->message, word));
}

/* Some cameras forget the last two bytes; every pixel is there. */
static void
a_missing_end_mark_is_forgiven (void)
{
  for (int progressive = 0; progressive < 2; progressive++)
    {
      const JpegOptions options = { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3, .progressive = progressive };
      g_autoptr (SmaltiImage) image = corners (64, 48), whole = NULL, back = NULL;
      g_autoptr (GBytes) jpeg = make_jpeg (image->pixels, 64, 48, &options);
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (jpeg, 0, g_bytes_get_size (jpeg) - 2);

      whole = decode (jpeg, 0, NULL);
      back = decode (cut, 0, NULL);
      g_assert_nonnull (back);
      g_assert_cmpmem (whole->pixels, 64 * 48 * 3, back->pixels, 64 * 48 * 3);
    }
}

static void
cut_off_files_are_unreadable (void)
{
  const JpegOptions options = { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3 };
  g_autoptr (SmaltiImage) image = corners (128, 128);
  g_autoptr (GBytes) jpeg = make_jpeg (image->pixels, 128, 128, &options);
  g_autoptr (GBytes) png = smalti_image_to_png (image, NULL);
  gsize n_jpeg = g_bytes_get_size (jpeg), n_png = g_bytes_get_size (png);

  for (int part = 1; part < 8; part++)
    {
      g_autoptr (GBytes) cut_jpeg = g_bytes_new_from_bytes (jpeg, 0, n_jpeg * part / 8);
      g_autoptr (GBytes) cut_png = g_bytes_new_from_bytes (png, 0, n_png * part / 8);

      assert_unreadable (cut_jpeg, NULL);
      assert_unreadable (cut_png, NULL);
    }
  {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (jpeg, 0, n_jpeg * 7 / 8);
    g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
    g_autoptr (GBytes) text = g_bytes_new_static ("this is not a picture", 21);

    assert_unreadable (cut, "cut off");
    assert_unreadable (nothing, "empty");
    assert_unreadable (text, NULL);
  }
}

/* PNG specification, annex D. */
static guint32
crc_of (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (int k = 0; k < 8; k++)
        crc = crc & 1 ? 0xedb88320u ^ crc >> 1 : crc >> 1;
    }
  return ~crc;
}

static void
absurd_sizes_are_refused (void)
{
  /* A frame header that claims 65,500 x 65,500 pixels, and a PNG header with 100,000 x 100,000. */
  guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xff, 0xdc, 0xff, 0xdc, 3, 1, 0x11, 0,  2, 0x11, 0,   3,
                    0x11, 0,    0xff, 0xda, 0, 12, 3, 1,    0,    2,    0,    3, 0, 0,    63, 0, 0xff, 0xd9 };
  g_autoptr (GBytes) bytes = g_bytes_new (jpeg, sizeof jpeg);
  g_autoptr (SmaltiImage) image = corners (8, 8);
  g_autoptr (GBytes) png = smalti_image_to_png (image, NULL);
  gsize size;
  g_autofree guint8 *copy = g_bytes_unref_to_data (g_bytes_ref (png), &size);
  g_autoptr (GBytes) large = NULL;
  const guint8 side[4] = { 0, 1, 0x86, 0xa0 };
  guint32 crc;

  assert_unreadable (bytes, "500 million");
  memcpy (copy + 16, side, 4);
  memcpy (copy + 20, side, 4);
  crc = GUINT32_TO_BE (crc_of (copy + 12, 17));
  memcpy (copy + 29, &crc, 4);
  large = g_bytes_new (copy, size);
  assert_unreadable (large, "500 million");
}

static GBytes *
pixbuf_bytes (GdkPixbuf *pixbuf, const char *type)
{
  char *buffer;
  gsize size;
  g_autoptr (GError) error = NULL;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &buffer, &size, type, &error, NULL))
    g_error ("%s", error->message);
  return g_bytes_new_take (buffer, size);
}

static void
other_formats_come_back (void)
{
  const char *const types[] = { "png", "bmp", "tiff" };
  g_autoptr (SmaltiImage) image = corners (20, 10);
  g_autoptr (GdkPixbuf) pixbuf
      = gdk_pixbuf_new_from_data (image->pixels, GDK_COLORSPACE_RGB, FALSE, 8, 20, 10, 60, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) bytes = pixbuf_bytes (pixbuf, types[i]);
      g_autoptr (SmaltiImage) back = decode (bytes, 4, NULL);

      g_assert_nonnull (back);
      g_assert_cmpint (back->width, ==, 20);
      g_assert_cmpmem (back->pixels, 600, image->pixels, 600);
    }
}

/* A 2 x 2 GIF: red, green, blue, white. */
static void
gifs_are_read (void)
{
  static const guint8 gif[]
      = { 'G', 'I', 'F', '8', '9',  'a', 2, 0, 2, 0, 0xa1, 0, 0, 255, 0, 0, 0,    255,  0,    0, 0,
          255, 255, 255, 255, 0x2c, 0,   0, 0, 0, 2, 0,    2, 0, 0,   2, 3, 0x44, 0x34, 0x05, 0, 0x3b };
  g_autoptr (GBytes) bytes = g_bytes_new_static (gif, sizeof gif);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiImage) back = decode (bytes, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->width, ==, 2);
  assert_near (back, 0, 0, 255, 0, 0, 0);
  assert_near (back, 1, 0, 0, 255, 0, 0);
  assert_near (back, 0, 1, 0, 0, 255, 0);
  assert_near (back, 1, 1, 255, 255, 255, 0);
}

static void
transparent_pixels_show_white (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, 3, 1);
  const guint8 pixels[12] = { 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 128 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SmaltiImage) back = NULL;

  memcpy (gdk_pixbuf_get_pixels (pixbuf), pixels, 12);
  bytes = pixbuf_bytes (pixbuf, "png");
  back = decode (bytes, 0, NULL);
  assert_near (back, 0, 0, 255, 0, 0, 0);
  assert_near (back, 1, 0, 255, 255, 255, 0);
  assert_near (back, 2, 0, 127, 127, 255, 1);
}

/* PNG by hand (PNG specification, sections 5 and 11), as GdkPixbuf writes no 16-bit, palette or 1-bit files. */

static void
add_chunk (GByteArray *png, const char *type, const guint8 *data, guint size)
{
  guint32 length = GUINT32_TO_BE (size), crc;
  guint at;

  g_byte_array_append (png, (const guint8 *)&length, 4);
  at = png->len;
  g_byte_array_append (png, (const guint8 *)type, 4);
  g_byte_array_append (png, data, size);
  crc = GUINT32_TO_BE (crc_of (png->data + at, size + 4));
  g_byte_array_append (png, (const guint8 *)&crc, 4);
}

/* @rows: each begins with its filter byte 0. */
static SmaltiImage *
decode_png (guint8 width, guint8 height, guint8 depth, guint8 colour_type, const guint8 *rows, gsize size,
            const guint8 *palette, guint palette_size)
{
  const guint8 header[13] = { 0, 0, 0, width, 0, 0, 0, height, depth, colour_type, 0, 0, 0 };
  g_autoptr (GByteArray) png = g_byte_array_new ();
  g_autoptr (GConverter) deflate = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6));
  g_autoptr (GError) error = NULL;
  guint8 packed[1024];
  gsize n_read, n_written;
  SmaltiImage *image;

  g_assert_cmpint (g_converter_convert (deflate, rows, size, packed, sizeof packed, G_CONVERTER_INPUT_AT_END, &n_read,
                                        &n_written, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_byte_array_append (png, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
  add_chunk (png, "IHDR", header, sizeof header);
  if (palette != NULL)
    add_chunk (png, "PLTE", palette, palette_size);
  add_chunk (png, "IDAT", packed, n_written);
  add_chunk (png, "IEND", packed, 0);
  image = smalti_image_decode (png->data, png->len, "png", 0, &error);
  g_assert_no_error (error);
  return image;
}

static void
deep_shallow_and_palette_pngs_become_8_bit (void)
{
  const guint8 deep[] = { 0, 0xff, 0xff, 0x80, 0x80, 0, 0, 0, 0, 0x40, 0x40, 0xff, 0xff };
  const guint8 shallow[] = { 0, 0x50 }; /* 0 1 0 1 */
  const guint8 indexed[] = { 0, 2, 0, 1 };
  const guint8 palette[] = { 255, 0, 0, 0, 255, 0, 10, 20, 30 };
  const guint8 grey16[] = { 0, 0xc8, 0xc8, 0x10, 0x10 };
  g_autoptr (SmaltiImage) from_deep = decode_png (2, 1, 16, 2, deep, sizeof deep, NULL, 0);
  g_autoptr (SmaltiImage) from_shallow = decode_png (4, 1, 1, 0, shallow, sizeof shallow, NULL, 0);
  g_autoptr (SmaltiImage) from_palette = decode_png (3, 1, 8, 3, indexed, sizeof indexed, palette, sizeof palette);
  g_autoptr (SmaltiImage) from_grey16 = decode_png (2, 1, 16, 0, grey16, sizeof grey16, NULL, 0);

  assert_near (from_deep, 0, 0, 255, 128, 0, 1);
  assert_near (from_deep, 1, 0, 0, 64, 255, 1);
  assert_near (from_shallow, 0, 0, 0, 0, 0, 0);
  assert_near (from_shallow, 3, 0, 255, 255, 255, 0);
  assert_near (from_palette, 0, 0, 10, 20, 30, 0);
  assert_near (from_palette, 2, 0, 0, 255, 0, 0);
  assert_near (from_grey16, 0, 0, 200, 200, 200, 1);
}

static void
damaged_files_never_crash (void)
{
  const JpegOptions options[] = { { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3, .orientation = 6 },
                                  { .in = JCS_RGB, .stored = JCS_YCbCr, .n_channels = 3, .progressive = TRUE } };
  g_autoptr (SmaltiImage) image = corners (48, 40);
  GBytes *original[3] = { make_jpeg (image->pixels, 48, 40, &options[0]),
                          make_jpeg (image->pixels, 48, 40, &options[1]), smalti_image_to_png (image, NULL) };
  guint n_failed = 0;
  SmaltiRandom random;

  smalti_random_init (&random, 7, SMALTI_STREAM_TEST, 0, 0);
  for (int i = 0; i < 900; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (original[i % 3], &size);
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiImage) back = NULL;

      for (guint flips = 1 + smalti_random_int (&random, 8); flips > 0; flips--)
        copy[smalti_random_int (&random, size)] ^= 1 << smalti_random_int (&random, 8);
      back = smalti_image_decode (copy, size - smalti_random_int (&random, 4), "damaged", i % 2 ? 16 : 0, &error);
      /* Either a picture or a reason, never both or neither. */
      g_assert_true ((back == NULL) == (error != NULL));
      n_failed += back == NULL;
    }
  g_test_message ("%u of 900 damaged files were refused", n_failed);
  g_assert_cmpuint (n_failed, >, 100);
  for (int i = 0; i < 3; i++)
    g_bytes_unref (original[i]);

  for (int i = 0; i < 2000; i++)
    {
      guint8 exif[80];
      gsize size = make_exif (exif, 6, i % 2);

      for (int flips = 0; flips < 4; flips++)
        exif[6 + smalti_random_int (&random, size - 6)] = smalti_random_u32 (&random);
      g_assert_cmpuint (smalti_exif_orientation (exif, smalti_random_int (&random, size + 1)), <=, 8);
    }
}

static void
missing_files_say_so (void)
{
  g_autoptr (GError) error = NULL;
  gint width, height;

  g_assert_null (smalti_image_load ("/no/such/picture.jpg", 0, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "/no/such/picture.jpg: "));
  g_clear_error (&error);
  g_assert_null (smalti_image_load ("/dev/null", 0, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
  g_clear_error (&error);
  g_assert_false (smalti_image_probe ("/no/such/picture.jpg", &width, &height, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA);
}

static void
real_photographs_are_read (void)
{
  const char *folder = g_getenv ("SMALTI_TEST_DATA");
  g_autofree char *tar = folder != NULL ? g_build_filename (folder, "photos-60.tar", NULL) : NULL;
  g_autofree char *to = NULL;
  g_autofree char *command = NULL;
  g_autofree char *listing = NULL;
  g_auto (GStrv) paths = NULL;
  guint n = 0;

  if (tar == NULL || !g_file_test (tar, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no photographs: set SMALTI_TEST_DATA to the folder with photos-60.tar");
      return;
    }
  to = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  command = g_strdup_printf ("tar xf '%s' -C '%s'", tar, to);
  g_assert_cmpint (system (command), ==, 0);
  g_free (command);
  command = g_strdup_printf ("find '%s' -type f", to);
  g_assert_true (g_spawn_command_line_sync (command, &listing, NULL, NULL, NULL));
  paths = g_strsplit (g_strstrip (listing), "\n", 0);
  for (char **path = paths; *path != NULL; path++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmaltiImage) whole = smalti_image_load (*path, 0, &error);
      g_autoptr (SmaltiImage) part = smalti_image_load (*path, 48, NULL);
      gint width, height;

      g_assert_no_error (error);
      g_assert_true (smalti_image_probe (*path, &width, &height, NULL));
      g_assert_cmpint (width, ==, whole->width);
      g_assert_cmpint (height, ==, whole->height);
      g_assert_cmpint (MIN (part->width, part->height), >=, 48);
      g_assert_cmpint (MIN (part->width, part->height), <, MAX (96 + 8, whole->width / 8 + 1));
      n++;
      g_unlink (*path);
    }
  g_assert_cmpuint (n, ==, 60);
  g_free (command);
  command = g_strdup_printf ("rm -r '%s'", to);
  g_assert_cmpint (system (command), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/decode/jpeg", colour_jpegs_come_back);
  g_test_add_func ("/image/decode/grey", grey_jpegs_become_rgb);
  g_test_add_func ("/image/decode/ink", ink_jpegs_become_light);
  g_test_add_func ("/image/decode/orientation", jpegs_are_turned_upright);
  g_test_add_func ("/image/decode/fraction", big_jpegs_are_decoded_at_a_fraction);
  g_test_add_func ("/image/decode/cut-off", cut_off_files_are_unreadable);
  g_test_add_func ("/image/decode/end-mark", a_missing_end_mark_is_forgiven);
  g_test_add_func ("/image/decode/absurd", absurd_sizes_are_refused);
  g_test_add_func ("/image/decode/formats", other_formats_come_back);
  g_test_add_func ("/image/decode/gif", gifs_are_read);
  g_test_add_func ("/image/decode/alpha", transparent_pixels_show_white);
  g_test_add_func ("/image/decode/depth", deep_shallow_and_palette_pngs_become_8_bit);
  g_test_add_func ("/image/decode/damaged", damaged_files_never_crash);
  g_test_add_func ("/image/decode/missing", missing_files_say_so);
  g_test_add_func ("/image/decode/photographs", real_photographs_are_read);
  return g_test_run ();
}
