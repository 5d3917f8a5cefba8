/* SPDX-License-Identifier: Apache-2.0 */
/* Files of torch.save(), written by PyTorch (write_small.py says how), and what becomes of damaged and hostile ones. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/exchange/torch-file.h"
#include "tests/engine/remove-tree.h"

static const char *const fixtures[] = { "small.pth", "small-old.pth", "small-protocol4.pth" };

static char *
fixture_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "exchange", name, NULL);
}

static void
assert_numbers (const SmaltiTensorFile *file, const char *name, SmaltiShape shape, const double *numbers)
{
  const SmaltiTensor *tensor = smalti_tensor_file_get (file, name);

  g_assert_nonnull (tensor);
  g_assert_true (smalti_shape_equal (tensor->shape, shape));
  for (gint64 i = 0; i < smalti_shape_size (shape); i++)
    g_assert_cmpfloat (smalti_tensor_f32 (tensor)[i], ==, (gfloat)numbers[i]);
}

static void
tensors_come_as_pytorch_means_them (gconstpointer name)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiTensorFile) file = smalti_torch_file_read (path, &error);
  double plain[24], turned[24], window[6], steps[5], pixels[24];
  const double half[] = { 1, -2.5, 65504, 0x1p-24, INFINITY, 0x1.998p-4 };
  const double brain[] = { 1, -2.5, 0x1.c4p127, 0x1.9ap-4 };
  const double whole[] = { 1.0 / 3, -1e-40 };

  g_assert_no_error (error);
  for (guint i = 0; i < 24; i++)
    {
      plain[i] = i / 4.0;
      pixels[i] = i;
    }
  for (guint i = 0; i < 24; i++) /* turned[c][a][b] = plain[a][b][c] */
    turned[i] = plain[i / 3 % 2 * 12 + i % 3 * 4 + i / 6];
  for (guint i = 0; i < 6; i++)
    window[i] = plain[5 + i];
  for (guint i = 0; i < 5; i++)
    steps[i] = plain[1 + 5 * i];
  assert_numbers (file, "plain", SMALTI_SHAPE (2, 3, 4), plain);
  assert_numbers (file, "turned", SMALTI_SHAPE (4, 2, 3), turned);
  assert_numbers (file, "window", SMALTI_SHAPE (2, 3), window);
  assert_numbers (file, "steps", SMALTI_SHAPE (5), steps);
  assert_numbers (file, "pixels", SMALTI_SHAPE (1, 2, 3, 4), pixels);
  assert_numbers (file, "half", SMALTI_SHAPE (6), half);
  assert_numbers (file, "brain", SMALTI_SHAPE (4), brain);
  assert_numbers (file, "double", SMALTI_SHAPE (1, 2), whole);
  assert_numbers (file, "scalar", SMALTI_SCALAR, (const double[]){ 3.5 });
  assert_numbers (file, "parameter", SMALTI_SHAPE (2), (const double[]){ 7, 8 });
  g_assert_null (smalti_tensor_file_get (file, "num_batches_tracked"));
  g_assert_null (smalti_tensor_file_get (file, "mask"));
}

/* Reads @data as a file; whatever it is, it ends in tensors or in a sentence. TRUE when it was read. */
static gboolean
try_file (const char *path, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmaltiTensorFile) file = NULL;
  FILE *out = (g_unlink (path), fopen (path, "wb")); /* a file written over is flushed to the disk: slow */

  g_assert_nonnull (out);
  g_assert_cmpuint (fwrite (data, 1, size, out), ==, size);
  g_assert_cmpint (fclose (out), ==, 0);
  file = smalti_torch_file_read (path, &error);
  if (file != NULL)
    return TRUE;
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return FALSE;
}

/* With checksums of 0, which say that there are none, damage gets past them to the parts behind. */
static void
clear_checksums (guint8 *data, gsize size)
{
  for (gsize i = 0; i + 20 < size; i++)
    if (memcmp (data + i, "PK\1\2", 4) == 0)
      memset (data + i + 16, 0, 4);
}

