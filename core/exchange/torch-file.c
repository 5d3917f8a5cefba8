/* SPDX-License-Identifier: Apache-2.0 */
/* Two ways to the same thing: a pickle that says which tensors there are, each a window on a storage, and the storages'
 * bytes. In the zip format they are entries "NAME/data.pkl" and "NAME/data/KEY". The older one is five pickles (a magic
 * number, a version, the machine's properties, the object, the storages' keys), then for each key the number of
 * elements in 8 bytes and the elements. */
#include "core/exchange/torch-file.h"

#include <string.h>

#include "core/base/error.h"
#include "core/exchange/pickle.h"
#include "core/exchange/zip.h"

#define MAX_NESTING 6
/* Windows on one storage may overlap (tied weights), but not so that a small file becomes a large network. */
#define MAX_GROWTH 8

#define MAGIC "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

typedef struct
{
  const guint8 *data;
  gsize size;
} Slice;

typedef struct
{
  const char *path;
  Slice file;
  SmaltiPickle *pickle;
  SmaltiZip *zip;       /* %NULL: the older format */
  char *folder;         /* "archive/" in the zip */
  GHashTable *storages; /* of the older format: key -> Slice */
  guint64 n_bytes;      /* of the tensors so far */
} Reader;

static void
reader_clear (Reader *reader)
{
  g_clear_pointer (&reader->pickle, smalti_pickle_free);
  g_clear_pointer (&reader->zip, smalti_zip_free);
  g_clear_pointer (&reader->storages, g_hash_table_unref);
  g_free (reader->folder);
  g_free ((gpointer)reader->file.data);
}

static gboolean
refuse (GError **error, const char *reason)
{
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT, reason);
  return FALSE;
}

gboolean
smalti_torch_file_is (const guint8 *data, gsize size)
{
  return size >= 2 && ((data[0] == 'P' && data[1] == 'K') || (data[0] == 0x80 && data[1] <= 5));
}

/* Elements */

static gfloat
f32_from_f16 (guint16 x)
{
  guint32 sign = (guint32)(x & 0x8000) << 16, exponent = x >> 10 & 31, fraction = x & 0x3ff;
  union
  {
    guint32 u;
    gfloat f;
  } v;

  if (exponent == 31)
    v.u = sign | 0x7f800000 | fraction << 13;
  else if (exponent > 0)
    v.u = sign | (exponent + 112) << 23 | fraction << 13;
  else
    {
      v.f = fraction * 0x1p-24f; /* zero or subnormal */
      v.u |= sign;
    }
  return v.f;
}

static gfloat
get_element (const guint8 *data, SmaltiElement element, gint64 i)
{
  guint16 half;
  gfloat single;
  double whole;

  switch (element)
    {
    case SMALTI_ELEMENT_F16:
      memcpy (&half, data + 2 * i, 2);
      return f32_from_f16 (half);
    case SMALTI_ELEMENT_BF16:
      memcpy (&half, data + 2 * i, 2);
      return smalti_bf16_to_f32 (half);
    case SMALTI_ELEMENT_F64:
      memcpy (&whole, data + 8 * i, 8);
      return (gfloat)whole;
    case SMALTI_ELEMENT_F32:
    case SMALTI_ELEMENT_OTHER:
      break;
    }
  memcpy (&single, data + 4 * i, 4);
  return single;
}

static void
gather (const SmaltiPickleValue *tensor, const guint8 *data, gfloat *out)
{
  const SmaltiShape *shape = &tensor->tensor.shape;
  SmaltiElement element = tensor->tensor.storage->storage.element;
  gint64 index[SMALTI_MAX_DIMS] = { 0 }, at = tensor->tensor.offset, n = smalti_shape_size (*shape);

  for (gint64 i = 0; i < n; i++)
    {
      out[i] = get_element (data, element, at);
      for (guint d = shape->n_dims; d > 0; d--)
        {
          at += tensor->tensor.stride[d - 1];
          if (++index[d - 1] < shape->dim[d - 1])
            break;
          at -= tensor->tensor.stride[d - 1] * shape->dim[d - 1];
          index[d - 1] = 0;
        }
    }
}

/* Storages */

static gboolean
find_storage (Reader *reader, const SmaltiPickleValue *storage, Slice *slice, GError **error)
{
  const char *key = storage->storage.key->text.bytes;

  if (!g_utf8_validate (key, -1, NULL))
    return refuse (error, _ ("its list of tensors is damaged"));
  if (reader->zip != NULL)
    {
      g_autofree char *name = g_strconcat (reader->folder, "data/", key, NULL);

      slice->data = smalti_zip_get (reader->zip, name, &slice->size, error);
      if (slice->data == NULL)
        return FALSE;
    }
  else
    {
      const Slice *there = g_hash_table_lookup (reader->storages, key);

      if (there == NULL)
        return refuse (error, _ ("the numbers of a tensor are missing"));
      *slice = *there;
    }
  if ((guint64)storage->storage.n > slice->size / storage->storage.element_size)
    return refuse (error, _ ("the numbers of a tensor are cut off"));
  return TRUE;
}

