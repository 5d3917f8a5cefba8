/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts that keep many pictures in one file: CIFAR-10 and -100 (a label byte or two, then planes of 32 x 32) and
 * STL-10 (planes of 96 x 96 stored column after column; labels from 1 in files of their own). Only labels are read
 * here; pictures stay in their files until they are asked for. */
#include "core/data/scan-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/base/error.h"

/* Where the files lie: in the root itself, or in the folder that the archive unpacks to. */
static char *
find_file (const SmaltiScan *scan, const char *archive_folder, const char *file)
{
  g_autofree char *inside = smalti_scan_join (archive_folder, file);

  if (smalti_scan_has_file (scan, file, NULL))
    return g_strdup (file);
  return smalti_scan_has_file (scan, inside, NULL) ? g_steal_pointer (&inside) : NULL;
}

static gboolean
fail_on_file (const SmaltiScan *scan, const char *name, const char *reason, GError **error)
{
  g_autofree char *display = smalti_scan_display (scan, name);

  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, "%s: %s.", display, reason);
  return FALSE;
}

/* How many records @name holds; a file that was cut off is refused. */
static gboolean
count_records (const SmaltiScan *scan, const char *name, guint32 *n, GError **error)
{
  guint64 size;

  if (!smalti_scan_has_file (scan, name, &size) || size == 0)
    return fail_on_file (scan, name, _ ("the file is empty or not there"), error);
  if (size % scan->records.n_bytes != 0 || size / scan->records.n_bytes > G_MAXUINT32)
    {
      g_autofree char *reason
          = g_strdup_printf (_ ("its size is not a multiple of %zu bytes, so it is cut off or of another data set"),
                             scan->records.n_bytes);

      return fail_on_file (scan, name, reason, error);
    }
  *n = size / scan->records.n_bytes;
  return TRUE;
}

/* One class name a line, when the file came along; else from @fallback. */
static gboolean
read_class_names (SmaltiScan *scan, const char *archive_folder, const char *file, const char *const *fallback,
                  GError **error)
{
  g_autofree char *name = find_file (scan, archive_folder, file);
  g_auto (SmaltiLines) lines = { 0 };
  char *line;

  if (name == NULL)
    {
      for (; *fallback != NULL; fallback++)
        g_ptr_array_add (scan->class_names, g_strdup (*fallback));
      return TRUE;
    }
  if (!smalti_lines_open (&lines, scan, name, error))
    return FALSE;
  while ((line = smalti_lines_next (&lines)) != NULL)
    g_ptr_array_add (scan->class_names, g_utf8_make_valid (line, -1));
  return TRUE;
}

static gboolean
bad_label (const SmaltiScan *scan, const char *name, guint32 record, gint label, GError **error)
{
  g_autofree char *display = smalti_scan_display (scan, name);

  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
               _ ("%s: picture %u has the label %d, but there are only %u classes."), display, record, label,
               scan->class_names->len);
  return FALSE;
}

/* CIFAR */

static gboolean
add_cifar_file (SmaltiScan *scan, const char *name, gsize label_at, SmaltiSplit split, GError **error)
{
  g_autofree char *path = smalti_scan_path (scan, name);
  gsize offset = smalti_scan_add_name (scan, name);
  gboolean ok = TRUE;
  guint32 n;
  int fd;

  if (!count_records (scan, name, &n, error))
    return FALSE;
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return fail_on_file (scan, name, g_strerror (errno), error);
  for (guint32 i = 0; ok && i < n; i++)
    {
      guint8 label;

      if (pread (fd, &label, 1, (off_t)i * scan->records.n_bytes + label_at) != 1)
        ok = fail_on_file (scan, name, g_strerror (errno), error);
      else if (label >= scan->class_names->len)
        ok = bad_label (scan, name, i, label, error);
      else
        ok = smalti_scan_add (scan, offset, i, scan->records.n_bytes, split, label, error);
    }
  close (fd);
  return ok;
}

static gboolean
scan_cifar (SmaltiScan *scan, const char *archive_folder, const char *const *train, const char *test, gsize n_labels,
            GError **error)
{
  g_autofree char *test_name = find_file (scan, archive_folder, test);
  gboolean any = FALSE;

  scan->records = (SmaltiRecords){ .n_bytes = n_labels + 32 * 32 * 3, .offset = n_labels, .side = 32 };
  for (; *train != NULL; train++)
    {
      g_autofree char *name = find_file (scan, archive_folder, *train);

      if (name == NULL)
        continue;
      any = TRUE;
      if (!add_cifar_file (scan, name, n_labels - 1, SMALTI_SPLIT_TRAIN, error))
        return FALSE;
    }
  if (!any) /* no pictures: the caller says what is expected */
    return TRUE;
  scan->own_val = test_name != NULL;
  return test_name == NULL || add_cifar_file (scan, test_name, n_labels - 1, SMALTI_SPLIT_VAL, error);
}

#define CIFAR10_FOLDER  "cifar-10-batches-bin"
#define CIFAR100_FOLDER "cifar-100-binary"
#define STL10_FOLDER    "stl10_binary"

