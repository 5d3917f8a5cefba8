/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts whose labels stand in text files: Tiny ImageNet 200 and Places365. An image that a list names but the folder
 * lacks makes the whole data set an error: training on what is left would give numbers nobody could compare. */
#include "core/data/scan-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"

/* Images that a list names and that are not there. */
typedef struct
{
  guint64 n;
  guint line;
  char *first;
} Missing;

static gboolean
report_missing (Missing *missing, const SmaltiLines *lines, const SmaltiScan *scan, GError **error)
{
  g_autofree char *first = g_steal_pointer (&missing->first);
  g_autofree char *display = NULL;

  if (missing->n == 0)
    return TRUE;
  display = smalti_scan_display (scan, first);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
               g_dngettext (GETTEXT_PACKAGE, "%s, line %u: the image “%s” is not there (%" PRIu64 " is missing).",
                            "%s, line %u: the image “%s” is not there (%" PRIu64 " are missing).", missing->n),
               lines->path, missing->line, display, missing->n);
  return FALSE;
}

static gboolean
bad_line (const SmaltiLines *lines, const char *expected, GError **error)
{
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("%s, line %u: expected %s."), lines->path, lines->line,
               expected);
  return FALSE;
}

static gboolean
add_listed (SmaltiScan *scan, const char *name, SmaltiSplit split, gint label, const SmaltiLines *lines,
            Missing *missing, GError **error)
{
  guint64 size;

  if (smalti_scan_has_file (scan, name, &size))
    return smalti_scan_add (scan, smalti_scan_add_name (scan, name), 0, size, split, label, error);
  if (missing->n++ == 0)
    {
      missing->line = lines->line;
      missing->first = g_strdup (name);
    }
  return TRUE;
}

/* Tiny ImageNet */

static gboolean
detect_tiny_imagenet (const SmaltiScan *scan)
{
  return smalti_scan_has_file (scan, "wnids.txt", NULL) && smalti_scan_has_folder (scan, "train");
}

/* words.txt: "n02124075<tab>Egyptian cat, ..." for far more classes than are used. The first word of the list is enough
 * for people, unless two classes share it ("crane"). */
static gboolean
read_words (SmaltiScan *scan, GHashTable *classes, GError **error)
{
  g_auto (SmaltiLines) lines = { 0 };
  g_autoptr (GHashTable) full = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);
  char *line;

  if (!smalti_scan_has_file (scan, "words.txt", NULL))
    return TRUE;
  if (!smalti_lines_open (&lines, scan, "words.txt", error))
    return FALSE;
  while ((line = smalti_lines_next (&lines)) != NULL)
    {
      char *tab = strchr (line, '\t');
      gpointer number;

      if (tab == NULL)
        continue;
      *tab = '\0';
      if (g_hash_table_lookup_extended (classes, line, NULL, &number))
        g_hash_table_insert (full, number, g_utf8_make_valid (g_strstrip (tab + 1), -1));
    }
  for (guint i = 0; i < scan->class_names->len; i++)
    {
      const char *words = g_hash_table_lookup (full, GUINT_TO_POINTER (i));

      if (words != NULL)
        {
          g_free (scan->class_names->pdata[i]);
          scan->class_names->pdata[i] = g_strndup (words, strcspn (words, ","));
        }
    }
  for (guint i = 0; i < scan->class_names->len; i++)
    {
      const char *words = g_hash_table_lookup (full, GUINT_TO_POINTER (i));

      if (words != NULL && g_hash_table_contains (used, scan->class_names->pdata[i]))
        {
          g_free (scan->class_names->pdata[i]);
          scan->class_names->pdata[i] = g_strdup (words);
        }
      g_hash_table_add (used, scan->class_names->pdata[i]);
    }
  return TRUE;
}

