/* SPDX-License-Identifier: Apache-2.0 */
/* Resampling, augmentation and the small operations, against slow and plain versions of themselves. */
#include <math.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/image/image.h"

static SmaltiImage *
noise_image (SmaltiRandom *random, gint width, gint height)
{
  SmaltiImage *image = smalti_image_new (width, height);

  for (gsize i = 0; i < (gsize)width * height * 3; i++)
    image->pixels[i] = smalti_random_int (random, 256);
  return image;
}

/* The definition, in double precision, one output value at a time: a triangle of half width max (scale, 1) over the
 * pixels of the rectangle, normalised by the weights that fell on pixels. */
static gdouble
slow_value (const SmaltiImage *image, gdouble x, gdouble y, gdouble w, gdouble h, gint width, gint height, gint column,
            gint row, int channel)
{
  gdouble sx = w / width, sy = h / height, rx = MAX (sx, 1), ry = MAX (sy, 1);
  gdouble cx = x + (column + 0.5) * sx, cy = y + (row + 0.5) * sy;
  gdouble sum = 0, weights = 0;

  for (gint py = MAX ((gint)floor (y), 0); py < MIN ((gint)ceil (y + h), image->height); py++)
    for (gint px = MAX ((gint)floor (x), 0); px < MIN ((gint)ceil (x + w), image->width); px++)
      {
        gdouble wx = 1 - fabs (px + 0.5 - cx) / rx, wy = 1 - fabs (py + 0.5 - cy) / ry;

        if (wx > 0 && wy > 0)
          {
            sum += wx * wy * image->pixels[((gsize)py * image->width + px) * 3 + channel];
            weights += wx * wy;
          }
      }
  return sum / weights;
}

static void
resizing_is_as_defined (void)
{
  const struct
  {
    gint from_width, from_height;
    gdouble x, y, w, h;
    gint width, height;
  } cases[] = {
    { 40, 30, 0, 0, 40, 30, 16, 16 },   { 40, 30, 0, 0, 40, 30, 80, 45 },           { 7, 5, 0, 0, 7, 5, 3, 2 },
    { 64, 64, 10, 12, 31, 40, 24, 24 }, { 64, 48, 3.25, 1.5, 40.5, 30.75, 17, 13 }, { 1, 1, 0, 0, 1, 1, 9, 4 },
    { 33, 1, 0, 0, 33, 1, 8, 1 },       { 50, 50, 20, 20, 4, 4, 32, 32 },           { 200, 3, 0, 0, 200, 3, 7, 3 },
    { 30, 30, 0, 0, 30, 30, 30, 30 },
  };
  SmaltiRandom random;

  smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmaltiImage) image = noise_image (&random, cases[i].from_width, cases[i].from_height);
      g_autoptr (SmaltiImage) out = smalti_image_crop_resize (image, cases[i].x, cases[i].y, cases[i].w, cases[i].h,
                                                              cases[i].width, cases[i].height);

      for (gint row = 0; row < cases[i].height; row++)
        for (gint column = 0; column < cases[i].width; column++)
          for (int c = 0; c < 3; c++)
            {
              gdouble expected = slow_value (image, cases[i].x, cases[i].y, cases[i].w, cases[i].h, cases[i].width,
                                             cases[i].height, column, row, c);

              g_assert_cmpfloat_with_epsilon (out->pixels[(row * cases[i].width + column) * 3 + c], expected, 0.502);
            }
    }
}

/* Pillow 11.1: Image.fromarray (a).resize ((4, 3), Image.BILINEAR) for a[y][x] = (x * 29 + y * 47) % 256 in red,
 * (x * x * 13 + y * 5) % 256 in green, (255 - x * y * 7) % 256 in blue; 9 wide, 7 high. */
