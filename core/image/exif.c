/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing we want of EXIF: tag 0x0112, the orientation, of the first directory (Exif 2.32, section 4.6). Every
 * offset comes from the file and is checked before it is followed. */
#include "core/image/image-private.h"

#include <string.h>

typedef struct
{
  const guint8 *data; /* the TIFF structure */
  gsize size;
  gboolean big_endian;
} Tiff;

static guint32
read_u16 (const Tiff *tiff, gsize at)
{
  const guint8 *p = tiff->data + at;

  return tiff->big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
}

static guint32
read_u32 (const Tiff *tiff, gsize at)
{
  guint32 first = read_u16 (tiff, at), second = read_u16 (tiff, at + 2);

  return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

guint
smalti_exif_orientation (const guint8 *data, gsize size)
{
  Tiff tiff;
  gsize directory;
  guint32 n_entries;

  if (size < 6 + 8 || memcmp (data, "Exif\0\0", 6) != 0)
    return 1;
  tiff = (Tiff){ .data = data + 6, .size = size - 6 };
  if (memcmp (tiff.data, "MM\0*", 4) == 0)
    tiff.big_endian = TRUE;
  else if (memcmp (tiff.data, "II*\0", 4) != 0)
    return 1;

  directory = read_u32 (&tiff, 4);
  if (directory > tiff.size || tiff.size - directory < 2)
    return 1;
  n_entries = read_u16 (&tiff, directory);
  n_entries = MIN (n_entries, (tiff.size - directory - 2) / 12);
  for (guint32 i = 0; i < n_entries; i++)
    {
      gsize entry = directory + 2 + (gsize)i * 12;

      /* One SHORT; some writers use LONG. */
      if (read_u16 (&tiff, entry) == 0x0112)
        {
          guint32 type = read_u16 (&tiff, entry + 2);
          guint32 value = type == 4 ? read_u32 (&tiff, entry + 8) : read_u16 (&tiff, entry + 8);

          return (type == 3 || type == 4) && value >= 1 && value <= 8 ? value : 1;
        }
    }
  return 1;
}