static gboolean
read_annotations (SmaltiScan *scan, GHashTable *classes, GError **error)
{
  g_auto (SmaltiLines) lines = { 0 };
  Missing missing = { 0 };
  char *line;

  if (!smalti_lines_open (&lines, scan, "val/val_annotations.txt", error))
    return FALSE;
  while ((line = smalti_lines_next (&lines)) != NULL)
    {
      g_auto (GStrv) field = g_strsplit (line, "\t", 3);
      g_autofree char *name = NULL;
      gpointer number;

      if (g_strv_length (field) < 2)
        {
          g_free (missing.first);
          return bad_line (&lines, _ ("a file name and a class, with a tab between them"), error);
        }
      if (!g_hash_table_lookup_extended (classes, field[1], NULL, &number))
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("%s, line %u: the class “%s” is not in wnids.txt."),
                       lines.path, lines.line, field[1]);
          g_free (missing.first);
          return FALSE;
        }
      name = g_strconcat ("val/images/", field[0], NULL);
      if (!add_listed (scan, name, SMALTI_SPLIT_VAL, GPOINTER_TO_INT (number), &lines, &missing, error))
        {
          g_free (missing.first);
          return FALSE;
        }
    }
  return report_missing (&missing, &lines, scan, error);
}

/* Many sort val/ into class folders, as the original is awkward to read. */
static gboolean
add_val_folders (SmaltiScan *scan, GHashTable *classes, GError **error)
{
  g_autoptr (GPtrArray) folders = smalti_scan_folders (scan, "val");

  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *folder = smalti_scan_join ("val", folders->pdata[i]);
      gpointer number;

      if (!g_hash_table_lookup_extended (classes, folders->pdata[i], NULL, &number))
        continue;
      scan->own_val = TRUE;
      if (!smalti_scan_add_tree (scan, folder, SMALTI_SPLIT_VAL, GPOINTER_TO_INT (number), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
scan_tiny_imagenet (SmaltiScan *scan, GError **error)
{
  g_auto (SmaltiLines) lines = { 0 };
  g_autoptr (GHashTable) classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char *line;

  if (!smalti_lines_open (&lines, scan, "wnids.txt", error))
    return FALSE;
  while ((line = smalti_lines_next (&lines)) != NULL)
    {
      const char *wnid = g_strstrip (line);
      g_autofree char *folder = g_strconcat ("train/", wnid, NULL);
      guint before = scan->items->len;
      gint label = scan->class_names->len;

      if (*wnid == '\0' || !g_hash_table_insert (classes, g_strdup (wnid), GINT_TO_POINTER (label)))
        return bad_line (&lines, _ ("a class that no earlier line has"), error);
      g_ptr_array_add (scan->class_names, g_utf8_make_valid (wnid, -1));
      if (smalti_scan_has_folder (scan, folder)
          && !smalti_scan_add_tree (scan, folder, SMALTI_SPLIT_TRAIN, label, error))
        return FALSE;
      if (scan->items->len == before)
        {
          g_autofree char *display = smalti_scan_display (scan, folder);

          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA, _ ("%s, line %u: the class has no image in “%s”."),
                       lines.path, lines.line, display);
          return FALSE;
        }
    }
  if (!read_words (scan, classes, error))
    return FALSE;
  if (!smalti_scan_has_file (scan, "val/val_annotations.txt", NULL))
    return add_val_folders (scan, classes, error);
  scan->own_val = TRUE;
  return read_annotations (scan, classes, error);
}

const SmaltiLayoutClass smalti_layout_tiny_imagenet = {
  .id = "tiny-imagenet",
  .expects = "wnids.txt and train/<class>/images",
  .detect = detect_tiny_imagenet,
  .scan = scan_tiny_imagenet,
};

/* Places365 */

#define TRAIN_LIST "places365_train_standard.txt"
#define VAL_LIST   "places365_val.txt"
#define CATEGORIES "categories_places365.txt"

static gboolean
detect_places365 (const SmaltiScan *scan)
{
  return smalti_scan_has_file (scan, TRAIN_LIST, NULL) || smalti_scan_has_file (scan, CATEGORIES, NULL);
}

/* "/a/airfield 0": cuts the number off @line. */
static gboolean
split_number (char *line, gint *number)
{
  char *space = strrchr (line, ' ');
  guint64 value;

  if (space == NULL || !g_ascii_string_to_unsigned (space + 1, 10, 0, 100000, &value, NULL))
    return FALSE;
  *space = '\0';
  *number = value;
  return *line != '\0';
}

/* Fills the class names, and @folders with the easy format's folder names ("apartment_building-outdoor"). */
static gboolean
read_categories (SmaltiScan *scan, GHashTable *folders, GError **error)
{
  g_auto (SmaltiLines) lines = { 0 };
  char *line;

  if (!smalti_lines_open (&lines, scan, CATEGORIES, error))
    return FALSE;
  while ((line = smalti_lines_next (&lines)) != NULL)
    {
      g_autofree char *folder = NULL;
      const char *name;
      gint number;

      if (!split_number (line, &number) || number != (gint)scan->class_names->len)
        return bad_line (&lines, _ ("a category and its number, counted from 0"), error);
      name = line[0] == '/' && line[1] != '\0' && line[2] == '/' ? line + 3 : line;
      folder = g_strdelimit (g_strdup (name), "/", '-');
      g_ptr_array_add (scan->class_names, g_utf8_make_valid (name, -1));
      g_hash_table_insert (folders, g_steal_pointer (&folder), GINT_TO_POINTER (number));
    }
  return TRUE;
}

/* The folder in which the images of a list lie: the first that has the list's first image, else the first that is
 * there. */
static const char *
folder_of_list (const SmaltiScan *scan, const char *first, const char *const *candidates)
{
  const char *there = "";

  for (const char *const *folder = candidates; *folder != NULL; folder++)
    {
      g_autofree char *name = smalti_scan_join (*folder, first);

      if (smalti_scan_has_file (scan, name, NULL))
        return *folder;
      if (*there == '\0' && **folder != '\0' && smalti_scan_has_folder (scan, *folder))
        there = *folder;
    }
  return there;
}

static gboolean
read_list (SmaltiScan *scan, const char *list, SmaltiSplit split, const char *const *candidates, GError **error)
{
  g_auto (SmaltiLines) lines = { 0 };
  Missing missing = { 0 };
  const char *folder = NULL;
  char *line;

  if (!smalti_lines_open (&lines, scan, list, error))
    return FALSE;
  while ((line = smalti_lines_next (&lines)) != NULL)
    {
      g_autofree char *name = NULL;
      gboolean ok = FALSE;
      gint label;

      if (!split_number (line, &label))
        bad_line (&lines, _ ("an image and the number of its category"), error);
      else if (label >= (gint)scan->class_names->len)
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DATA,
                     _ ("%s, line %u: there is no category %d; the last is %d."), lines.path, lines.line, label,
                     (gint)scan->class_names->len - 1);
      else
        {
          line += strspn (line, "/");
          if (folder == NULL)
            folder = folder_of_list (scan, line, candidates);
          name = smalti_scan_join (folder, line);
          ok = add_listed (scan, name, split, label, &lines, &missing, error);
        }
      if (!ok)
        {
          g_free (missing.first);
          return FALSE;
        }
    }
  return report_missing (&missing, &lines, scan, error);
}

static gboolean
scan_places365 (SmaltiScan *scan, GError **error)
{
  static const char *const train[]
      = { "data_256_standard", "data_large_standard", "data_256", "data_large", "train", "", NULL };
  static const char *const val[] = { "val_256", "val_large", "val", "", NULL };
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!read_categories (scan, folders, error))
    return FALSE;
  if (!smalti_scan_has_file (scan, TRAIN_LIST, NULL))
    return smalti_scan_add_classes (scan, folders, error);
  if (!read_list (scan, TRAIN_LIST, SMALTI_SPLIT_TRAIN, train, error))
    return FALSE;
  scan->own_val = smalti_scan_has_file (scan, VAL_LIST, NULL);
  return !scan->own_val || read_list (scan, VAL_LIST, SMALTI_SPLIT_VAL, val, error);
}

const SmaltiLayoutClass smalti_layout_places365 = {
  .id = "places365",
  .expects = CATEGORIES " with train/<category>, or with " TRAIN_LIST " and the folders of its images",
  .detect = detect_places365,
  .scan = scan_places365,
};