static void
resizing_agrees_with_pillow (void)
{
  static const guint8 expected[4 * 3 * 3]
      = { 64, 20,  250, 123, 115, 238, 171, 147, 224, 153, 124, 212, 156, 31,  238, 143, 126, 195,
          91, 158, 147, 102, 135, 110, 105, 42,  225, 87,  137, 152, 135, 169, 77,  160, 146, 111 };
  g_autoptr (SmaltiImage) image = smalti_image_new (9, 7);
  g_autoptr (SmaltiImage) out = NULL;

  for (gint y = 0; y < 7; y++)
    for (gint x = 0; x < 9; x++)
      {
        guint8 *p = image->pixels + (y * 9 + x) * 3;

        p[0] = (x * 29 + y * 47) % 256;
        p[1] = (x * x * 13 + y * 5) % 256;
        p[2] = (255 - x * y * 7 + 512) % 256;
      }
  out = smalti_image_resize (image, 4, 3);
  for (gsize i = 0; i < sizeof expected; i++)
    g_assert_cmpint (ABS (out->pixels[i] - expected[i]), <=, 1);
}

static void
flat_pictures_stay_flat (void)
{
  for (gint side = 1; side < 70; side += 3)
    {
      g_autoptr (SmaltiImage) image = smalti_image_new (37, 23);
      g_autoptr (SmaltiImage) out = NULL;

      memset (image->pixels, 201, 37 * 23 * 3);
      out = smalti_image_resize (image, side, 70 - side);
      for (gint i = 0; i < side * (70 - side) * 3; i++)
        g_assert_cmpint (out->pixels[i], ==, 201);
    }
}

static void
centre_crops_are_square_and_central (void)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (300, 100);
  g_autoptr (SmaltiImage) crop = NULL;
  g_autoptr (SmaltiImage) panorama = smalti_image_new (3000, 100);
  g_autoptr (SmaltiImage) middle = NULL;

  /* A ramp: the crop's mean is the middle. */
  for (gint y = 0; y < 100; y++)
    for (gint x = 0; x < 300; x++)
      memset (image->pixels + (y * 300 + x) * 3, x * 255 / 299, 3);
  crop = smalti_image_center_crop (image, 50, 40);
  g_assert_cmpint (crop->width, ==, 40);
  g_assert_cmpint (crop->height, ==, 40);
  g_assert_cmpint (ABS (crop->pixels[20 * 3] - 128), <=, 2);
  for (gint y = 0; y < 100; y++)
    memset (panorama->pixels + (y * 3000 + 1450) * 3, 250, 100 * 3);
  middle = smalti_image_center_crop (panorama, 100, 100);
  g_assert_cmpint (middle->pixels[(50 * 100 + 50) * 3], ==, 250);
}

static void
small_operations_do_what_they_say (void)
{
  SmaltiRandom random;
  g_autoptr (SmaltiImage) image = NULL, copy = NULL, crop = NULL, black = smalti_image_new (10, 10);

  smalti_random_init (&random, 2, SMALTI_STREAM_TEST, 0, 0);
  image = noise_image (&random, 9, 6);
  copy = smalti_image_copy (image);
  smalti_image_flip (copy);
  for (gint y = 0; y < 6; y++)
    for (gint x = 0; x < 9; x++)
      g_assert_cmpmem (copy->pixels + (y * 9 + x) * 3, 3, image->pixels + (y * 9 + 8 - x) * 3, 3);

  crop = smalti_image_crop (image, 2, 1, 4, 3);
  g_assert_cmpmem (crop->pixels + (2 * 4 + 3) * 3, 3, image->pixels + (3 * 9 + 5) * 3, 3);

  smalti_image_to_grey (copy);
  for (gint i = 0; i < 54; i++)
    {
      const guint8 *p = image->pixels + ((i / 9) * 9 + 8 - i % 9) * 3;
      gdouble luma = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];

      g_assert_cmpfloat_with_epsilon (copy->pixels[i * 3], luma, 0.51);
      g_assert_cmpint (copy->pixels[i * 3], ==, copy->pixels[i * 3 + 2]);
    }

  smalti_image_paste (black, image, -3, 8);
  g_assert_cmpmem (black->pixels + (9 * 10) * 3, 18, image->pixels + (9 + 3) * 3, 18);
  g_assert_cmpint (black->pixels[(7 * 10) * 3], ==, 0);
  smalti_image_paste (black, image, 100, 100);
  smalti_image_paste (black, image, -100, -100);
}

