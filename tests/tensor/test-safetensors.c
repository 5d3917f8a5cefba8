/* SPDX-License-Identifier: Apache-2.0 */
/* Files are built byte by byte from the format's description, so that reading is not only tested against our writing.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/tensor/safetensors.h"

typedef struct
{
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("smalti-safetensors-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "w.safetensors", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* A file with a header as it stands and @n_data bytes 0, 1, 2, ... after it. */
static void
write_by_hand (const char *path, const char *header, gsize n_data)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint64 length = strlen (header);

  for (int i = 0; i < 8; i++)
    g_byte_array_append (bytes, &(guint8){ length >> (8 * i) }, 1);
  g_byte_array_append (bytes, (const guint8 *)header, length);
  for (gsize i = 0; i < n_data; i++)
    g_byte_array_append (bytes, &(guint8){ i }, 1);
  g_assert_true (g_file_set_contents (path, (const char *)bytes->data, bytes->len, NULL));
}

static void
another_writers_file_is_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiTensorFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree const char **names = NULL;
  const SmaltiTensor *tensor;
  guint n;

  /* Members in another order than the data, blanks, an escaped name, metadata last, an empty tensor, a scalar. */
  write_by_hand (fixture->path,
                 "{ \"b\\u00e9\":{\"shape\":[2,3],\"dtype\":\"U8\",\"data_offsets\":[12,18]},\n"
                 "\"a.weight\" : {\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]},"
                 "\"empty\":{\"dtype\":\"I64\",\"shape\":[0,7],\"data_offsets\":[18,18]},"
                 "\"scalar\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]},"
                 "\"__metadata__\":{\"format\":\"pt\"}}    ",
                 18);
  file = smalti_tensor_file_read (fixture->path, &error);
  g_assert_no_error (error);
  names = smalti_tensor_file_names (file, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (names[0], ==, "scalar");
  g_assert_cmpstr (names[1], ==, "a.weight");
  g_assert_cmpstr (names[2], ==, "b\u00e9");
  g_assert_cmpstr (names[3], ==, "empty");
  g_assert_cmpstr (smalti_tensor_file_get_metadata (file, "format"), ==, "pt");
  g_assert_null (smalti_tensor_file_get_metadata (file, "absent"));
  g_assert_null (smalti_tensor_file_get (file, "absent"));

  tensor = smalti_tensor_file_get (file, "scalar");
  g_assert_cmpint (smalti_tensor_i32 (tensor)[0], ==, 0x03020100);
  tensor = smalti_tensor_file_get (file, "b\u00e9");
  g_assert_cmpint (tensor->dtype, ==, SMALTI_DTYPE_U8);
  g_assert_true (smalti_shape_equal (tensor->shape, SMALTI_SHAPE (2, 3)));
  g_assert_cmpint (((const guint8 *)tensor->data)[5], ==, 17);
  g_assert_cmpuint (smalti_tensor_file_get (file, "empty")->n_bytes, ==, 0);
}