static void
damaged_files_are_refused_or_read_and_never_crash (void)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.pth", NULL);

  for (guint f = 0; f < G_N_ELEMENTS (fixtures); f++)
    {
      g_autofree char *whole = fixture_path (fixtures[f]);
      g_autofree char *contents = NULL;
      gsize size;
      guint n_read = 0;
      SmaltiRandom random;

      g_assert_true (g_file_get_contents (whole, &contents, &size, NULL));
      for (gsize cut = 0; cut < size; cut += 1 + size / 400)
        g_assert_false (try_file (path, (guint8 *)contents, cut));
      clear_checksums ((guint8 *)contents, size);
      g_assert_true (try_file (path, (guint8 *)contents, size));
      smalti_random_init (&random, 1, SMALTI_STREAM_SAMPLE, 0, f);
      for (guint i = 0; i < 1500; i++)
        {
          g_autofree guint8 *damaged = g_memdup2 (contents, size);
          guint n = 1 + smalti_random_int (&random, 4);
          /* half of them where the lists are: at the beginning */
          guint below = i % 2 == 0 || size < 1600 ? size : 1600;

          for (guint k = 0; k < n; k++)
            damaged[smalti_random_int (&random, below)] = smalti_random_int (&random, 256);
          n_read += try_file (path, damaged, size);
        }
      g_assert_cmpuint (n_read, >, 0); /* a number that is another one is no damage to be seen */
      g_assert_cmpuint (n_read, <, 1500);
      g_test_message ("%s: %u of 1500 damaged files were read", fixtures[f], n_read);
    }
  remove_tree (folder);
}

static void
assert_refused (const guint8 *data, gsize size, const char *why)
{
  g_autofree char *folder = g_dir_make_tmp ("smalti-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.pth", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, (const char *)data, size, NULL));
  g_assert_null (smalti_torch_file_read (path, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
  if (strstr (error->message, why) == NULL)
    g_error ("“%s” does not say “%s”", error->message, why);
  remove_tree (folder);
}

#define REFUSED(bytes_, why_) assert_refused ((const guint8 *)bytes_, sizeof (bytes_) - 1, why_)

static void
a_checksum_that_differs_is_told (void)
{
  g_autofree char *path = fixture_path ("small.pth");
  g_autofree char *contents = NULL;
  char *number;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  number = memmem (contents, size, "state_dict", 10);
  g_assert_nonnull (number);
  number[0] = 'S';
  assert_refused ((guint8 *)contents, size, "checksum");
}

static void
nothing_in_a_file_is_executed (void)
{
  /* os.system ("touch x") as the first thing the file does; and by the newer instruction */
  REFUSED ("\200\002cos\nsystem\nq\000X\007\000\000\000touch xq\001\205q\002Rq\003.", "os.system");
  REFUSED ("\200\004\214\005posix\214\006system\223\214\007touch x\205R.", "posix.system");
  REFUSED ("\200\002cbuiltins\neval\n.", "builtins.eval");
  /* a storage is no function, a dict takes no arguments */
  REFUSED ("\200\002ctorch\nFloatStorage\n)R.", "damaged");
}

static void
pickles_can_not_reach_below_their_stack (void)
{
  REFUSED ("\200\002t.", "damaged");
  REFUSED ("\200\002(0.", "damaged");
  REFUSED ("\200\002(K\001u.", "damaged");
  REFUSED ("\200\002}(K\001u.", "damaged");
  REFUSED ("\200\002h\005.", "damaged");
  REFUSED ("\200\002K\001.", "not PyTorch's");
  REFUSED ("\200\002X\377\377\377\377", "cut off");
  REFUSED ("\200\002\215\377\377\377\377\377\377\377\377x.", "cut off");
  REFUSED ("\200\002\200\011.", "newer version");
  REFUSED ("\200\002i.", "instruction");
}

/* A list that holds itself, with a tensor nowhere. */
static void
circles_end (void)
{
  static const char magic[] = "\200\002\212\012\154\374\234\106\371\040\152\250\120\031.\200\002M\351\003.\200\002}.";
  static const char circle[] = "\200\002}q\000(X\005\000\000\000modelh\000u.\200\002].";
  g_autofree guint8 *both = g_malloc (sizeof magic + sizeof circle - 2);

  memcpy (both, magic, sizeof magic - 1);
  memcpy (both + sizeof magic - 1, circle, sizeof circle - 1);
  assert_refused (both, sizeof magic + sizeof circle - 2, "no state dict");
}

static void
other_formats_are_named (void)
{
  char tar[600] = { 0 };

  memcpy (tar + 257, "ustar", 5);
  assert_refused ((guint8 *)tar, sizeof tar, "0.1.10");
  REFUSED ("", "torch.save");
  REFUSED ("GIF89a", "torch.save");
  REFUSED ("PK\005\006\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000", "data.pkl");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autofree char *path = g_strconcat ("/torch-file/", fixtures[i], NULL);

      g_test_add_data_func (path, fixtures[i], tensors_come_as_pytorch_means_them);
    }
  g_test_add_func ("/torch-file/damaged", damaged_files_are_refused_or_read_and_never_crash);
  g_test_add_func ("/torch-file/checksum", a_checksum_that_differs_is_told);
  g_test_add_func ("/torch-file/executes-nothing", nothing_in_a_file_is_executed);
  g_test_add_func ("/torch-file/stack", pickles_can_not_reach_below_their_stack);
  g_test_add_func ("/torch-file/circles", circles_end);
  g_test_add_func ("/torch-file/other-formats", other_formats_are_named);
  return g_test_run ();
}