static gboolean
add_tensor (Reader *reader, SmaltiTensorFile *file, const char *name, const SmaltiPickleValue *value, GError **error)
{
  const SmaltiPickleValue *storage = value->tensor.storage;
  g_autoptr (SmaltiTensor) tensor = NULL;
  Slice slice;

  if (storage->storage.element == SMALTI_ELEMENT_OTHER)
    return TRUE;
  if (!find_storage (reader, storage, &slice, error))
    return FALSE;
  for (guint i = 0; i < value->tensor.shape.n_dims; i++)
    if (value->tensor.shape.dim[i] == 0)
      return TRUE; /* nothing in it */
  reader->n_bytes += sizeof (gfloat) * smalti_shape_size (value->tensor.shape);
  if (reader->n_bytes / MAX_GROWTH > reader->file.size)
    return refuse (error, _ ("its tensors repeat the same numbers far too often"));
  tensor = smalti_tensor_new (SMALTI_DTYPE_F32, value->tensor.shape);
  gather (value, slice.data, smalti_tensor_f32 (tensor));
  smalti_tensor_file_add (file, name, tensor);
  return TRUE;
}

/* The state dict */

static gboolean
has_tensors (const SmaltiPickleValue *dict)
{
  for (guint i = 1; dict->items != NULL && i < dict->items->len; i += 2)
    if (((const SmaltiPickleValue *)dict->items->pdata[i])->type == SMALTI_PICKLE_TENSOR)
      return TRUE;
  return FALSE;
}

static const SmaltiPickleValue *
find_state_dict (const SmaltiPickleValue *value)
{
  static const char *const keys[]
      = { "state_dict", "model_state_dict", "model", "classy_state_dict", "base_model", "trunk", "net", "network" };

  for (guint depth = 0; depth < MAX_NESTING && value != NULL && value->type == SMALTI_PICKLE_DICT; depth++)
    {
      const SmaltiPickleValue *inner = NULL;

      if (has_tensors (value))
        return value;
      for (guint k = 0; k < G_N_ELEMENTS (keys) && inner == NULL; k++)
        inner = smalti_pickle_lookup (value, keys[k]);
      value = inner;
    }
  return NULL;
}

static gboolean
read_tensors (Reader *reader, const SmaltiPickleValue *root, SmaltiTensorFile *file, GError **error)
{
  const SmaltiPickleValue *dict = find_state_dict (root);

  if (dict == NULL)
    return refuse (error, _ ("it holds no state dict: no named tensors at its top, nor below “state_dict”, “model” or "
                             "“classy_state_dict”"));
  for (guint i = 0; i < dict->items->len; i += 2)
    {
      const SmaltiPickleValue *key = dict->items->pdata[i], *value = dict->items->pdata[i + 1];

      if (value->type != SMALTI_PICKLE_TENSOR || key->type != SMALTI_PICKLE_TEXT)
        continue;
      if (!g_utf8_validate (key->text.bytes, key->text.length, NULL) || *key->text.bytes == '\0')
        return refuse (error, _ ("its list of tensors is damaged"));
      if (strcmp (key->text.bytes, "__metadata__") != 0 && !add_tensor (reader, file, key->text.bytes, value, error))
        return FALSE;
    }
  return TRUE;
}

static const SmaltiPickleValue *
read_zip (Reader *reader, GError **error)
{
  const char *list;
  g_autofree char *order_name = NULL;
  const guint8 *data;
  gsize size;

  reader->zip = smalti_zip_new (reader->file.data, reader->file.size, error);
  if (reader->zip == NULL)
    return NULL;
  list = smalti_zip_find (reader->zip, "/data.pkl");
  if (list == NULL)
    {
      refuse (error, _ ("it is a zip archive, but not PyTorch's: there is no “data.pkl” in it"));
      return NULL;
    }
  reader->folder = g_strndup (list, strlen (list) - strlen ("data.pkl"));
  order_name = g_strconcat (reader->folder, "byteorder", NULL);
  if (smalti_zip_has (reader->zip, order_name))
    {
      data = smalti_zip_get (reader->zip, order_name, &size, error);
      if (data == NULL)
        return NULL;
      if (size != strlen ("little") || memcmp (data, "little", size) != 0)
        {
          refuse (error, _ ("it comes from a machine with the other byte order; load and save it on this one"));
          return NULL;
        }
    }
  data = smalti_zip_get (reader->zip, list, &size, error);
  return data != NULL ? smalti_pickle_load (reader->pickle, data, size, NULL, error) : NULL;
}

