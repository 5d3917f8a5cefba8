/* SPDX-License-Identifier: Apache-2.0 */
/* Reading believes nothing: the header's length, nesting, encoding and names are checked before it is parsed, and every
 * offset before a byte is allocated, so that a tensor never takes more memory than the file has bytes. The data must be
 * covered exactly, without holes or overlaps, as the format demands: a file can't hide anything. */
#include "core/tensor/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/file.h"

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN); /* the data goes to the file as it lies in memory */

#define LENGTH_BYTES 8
/* What the format's own reader allows. */
#define MAX_HEADER_BYTES 100000000
/* Header, tensor, list: nothing in it is deeper, and a parser that calls itself must not be led further. */
#define MAX_DEPTH 3
#define METADATA  "__metadata__"

typedef struct
{
  char *name;
  SmaltiTensor *tensor;
  /* while reading, before there is a tensor */
  SmaltiDType dtype;
  SmaltiShape shape;
  guint64 begin, end; /* bytes within the data */
} Entry;

typedef struct
{
  char *key, *value;
} Pair;

struct _SmaltiTensorFile
{
  GPtrArray *entries; /* of Entry, in the order of the data */
  GHashTable *by_name;
  GArray *metadata; /* of Pair */
};

static void
entry_free (Entry *entry)
{
  g_free (entry->name);
  g_clear_pointer (&entry->tensor, smalti_tensor_unref);
  g_free (entry);
}

static void
pair_clear (Pair *pair)
{
  g_free (pair->key);
  g_free (pair->value);
}

SmaltiTensorFile *
smalti_tensor_file_new (void)
{
  SmaltiTensorFile *self = g_new0 (SmaltiTensorFile, 1);

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)entry_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->metadata = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_array_set_clear_func (self->metadata, (GDestroyNotify)pair_clear);
  return self;
}

void
smalti_tensor_file_free (SmaltiTensorFile *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->entries);
  g_array_unref (self->metadata);
  g_free (self);
}

static Entry *
add_entry (SmaltiTensorFile *self, const char *name)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->name = g_strdup (name);
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_name, entry->name, entry);
  return entry;
}

void
smalti_tensor_file_add (SmaltiTensorFile *self, const char *name, SmaltiTensor *tensor)
{
  Entry *entry;

  g_assert (strcmp (name, METADATA) != 0);
  entry = g_hash_table_lookup (self->by_name, name);
  if (entry == NULL)
    entry = add_entry (self, name);
  smalti_tensor_ref (tensor);
  g_clear_pointer (&entry->tensor, smalti_tensor_unref);
  entry->tensor = tensor;
}

SmaltiTensor *
smalti_tensor_file_get (const SmaltiTensorFile *self, const char *name)
{
  const Entry *entry = g_hash_table_lookup (self->by_name, name);

  return entry != NULL ? entry->tensor : NULL;
}

const char **
smalti_tensor_file_names (const SmaltiTensorFile *self, guint *n)
{
  const char **names = g_new0 (const char *, self->entries->len + 1);

  for (guint i = 0; i < self->entries->len; i++)
    names[i] = ((const Entry *)self->entries->pdata[i])->name;
  if (n != NULL)
    *n = self->entries->len;
  return names;
}

static Pair *
find_pair (const SmaltiTensorFile *self, const char *key)
{
  for (guint i = 0; i < self->metadata->len; i++)
    {
      Pair *pair = &g_array_index (self->metadata, Pair, i);

      if (strcmp (pair->key, key) == 0)
        return pair;
    }
  return NULL;
}

void
smalti_tensor_file_set_metadata (SmaltiTensorFile *self, const char *key, const char *value)
{
  Pair *pair = find_pair (self, key);

  if (pair == NULL)
    {
      g_array_append_val (self->metadata, ((Pair){ .key = g_strdup (key), .value = g_strdup (value) }));
      return;
    }
  g_free (pair->value);
  pair->value = g_strdup (value);
}