static void
augmentations_repeat_and_stay_in_range (void)
{
  SmaltiRandom random;
  g_autoptr (SmaltiImage) image = NULL;
  gdouble areas = 0;

  smalti_random_init (&random, 3, SMALTI_STREAM_TEST, 0, 0);
  image = noise_image (&random, 60, 45);
  for (int i = 0; i < 50; i++)
    {
      SmaltiRandom a = random, b = random;
      g_autoptr (SmaltiImage) first = smalti_augment_resized_crop (image, &a, 0.2, 24);
      g_autoptr (SmaltiImage) second = smalti_augment_resized_crop (image, &b, 0.2, 24);

      smalti_augment_color_jitter (first, &a, 0.4f, 0.1f);
      smalti_augment_color_jitter (second, &b, 0.4f, 0.1f);
      smalti_augment_channel_shift (first, &a, 2);
      smalti_augment_channel_shift (second, &b, 2);
      g_assert_cmpmem (first->pixels, 24 * 24 * 3, second->pixels, 24 * 24 * 3);
      g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
      random = a;
      areas += first->pixels[0];
    }
  g_assert_cmpfloat (areas, >, 0);
}

/* A long strip fits no crop of ratio 3:4 to 4:3 and full area: the fallback is the largest allowed middle. */
static void
strips_fall_back_to_the_middle (void)
{
  g_autoptr (SmaltiImage) strip = smalti_image_new (400, 10);
  g_autoptr (SmaltiImage) crop = NULL;
  SmaltiRandom random;

  for (gint y = 0; y < 10; y++)
    memset (strip->pixels + (y * 400 + 190) * 3, 255, 20 * 3);
  smalti_random_init (&random, 4, SMALTI_STREAM_TEST, 0, 0);
  crop = smalti_augment_resized_crop (strip, &random, 1.0, 16);
  for (int i = 0; i < 16 * 16 * 3; i++)
    g_assert_cmpint (crop->pixels[i], ==, 255);
}

static void
hue_turns_and_neutral_jitter_changes_nothing (void)
{
  SmaltiRandom random;
  g_autoptr (SmaltiImage) image = NULL, same = NULL, grey = smalti_image_new (1, 1), red = smalti_image_new (1, 1);
  gboolean moved = FALSE;

  smalti_random_init (&random, 5, SMALTI_STREAM_TEST, 0, 0);
  image = noise_image (&random, 8, 8);
  same = smalti_image_copy (image);
  smalti_augment_color_jitter (same, &random, 0, 0);
  g_assert_cmpmem (same->pixels, 192, image->pixels, 192);

  memset (grey->pixels, 90, 3);
  red->pixels[0] = 200;
  for (int i = 0; i < 20; i++)
    {
      guint8 before[3];

      memcpy (before, red->pixels, 3);
      smalti_augment_color_jitter (grey, &random, 0, 0.5f);
      smalti_augment_color_jitter (red, &random, 0, 0.5f);
      moved = moved || memcmp (before, red->pixels, 3) != 0;
      g_assert_cmpint (MAX (MAX (red->pixels[0], red->pixels[1]), red->pixels[2]), ==, 200);
      g_assert_cmpint (MIN (MIN (red->pixels[0], red->pixels[1]), red->pixels[2]), ==, 0);
    }
  g_assert_true (moved);
  g_assert_cmpint (grey->pixels[0], ==, 90);
  g_assert_cmpint (grey->pixels[2], ==, 90);
}