static void
what_is_written_is_read (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (SmaltiTensorFile) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL, *second = NULL;
  gsize n_first, n_second;
  guint64 length;

  for (SmaltiDType dtype = SMALTI_DTYPE_F32; dtype <= SMALTI_DTYPE_I64; dtype++)
    {
      g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (dtype, SMALTI_SHAPE (3, 5));

      for (gsize i = 0; i < tensor->n_bytes; i++)
        ((guint8 *)tensor->data)[i] = i * 7 + dtype;
      smalti_tensor_file_add (file, smalti_dtype_name (dtype), tensor);
      smalti_tensor_file_add (file, smalti_dtype_name (dtype), tensor); /* replaces itself */
    }
  smalti_tensor_file_set_metadata (file, "spec", "name: \"x\"\n\tseed: 1");
  smalti_tensor_file_set_metadata (file, "step", "1");
  smalti_tensor_file_set_metadata (file, "step", "2");
  g_assert_true (smalti_tensor_file_write (file, fixture->path, &error));
  g_assert_no_error (error);
  back = smalti_tensor_file_read (fixture->path, &error);
  g_assert_no_error (error);
  for (SmaltiDType dtype = SMALTI_DTYPE_F32; dtype <= SMALTI_DTYPE_I64; dtype++)
    {
      const SmaltiTensor *a = smalti_tensor_file_get (file, smalti_dtype_name (dtype));
      const SmaltiTensor *b = smalti_tensor_file_get (back, smalti_dtype_name (dtype));

      g_assert_cmpint (b->dtype, ==, dtype);
      g_assert_cmpmem (a->data, a->n_bytes, b->data, b->n_bytes);
    }
  g_assert_cmpstr (smalti_tensor_file_get_metadata (back, "spec"), ==, "name: \"x\"\n\tseed: 1");
  g_assert_cmpstr (smalti_tensor_file_get_metadata (back, "step"), ==, "2");

  /* The same contents are the same bytes, and the data is aligned. */
  g_assert_true (g_file_get_contents (fixture->path, &first, &n_first, NULL));
  g_assert_true (smalti_tensor_file_write (back, fixture->path, NULL));
  g_assert_true (g_file_get_contents (fixture->path, &second, &n_second, NULL));
  g_assert_cmpmem (first, n_first, second, n_second);
  memcpy (&length, first, sizeof length);
  g_assert_cmpuint (length % 8, ==, 0);
}

#define TENSOR(name, dtype, shape, from, to)                                                                           \
  "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" #from "," #to "]}"

