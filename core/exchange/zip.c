/* SPDX-License-Identifier: Apache-2.0 */
/* An archive is read from its end: the end record says where the directory is, the directory where the entries are.
 * Each of them has its own header before its bytes, whose name and extra field may be of another length than the
 * directory's: PyTorch fills the extra field so that the bytes begin at a multiple of 64. */
#include "core/exchange/zip.h"

#include <string.h>

#include "core/base/error.h"

#define END_BYTES       22
#define LOCATOR_BYTES   20
#define END64_BYTES     56
#define DIRECTORY_BYTES 46
#define LOCAL_BYTES     30
#define MAX_COMMENT     65535

typedef struct
{
  char *name;
  guint64 offset; /* of its own header */
  guint64 size, stored_size;
  guint32 checksum;
  guint16 method, flags;
} Entry;

struct _SmaltiZip
{
  const guint8 *data;
  gsize size;
  GPtrArray *entries; /* of Entry, in the directory's order */
  GHashTable *by_name;
};

static guint16
get16 (const guint8 *at)
{
  return at[0] | at[1] << 8;
}

static guint32
get32 (const guint8 *at)
{
  return get16 (at) | (guint32)get16 (at + 2) << 16;
}

static guint64
get64 (const guint8 *at)
{
  return get32 (at) | (guint64)get32 (at + 4) << 32;
}

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (SMALTI_ERROR, SMALTI_ERROR_FORMAT, format, arguments);
  va_end (arguments);
  return FALSE;
}

static void
entry_free (Entry *entry)
{
  g_free (entry->name);
  g_free (entry);
}

/* CRC-32 of IEEE 802.3, eight bytes a step. */
static guint32
checksum_of (const guint8 *data, gsize size)
{
  static guint32 table[8][256];
  static gsize ready;
  guint32 crc = 0xffffffffu;

  if (g_once_init_enter (&ready))
    {
      for (guint32 i = 0; i < 256; i++)
        {
          guint32 c = i;

          for (guint k = 0; k < 8; k++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
          table[0][i] = c;
        }
      for (guint t = 1; t < 8; t++)
        for (guint i = 0; i < 256; i++)
          table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 0xff];
      g_once_init_leave (&ready, 1);
    }
  for (; size >= 8; size -= 8, data += 8)
    {
      guint32 low = get32 (data) ^ crc, high = get32 (data + 4);

      crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^ table[4][low >> 24]
            ^ table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^ table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
    }
  for (; size > 0; size--, data++)
    crc = crc >> 8 ^ table[0][(crc ^ *data) & 0xff];
  return ~crc;
}

/* The directory's place, from the end record and, where there is one, from the larger record of zip64. */
static gboolean
find_directory (const SmaltiZip *self, guint64 *offset, guint64 *size, guint64 *n, GError **error)
{
  gsize at, lowest;
  guint64 end64;

  if (self->size < END_BYTES)
    return refuse (error, _ ("it ends too early"));
  at = self->size - END_BYTES;
  lowest = at > MAX_COMMENT ? at - MAX_COMMENT : 0;
  while (get32 (self->data + at) != 0x06054b50 || at + END_BYTES + get16 (self->data + at + 20) != self->size)
    if (at-- == lowest)
      return refuse (error, _ ("its end is cut off"));
  *n = get16 (self->data + at + 10);
  *size = get32 (self->data + at + 12);
  *offset = get32 (self->data + at + 16);
  if (at >= LOCATOR_BYTES && get32 (self->data + at - LOCATOR_BYTES) == 0x07064b50)
    {
      end64 = get64 (self->data + at - LOCATOR_BYTES + 8);
      if (end64 > self->size - MIN (END64_BYTES, self->size) || get32 (self->data + end64) != 0x06064b50)
        return refuse (error, _ ("its end is damaged"));
      *n = get64 (self->data + end64 + 32);
      *size = get64 (self->data + end64 + 40);
      *offset = get64 (self->data + end64 + 48);
    }
  if (*offset > self->size || *size > self->size - *offset || *n > *size / DIRECTORY_BYTES)
    return refuse (error, _ ("its directory lies outside of it"));
  return TRUE;
}