static void
channel_shift_moves_planes_apart (void)
{
  g_autoptr (SmaltiImage) image = smalti_image_new (21, 21);
  SmaltiRandom random;
  guint seen = 0;

  smalti_random_init (&random, 6, SMALTI_STREAM_TEST, 0, 0);
  for (int i = 0; i < 60; i++)
    {
      g_autoptr (SmaltiImage) copy = NULL;

      memset (image->pixels, 0, 21 * 21 * 3);
      memset (image->pixels + (10 * 21 + 10) * 3, 255, 3);
      copy = smalti_image_copy (image);
      smalti_augment_channel_shift (copy, &random, 2);
      for (int c = 0; c < 3; c++)
        {
          guint n = 0;

          for (gint p = 0; p < 21 * 21; p++)
            if (copy->pixels[p * 3 + c] != 0)
              {
                gint dx = p % 21 - 10, dy = p / 21 - 10;

                n++;
                g_assert_cmpint (ABS (dx), <=, c == 1 ? 0 : 2);
                g_assert_cmpint (ABS (dy), <=, c == 1 ? 0 : 2);
                if (c == 0)
                  seen |= 1u << (dx + 2);
              }
          g_assert_cmpuint (n, ==, 1);
        }
    }
  g_assert_cmpuint (seen, ==, 31); /* all five shifts of red came */
}

static void
pngs_keep_every_pixel (void)
{
  SmaltiRandom random;
  g_autoptr (SmaltiImage) image = NULL, back = NULL;
  g_autofree char *folder = g_dir_make_tmp ("smalti-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.png", NULL);

  smalti_random_init (&random, 8, SMALTI_STREAM_TEST, 0, 0);
  image = noise_image (&random, 31, 17);
  g_assert_true (smalti_image_save_png (image, path, NULL));
  back = smalti_image_load (path, 8, NULL);
  g_assert_cmpint (back->width, ==, 31);
  g_assert_cmpmem (back->pixels, 31 * 17 * 3, image->pixels, 31 * 17 * 3);
  g_unlink (path);
  g_rmdir (folder);
}

static void
cells_go_where_the_order_says (void)
{
  const guint8 order[4] = { 2, 0, 3, 1 };
  g_autoptr (SmaltiImage) image = smalti_image_new (4, 6), moved = NULL;

  for (gint i = 0; i < 4 * 6 * 3; i++)
    image->pixels[i] = i;
  moved = smalti_image_rearrange (image, 2, order);
  for (gint y = 0; y < 6; y++)
    for (gint x = 0; x < 4; x++)
      {
        guint to = order[y / 3 * 2 + x / 2];
        gint to_x = to % 2 * 2 + x % 2, to_y = to / 2 * 3 + y % 3;

        g_assert_cmpmem (moved->pixels + 3 * (to_y * 4 + to_x), 3, image->pixels + 3 * (y * 4 + x), 3);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/pixels/resize", resizing_is_as_defined);
  g_test_add_func ("/image/pixels/pillow", resizing_agrees_with_pillow);
  g_test_add_func ("/image/pixels/flat", flat_pictures_stay_flat);
  g_test_add_func ("/image/pixels/center-crop", centre_crops_are_square_and_central);
  g_test_add_func ("/image/pixels/operations", small_operations_do_what_they_say);
  g_test_add_func ("/image/pixels/augment", augmentations_repeat_and_stay_in_range);
  g_test_add_func ("/image/pixels/strip", strips_fall_back_to_the_middle);
  g_test_add_func ("/image/pixels/hue", hue_turns_and_neutral_jitter_changes_nothing);
  g_test_add_func ("/image/pixels/shift", channel_shift_moves_planes_apart);
  g_test_add_func ("/image/pixels/png", pngs_keep_every_pixel);
  g_test_add_func ("/image/pixels/rearrange", cells_go_where_the_order_says);
  return g_test_run ();
}