static void
each_kind_of_damage_is_named (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *header;
    gsize n_data;
    const char *reason;
  } cases[] = {
    { "", 0, "damaged" },
    { "[]", 0, "damaged" },
    { "{", 0, "damaged" },
    { "{}x", 0, "damaged" },
    { "{} {}", 0, "damaged" },
    { "{\"a\":[[[[[[[[]]]]]]]]}", 0, "damaged" },
    { "{\"a\":\"\xff\"}", 0, "damaged" },
    { "{\"a\":1}", 0, "no object" },
    { "{}", 4, "after the last" },
    { "{" TENSOR ("a", "F32", "1", 0, 4) "," TENSOR ("a", "F32", "1", 4, 8) "}", 8, "twice" },
    { "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "twice" },
    { "{" TENSOR ("a", "F32", "2", 0, 8) "," TENSOR ("b", "F32", "2", 4, 12) "}", 12, "overlaps" },
    { "{" TENSOR ("a", "F32", "1", 0, 4) "," TENSOR ("b", "F32", "1", 8, 12) "}", 12, "hole" },
    { "{" TENSOR ("a", "F32", "1", 4, 8) "}", 8, "hole" },
    { "{" TENSOR ("a", "F32", "1", 0, 4) "}", 8, "after the last" },
    { "{" TENSOR ("a", "F32", "2", 0, 8) "}", 4, "outside" },
    { "{" TENSOR ("a", "F32", "1", 4, 0) "}", 4, "outside" },
    { "{" TENSOR ("a", "F32", "1", -4, 0) "}", 4, "no place" },
    { "{" TENSOR ("a", "F32", "1", 0, 99999999999999999999) "}", 4, "" },
    { "{" TENSOR ("a", "F32", "3", 0, 8) "}", 8, "size" },
    { "{" TENSOR ("a", "F32", "-1,-2", 0, 8) "}", 8, "no shape" },
    { "{" TENSOR ("a", "F32", "1.5", 0, 8) "}", 8, "no shape" },
    { "{" TENSOR ("a", "F32", "1,1,1,1,1,1", 0, 4) "}", 4, "no shape" },
    { "{" TENSOR ("a", "F32", "4611686018427387904,4", 0, 0) "}", 0, "size" },
    { "{" TENSOR ("a", "F32", "4611686018427387904,4,0", 0, 0) "}", 0, "size" },
    { "{" TENSOR ("a", "F16", "2", 0, 4) "}", 4, "F16" },
    { "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "no element type" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,4]}}", 4, "no shape" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "no place" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,2,4]}}", 4, "no place" },
    { "{\"__metadata__\":{\"a\":1}}", 0, "no text" },
    { "{\"__metadata__\":[]}", 0, "no object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      write_by_hand (fixture->path, cases[i].header, cases[i].n_data);
      g_assert_null (smalti_tensor_file_read (fixture->path, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
      if (strstr (error->message, cases[i].reason) == NULL || strstr (error->message, fixture->path) == NULL)
        g_error ("%s: %s", cases[i].header, error->message);
    }
}

static void
lengths_are_checked_against_the_file (Fixture *fixture, gconstpointer data)
{
  const guint64 lengths[] = { 3, 100000001, G_MAXUINT64, G_MAXUINT64 - 7, (guint64)1 << 63 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;
      char bytes[10] = { 0 };

      memcpy (bytes, &lengths[i], 8);
      memcpy (bytes + 8, "{}", 2);
      g_assert_true (g_file_set_contents (fixture->path, bytes, sizeof bytes, NULL));
      g_assert_null (smalti_tensor_file_read (fixture->path, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
    }
  for (gssize n = 0; n < 8; n++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (fixture->path, "\2\0\0\0\0\0\0\0", n, NULL));
      g_assert_null (smalti_tensor_file_read (fixture->path, &error));
      g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
    }
}

static void
what_is_no_file_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smalti_tensor_file_read (fixture->path, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_IO);
  g_clear_error (&error);
  g_assert_null (smalti_tensor_file_read (fixture->folder, &error));
  g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
}

/* Bytes changed, cut out and doubled at random: every file is read or refused, and none is believed too much. */
static void
mutated_files_never_crash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autofree char *good = NULL;
  gsize n_good;
  guint n_refused = 0;

  for (int i = 0; i < 4; i++)
    {
      g_autoptr (SmaltiTensor) tensor = smalti_tensor_new (SMALTI_DTYPE_F32, SMALTI_SHAPE (2, i));
      char name[] = { 'a' + i, 0 };

      smalti_tensor_file_add (file, name, tensor);
    }
  smalti_tensor_file_set_metadata (file, "step", "17");
  g_assert_true (smalti_tensor_file_write (file, fixture->path, NULL));
  g_assert_true (g_file_get_contents (fixture->path, &good, &n_good, NULL));

  for (guint i = 0; i < 600; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (SmaltiTensorFile) read = NULL;
      g_autoptr (GError) error = NULL;
      SmaltiRandom random;
      guint n_changes;

      smalti_random_init (&random, 1, SMALTI_STREAM_TEST, 0, i);
      g_byte_array_append (bytes, (const guint8 *)good, n_good);
      n_changes = 1 + smalti_random_int (&random, 4);
      for (guint c = 0; c < n_changes && bytes->len > 0; c++)
        {
          guint at = smalti_random_int (&random, bytes->len);

          switch (smalti_random_int (&random, 4))
            {
            case 0:
              bytes->data[at] = smalti_random_u32 (&random);
              break;
            case 1:
              bytes->data[at] = "{}[]\",:0987-"[smalti_random_int (&random, 12)];
              break;
            case 2:
              g_byte_array_remove_range (bytes, at, 1 + smalti_random_int (&random, bytes->len - at));
              break;
            default:
              g_byte_array_append (bytes, (const guint8 *)good + smalti_random_int (&random, n_good), 1);
            }
        }
      g_assert_true (g_file_set_contents (fixture->path, (const char *)bytes->data, bytes->len, NULL));
      read = smalti_tensor_file_read (fixture->path, &error);
      g_assert_true ((read != NULL) == (error == NULL));
      if (error != NULL)
        {
          g_assert_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT);
          n_refused++;
        }
    }
  g_assert_cmpuint (n_refused, >, 300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, f) g_test_add ("/safetensors/" path, Fixture, NULL, set_up, f, tear_down)
  TEST ("another-writer", another_writers_file_is_read);
  TEST ("round-trip", what_is_written_is_read);
  TEST ("damage", each_kind_of_damage_is_named);
  TEST ("lengths", lengths_are_checked_against_the_file);
  TEST ("no-file", what_is_no_file_is_told);
  TEST ("mutations", mutated_files_never_crash);
  return g_test_run ();
}