static gboolean
has (const SmaltiScan *scan, const char *archive_folder, const char *file)
{
  g_autofree char *name = find_file (scan, archive_folder, file);

  return name != NULL;
}

static gboolean
detect_cifar10 (const SmaltiScan *scan)
{
  return has (scan, CIFAR10_FOLDER, "data_batch_1.bin");
}

static gboolean
scan_cifar10 (SmaltiScan *scan, GError **error)
{
  static const char *const train[]
      = { "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", NULL };
  static const char *const names[]
      = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck", NULL };

  return read_class_names (scan, CIFAR10_FOLDER, "batches.meta.txt", names, error)
         && scan_cifar (scan, CIFAR10_FOLDER, train, "test_batch.bin", 1, error);
}

static gboolean
detect_cifar100 (const SmaltiScan *scan)
{
  return has (scan, CIFAR100_FOLDER, "train.bin") && has (scan, CIFAR100_FOLDER, "test.bin");
}

static gboolean
scan_cifar100 (SmaltiScan *scan, GError **error)
{
  static const char *const train[] = { "train.bin", NULL };
  static const char *const no_names[] = { NULL };

  if (!read_class_names (scan, CIFAR100_FOLDER, "fine_label_names.txt", no_names, error))
    return FALSE;
  for (guint i = scan->class_names->len; i < 100; i++)
    g_ptr_array_add (scan->class_names, g_strdup_printf ("%u", i));
  return scan_cifar (scan, CIFAR100_FOLDER, train, "test.bin", 2, error);
}

/* STL-10 */

/* @labels: (nullable): a file of one byte a picture, 1 .. 10. */
static gboolean
add_stl_file (SmaltiScan *scan, const char *name, const char *labels, SmaltiSplit split, GError **error)
{
  g_autofree char *label_path = labels != NULL ? smalti_scan_path (scan, labels) : NULL;
  g_autofree char *label = NULL;
  g_autoptr (GError) reason = NULL;
  gsize offset = smalti_scan_add_name (scan, name);
  gsize n_labels = 0;
  guint32 n;

  if (!count_records (scan, name, &n, error))
    return FALSE;
  if (labels != NULL && !g_file_get_contents (label_path, &label, &n_labels, &reason))
    return fail_on_file (scan, labels, reason->message, error);
  if (labels != NULL && n_labels != n)
    {
      g_autofree char *message
          = g_strdup_printf (_ ("it has %zu labels for the %u pictures of “%s”"), n_labels, n, name);

      return fail_on_file (scan, labels, message, error);
    }
  for (guint32 i = 0; i < n; i++)
    {
      gint value = label != NULL ? (guint8)label[i] - 1 : SMALTI_NO_LABEL;

      if (label != NULL && (value < 0 || value >= (gint)scan->class_names->len))
        return bad_label (scan, labels, i, value + 1, error);
      if (!smalti_scan_add (scan, offset, i, scan->records.n_bytes, split, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
detect_stl10 (const SmaltiScan *scan)
{
  return has (scan, STL10_FOLDER, "train_X.bin") || has (scan, STL10_FOLDER, "unlabeled_X.bin");
}

static gboolean
scan_stl10 (SmaltiScan *scan, GError **error)
{
  static const char *const names[]
      = { "airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck", NULL };
  g_autofree char *unlabelled = find_file (scan, STL10_FOLDER, "unlabeled_X.bin");
  g_autofree char *train = find_file (scan, STL10_FOLDER, "train_X.bin");
  g_autofree char *train_labels = find_file (scan, STL10_FOLDER, "train_y.bin");
  g_autofree char *test = find_file (scan, STL10_FOLDER, "test_X.bin");
  g_autofree char *test_labels = find_file (scan, STL10_FOLDER, "test_y.bin");

  scan->records = (SmaltiRecords){ .n_bytes = 96 * 96 * 3, .side = 96, .by_columns = TRUE };
  if (!read_class_names (scan, STL10_FOLDER, "class_names.txt", names, error))
    return FALSE;
  if (unlabelled != NULL && !add_stl_file (scan, unlabelled, NULL, SMALTI_SPLIT_TRAIN, error))
    return FALSE;
  if (train != NULL && !add_stl_file (scan, train, train_labels, SMALTI_SPLIT_TRAIN, error))
    return FALSE;
  scan->own_val = test != NULL;
  return test == NULL || add_stl_file (scan, test, test_labels, SMALTI_SPLIT_VAL, error);
}

const SmaltiLayoutClass smalti_layout_cifar10 = {
  .id = "cifar10",
  .expects = "data_batch_1.bin to data_batch_5.bin and test_batch.bin (the “binary version”)",
  .detect = detect_cifar10,
  .scan = scan_cifar10,
};

const SmaltiLayoutClass smalti_layout_cifar100 = {
  .id = "cifar100",
  .expects = "train.bin and test.bin (the “binary version”)",
  .detect = detect_cifar100,
  .scan = scan_cifar100,
};

const SmaltiLayoutClass smalti_layout_stl10 = {
  .id = "stl10",
  .expects = "train_X.bin, train_y.bin, test_X.bin, test_y.bin or unlabeled_X.bin (the “binary files”)",
  .detect = detect_stl10,
  .scan = scan_stl10,
};