/* Storages lie in the order of @keys, one behind the other: to find one, the sizes of all before it must be known. */
static gboolean
find_storages (Reader *reader, const SmaltiPickleValue *keys, gsize at, GError **error)
{
  for (guint i = 0; i < smalti_pickle_length (keys); i++)
    {
      const SmaltiPickleValue *key = smalti_pickle_item (keys, i);
      const SmaltiPickleValue *storage
          = key->type == SMALTI_PICKLE_TEXT ? smalti_pickle_storage (reader->pickle, key->text.bytes) : NULL;
      guint64 n;
      Slice *slice;

      if (storage == NULL)
        return refuse (error, _ ("its list of tensors is damaged"));
      if (reader->file.size - at < sizeof n)
        return refuse (error, _ ("it ends too early"));
      memcpy (&n, reader->file.data + at, sizeof n);
      at += sizeof n;
      if (n > (reader->file.size - at) / storage->storage.element_size)
        return refuse (error, _ ("it ends too early"));
      slice = g_new (Slice, 1);
      *slice = (Slice){ reader->file.data + at, n * storage->storage.element_size };
      g_hash_table_replace (reader->storages, key->text.bytes, slice);
      at += slice->size;
    }
  return TRUE;
}

static const SmaltiPickleValue *
read_old (Reader *reader, GError **error)
{
  const SmaltiPickleValue *part[5];
  gsize at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (part); i++)
    {
      gsize used;

      part[i] = smalti_pickle_load (reader->pickle, reader->file.data + at, reader->file.size - at, &used, error);
      if (part[i] == NULL)
        return NULL;
      at += used;
      if (i == 0
          && (part[0]->type != SMALTI_PICKLE_TEXT || part[0]->text.length != strlen (MAGIC)
              || memcmp (part[0]->text.bytes, MAGIC, strlen (MAGIC)) != 0))
        {
          refuse (error, _ ("it is a pickle of Python, but not PyTorch's"));
          return NULL;
        }
    }
  if (part[1]->type != SMALTI_PICKLE_WHOLE || part[1]->whole != 1001)
    {
      refuse (error, _ ("it is of a version of PyTorch's older format that Smalti does not know"));
      return NULL;
    }
  reader->storages = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  return find_storages (reader, part[4], at, error) ? part[3] : NULL;
}

static gboolean
read_contents (Reader *reader, GError **error)
{
  g_autoptr (GError) reason = NULL;
  char *data;

  if (g_file_get_contents (reader->path, &data, &reader->file.size, &reason))
    {
      reader->file.data = (const guint8 *)data;
      return TRUE;
    }
  if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOMEM))
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_MEMORY, _ ("There is no memory to read “%s”."), reader->path);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_IO, _ ("Could not read “%s”: %s."), reader->path, reason->message);
  return FALSE;
}

/* The format before 0.1.10: a tar archive. */
static gboolean
is_tar (const Reader *reader)
{
  return reader->file.size >= 262 && memcmp (reader->file.data + 257, "ustar", 5) == 0;
}

static gboolean
read_all (Reader *reader, SmaltiTensorFile *file, GError **error)
{
  const SmaltiPickleValue *root;

  if (is_tar (reader))
    return refuse (error, _ ("it is in the format of PyTorch before 0.1.10; convert it in Python with torch.save("
                             "torch.load(\"old.pth\"), \"new.pth\")"));
  if (!smalti_torch_file_is (reader->file.data, reader->file.size))
    return refuse (error, _ ("it is no file of torch.save()"));
  reader->pickle = smalti_pickle_new ();
  root = reader->file.data[0] == 'P' ? read_zip (reader, error) : read_old (reader, error);
  return root != NULL && read_tensors (reader, root, file, error);
}

SmaltiTensorFile *
smalti_torch_file_read (const char *path, GError **error)
{
  g_autoptr (SmaltiTensorFile) file = smalti_tensor_file_new ();
  g_autoptr (GError) reason = NULL;
  Reader reader = { .path = path };
  gboolean ok = FALSE;

  if (read_contents (&reader, error))
    {
      ok = read_all (&reader, file, &reason);
      /* Translators: the second is a reason such as "its end is cut off" */
      if (!ok)
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_FORMAT, _ ("“%s” can't be read as PyTorch's weights: %s."), path,
                     reason->message);
    }
  reader_clear (&reader);
  return ok ? g_steal_pointer (&file) : NULL;
}