const char *
smalti_tensor_file_get_metadata (const SmaltiTensorFile *self, const char *key)
{
  const Pair *pair = find_pair (self, key);

  return pair != NULL ? pair->value : NULL;
}

/* Writing */

static void
build_metadata (const SmaltiTensorFile *self, JsonBuilder *builder)
{
  if (self->metadata->len == 0)
    return;
  json_builder_set_member_name (builder, METADATA);
  json_builder_begin_object (builder);
  for (guint i = 0; i < self->metadata->len; i++)
    {
      const Pair *pair = &g_array_index (self->metadata, Pair, i);

      json_builder_set_member_name (builder, pair->key);
      json_builder_add_string_value (builder, pair->value);
    }
  json_builder_end_object (builder);
}

static void
build_entry (const Entry *entry, guint64 begin, JsonBuilder *builder)
{
  const SmaltiTensor *tensor = entry->tensor;

  json_builder_set_member_name (builder, entry->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, smalti_dtype_name (tensor->dtype));
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tensor->shape.n_dims; i++)
    json_builder_add_int_value (builder, tensor->shape.dim[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, begin);
  json_builder_add_int_value (builder, begin + tensor->n_bytes);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* The length and the header, padded with blanks so that the data begins at a multiple of eight. */
static GString *
build_header (const SmaltiTensorFile *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;
  GString *header = g_string_new (NULL);
  guint64 length, at = 0;

  json_builder_begin_object (builder);
  build_metadata (self, builder);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = self->entries->pdata[i];

      build_entry (entry, at, builder);
      at += entry->tensor->n_bytes;
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json = json_generator_to_data (generator, NULL);

  length = (strlen (json) + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
  g_string_append_len (header, (const char *)&length, LENGTH_BYTES);
  g_string_append (header, json);
  while (header->len < LENGTH_BYTES + length)
    g_string_append_c (header, ' ');
  return header;
}

gboolean
smalti_tensor_file_write (const SmaltiTensorFile *self, const char *path, GError **error)
{
  g_autoptr (SmaltiFileWriter) writer = smalti_file_writer_new (path, error);
  g_autoptr (GString) header = NULL;

  if (writer == NULL)
    return FALSE;
  header = build_header (self);
  if (!smalti_file_writer_write (writer, header->str, header->len, error))
    return FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    {
      const SmaltiTensor *tensor = ((const Entry *)self->entries->pdata[i])->tensor;

      if (!smalti_file_writer_write (writer, tensor->data, tensor->n_bytes, error))
        return FALSE;
    }
  return smalti_file_writer_commit (writer, error);
}

/* Reading */

typedef struct
{
  const char *path;
  int fd;
  guint64 data_start, data_bytes;
  GHashTable *members; /* set of "object name": to find what is there twice */
  char *twice;
  gboolean metadata_only;
} Reader;

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (const Reader *reader, GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* Translators: the second is a reason such as "its header is cut off" */
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT, _ ("“%s” is no valid safetensors file: %s."), reader->path,
               reason);
  return FALSE;
}

static gboolean
read_at (const Reader *reader, guint64 offset, gpointer to, gsize size, GError **error)
{
  guint8 *at = to;

  while (size > 0)
    {
      gssize n = pread (reader->fd, at, MIN (size, 1u << 30), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not read “%s”: %s."), reader->path,
                       g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        return refuse (reader, error, _ ("it ends too early"));
      at += n;
      offset += n;
      size -= n;
    }
  return TRUE;
}

/* One object, nothing but blanks after it, no deeper than the format goes. */
static gboolean
check_nesting (const char *json)
{
  guint depth = 0;
  gboolean in_string = FALSE;
  const char *at = json;

  if (*at != '{')
    return FALSE;
  do
    {
      if (in_string && *at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"')
        in_string = !in_string;
      else if (!in_string && (*at == '{' || *at == '['))
        depth++;
      else if (!in_string && (*at == '}' || *at == ']'))
        depth--;
      at++;
    }
  while (*at != '\0' && depth > 0 && depth <= MAX_DEPTH);
  return depth == 0 && at[strspn (at, " \t\r\n")] == '\0';
}

static void
on_member (JsonParser *parser, JsonObject *object, const char *name, gpointer user_data)
{
  Reader *reader = user_data;

  if (!g_hash_table_add (reader->members, g_strdup_printf ("%p %s", (gpointer)object, name)) && reader->twice == NULL)
    reader->twice = g_strdup (name);
}

/* A list of whole numbers that are not negative. */
static gboolean
get_list (JsonObject *object, const char *key, gint64 *items, guint max, guint *n)
{
  JsonNode *node = json_object_get_member (object, key);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  *n = json_array_get_length (array);
  if (*n > max)
    return FALSE;
  for (guint i = 0; i < *n; i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (json_node_get_value_type (item) != G_TYPE_INT64 || json_node_get_int (item) < 0)
        return FALSE;
      items[i] = json_node_get_int (item);
    }
  return TRUE;
}

static gboolean
find_dtype (JsonObject *object, const char **name, SmaltiDType *dtype)
{
  JsonNode *node = json_object_get_member (object, "dtype");

  *name = NULL;
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  *name = json_node_get_string (node);
  for (SmaltiDType d = SMALTI_DTYPE_F32; d <= SMALTI_DTYPE_I64; d++)
    if (strcmp (*name, smalti_dtype_name (d)) == 0)
      {
        *dtype = d;
        return TRUE;
      }
  return FALSE;
}

static gboolean
shape_bytes (SmaltiShape shape, SmaltiDType dtype, guint64 *bytes)
{
  *bytes = smalti_dtype_size (dtype);
  for (guint i = 0; i < shape.n_dims; i++)
    if (__builtin_mul_overflow (*bytes, (guint64)shape.dim[i], bytes))
      return FALSE;
  return TRUE;
}

/* What can be known of a tensor before any of its memory is taken. */
static gboolean
read_entry (Reader *reader, SmaltiTensorFile *file, const char *name, JsonNode *node, GError **error)
{
  JsonObject *object;
  SmaltiDType dtype;
  SmaltiShape shape = SMALTI_SCALAR;
  const char *dtype_name;
  gint64 offset[2] = { 0 };
  guint n;
  guint64 bytes;
  Entry *entry;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (reader, error, _ ("“%s” in its header is no object"), name);
  object = json_node_get_object (node);
  if (!find_dtype (object, &dtype_name, &dtype))
    return dtype_name == NULL
               ? refuse (reader, error, _ ("tensor “%s” has no element type"), name)
               : refuse (reader, error, _ ("tensor “%s” has elements of type “%s”, which Smalti does not read"), name,
                         dtype_name);
  if (!get_list (object, "shape", shape.dim, SMALTI_MAX_DIMS, &shape.n_dims))
    return refuse (reader, error, _ ("tensor “%s” has no shape of at most %d dimensions"), name, SMALTI_MAX_DIMS);
  if (!get_list (object, "data_offsets", offset, 2, &n) || n != 2)
    return refuse (reader, error, _ ("tensor “%s” has no place in the data"), name);
  if (offset[0] > offset[1] || (guint64)offset[1] > reader->data_bytes)
    return refuse (reader, error, _ ("tensor “%s” lies outside of the data"), name);
  if (!shape_bytes (shape, dtype, &bytes) || bytes != (guint64)(offset[1] - offset[0]))
    return refuse (reader, error, _ ("the data of tensor “%s” is not of the size its shape says"), name);

  entry = add_entry (file, name);
  entry->begin = offset[0];
  entry->end = offset[1];
  entry->dtype = dtype;
  entry->shape = shape;
  return TRUE;
}

static gboolean
read_metadata (Reader *reader, SmaltiTensorFile *file, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (reader, error, _ ("its metadata is no object"));
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &key, &value))
    {
      if (json_node_get_value_type (value) != G_TYPE_STRING)
        return refuse (reader, error, _ ("“%s” in its metadata is no text"), key);
      smalti_tensor_file_set_metadata (file, key, json_node_get_string (value));
    }
  return TRUE;
}

static int
by_place (gconstpointer a, gconstpointer b)
{
  const Entry *x = *(const Entry *const *)a, *y = *(const Entry *const *)b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static gboolean
check_cover (Reader *reader, const SmaltiTensorFile *file, GError **error)
{
  guint64 at = 0;

  for (guint i = 0; i < file->entries->len; i++)
    {
      const Entry *entry = file->entries->pdata[i];

      if (entry->begin < at)
        return refuse (reader, error, _ ("tensor “%s” overlaps another one"), entry->name);
      if (entry->begin > at)
        return refuse (reader, error, _ ("there is a hole in the data before tensor “%s”"), entry->name);
      at = entry->end;
    }
  if (at != reader->data_bytes)
    return refuse (reader, error, _ ("there is data after the last tensor"));
  return TRUE;
}

static gboolean
read_header (Reader *reader, SmaltiTensorFile *file, const char *json, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_signal_connect (parser, "object-member", G_CALLBACK (on_member), reader);
  if (!json_parser_load_from_data (parser, json, -1, NULL))
    return refuse (reader, error, _ ("its header is damaged"));
  if (reader->twice != NULL)
    return refuse (reader, error, _ ("“%s” is in its header twice"), reader->twice);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return refuse (reader, error, _ ("its header is damaged"));

  json_object_iter_init_ordered (&iter, json_node_get_object (root));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (strcmp (name, METADATA) == 0 ? !read_metadata (reader, file, node, error)
                                     : !read_entry (reader, file, name, node, error))
      return FALSE;

  g_ptr_array_sort (file->entries, by_place);
  if (!check_cover (reader, file, error))
    return FALSE;
  if (reader->metadata_only)
    {
      g_ptr_array_set_size (file->entries, 0);
      return TRUE;
    }
  for (guint i = 0; i < file->entries->len; i++)
    {
      Entry *entry = file->entries->pdata[i];

      entry->tensor = smalti_tensor_new (entry->dtype, entry->shape);
      if (!read_at (reader, reader->data_start + entry->begin, entry->tensor->data, entry->tensor->n_bytes, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_all (Reader *reader, SmaltiTensorFile *file, GError **error)
{
  struct stat status;
  guint64 size, length;
  g_autofree char *json = NULL;

  if (fstat (reader->fd, &status) != 0 || !S_ISREG (status.st_mode))
    return refuse (reader, error, _ ("it is not a file"));
  size = status.st_size;
  if (size < LENGTH_BYTES)
    return refuse (reader, error, _ ("it is too short"));
  if (!read_at (reader, 0, &length, LENGTH_BYTES, error))
    return FALSE;
  if (length > size - LENGTH_BYTES || length > MAX_HEADER_BYTES)
    return refuse (reader, error, _ ("its header is longer than the file or than any header may be"));
  json = g_malloc (length + 1);
  if (!read_at (reader, LENGTH_BYTES, json, length, error))
    return FALSE;
  json[length] = '\0';
  if (!g_utf8_validate (json, length, NULL) || !check_nesting (json))
    return refuse (reader, error, _ ("its header is damaged"));
  reader->data_start = LENGTH_BYTES + length;
  reader->data_bytes = size - reader->data_start;
  return read_header (reader, file, json, error);
}

static SmaltiTensorFile *
read_file (const char *path, gboolean metadata_only, GError **error)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  Reader reader = { .path = path, .metadata_only = metadata_only };
  gboolean ok;

  reader.fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (reader.fd < 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not open “%s”: %s."), path, g_strerror (errno));
      return NULL;
    }
  reader.members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  ok = read_all (&reader, file, error);
  g_hash_table_unref (reader.members);
  g_free (reader.twice);
  close (reader.fd);
  return ok ? g_steal_pointer (&file) : NULL;
}

SmaltiTensorFile *
smalti_tensor_file_read (const char *path, GError **error)
{
  return read_file (path, FALSE, error);
}

SmaltiTensorFile *
smalti_tensor_file_read_metadata (const char *path, GError **error)
{
  return read_file (path, TRUE, error);
}