/* Sizes and the offset that do not fit into 32 bits stand in extra field 1, in this order. */
static gboolean
read_zip64 (const guint8 *extra, gsize size, Entry *entry)
{
  guint64 *const wide[] = { &entry->size, &entry->stored_size, &entry->offset };

  while (size >= 4)
    {
      gsize length = get16 (extra + 2);

      if (length > size - 4)
        return FALSE;
      if (get16 (extra) == 1)
        {
          const guint8 *at = extra + 4;

          for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
            if (*wide[i] == 0xffffffffu)
              {
                if (at + 8 > extra + 4 + length)
                  return FALSE;
                *wide[i] = get64 (at);
                at += 8;
              }
          return TRUE;
        }
      extra += 4 + length;
      size -= 4 + length;
    }
  return TRUE;
}

static gboolean
read_directory (SmaltiZip *self, GError **error)
{
  guint64 offset = 0, size = 0, n = 0, total = 0;
  const guint8 *at, *end;

  if (!find_directory (self, &offset, &size, &n, error))
    return FALSE;
  at = self->data + offset;
  end = at + size;
  for (guint64 i = 0; i < n; i++)
    {
      gsize name, extra, comment;
      Entry *entry;

      if (end - at < DIRECTORY_BYTES || get32 (at) != 0x02014b50)
        return refuse (error, _ ("its directory is damaged"));
      name = get16 (at + 28);
      extra = get16 (at + 30);
      comment = get16 (at + 32);
      if ((gsize)(end - at) < DIRECTORY_BYTES + name + extra + comment)
        return refuse (error, _ ("its directory is damaged"));
      entry = g_new0 (Entry, 1);
      g_ptr_array_add (self->entries, entry);
      entry->name = g_utf8_make_valid ((const char *)at + DIRECTORY_BYTES, name); /* it is told to people */
      entry->flags = get16 (at + 8);
      entry->method = get16 (at + 10);
      entry->checksum = get32 (at + 16);
      entry->stored_size = get32 (at + 20);
      entry->size = get32 (at + 24);
      entry->offset = get32 (at + 42);
      if (!read_zip64 (at + DIRECTORY_BYTES + name, extra, entry) || entry->stored_size > self->size - total)
        return refuse (error, _ ("its directory is damaged"));
      total += entry->stored_size;
      g_hash_table_insert (self->by_name, entry->name, entry);
      at += DIRECTORY_BYTES + name + extra + comment;
    }
  return TRUE;
}

SmaltiZip *
smalti_zip_new (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (SmaltiZip) self = g_new0 (SmaltiZip, 1);

  self->data = data;
  self->size = size;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)entry_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return read_directory (self, error) ? g_steal_pointer (&self) : NULL;
}

void
smalti_zip_free (SmaltiZip *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

const char *
smalti_zip_find (SmaltiZip *self, const char *suffix)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const Entry *entry = self->entries->pdata[i];

      if (g_str_has_suffix (entry->name, suffix))
        return entry->name;
    }
  return NULL;
}

gboolean
smalti_zip_has (SmaltiZip *self, const char *name)
{
  return g_hash_table_contains (self->by_name, name);
}

const guint8 *
smalti_zip_get (SmaltiZip *self, const char *name, gsize *size, GError **error)
{
  const Entry *entry = g_hash_table_lookup (self->by_name, name);
  guint64 begin;

  if (entry == NULL)
    {
      refuse (error, _ ("its part “%s” is missing"), name);
      return NULL;
    }
  if (entry->method != 0 || (entry->flags & 1) != 0 || entry->size != entry->stored_size)
    {
      refuse (error, _ ("its part “%s” is compressed or encrypted, which PyTorch does not do"), name);
      return NULL;
    }
  if (self->size < LOCAL_BYTES || entry->offset > self->size - LOCAL_BYTES
      || get32 (self->data + entry->offset) != 0x04034b50)
    {
      refuse (error, _ ("its part “%s” is not where the directory says"), name);
      return NULL;
    }
  begin
      = entry->offset + LOCAL_BYTES + get16 (self->data + entry->offset + 26) + get16 (self->data + entry->offset + 28);
  if (begin > self->size || entry->size > self->size - begin)
    {
      refuse (error, _ ("its part “%s” is cut off"), name);
      return NULL;
    }
  if (entry->checksum != 0 && checksum_of (self->data + begin, entry->size) != entry->checksum)
    {
      refuse (error, _ ("its part “%s” is damaged: the checksum differs"), name);
      return NULL;
    }
  *size = entry->size;
  return self->data + begin;
}
