/* SPDX-License-Identifier: Apache-2.0 */
/* Python's pickles, as far as PyTorch's state dicts go. A pickle is a program for a small stack machine that may name
 * any function of Python to be called; this reader calls nothing. It knows a handful of names (ordered dicts, tensors,
 * parameters, storages), whose meaning it has built in, and refuses a file that names any other. */
#pragma once

#include <glib.h>

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

typedef enum
{
  SMALTI_PICKLE_NONE,
  SMALTI_PICKLE_BOOL, /* whole: 0 or 1 */
  SMALTI_PICKLE_WHOLE,
  SMALTI_PICKLE_REAL,
  SMALTI_PICKLE_TEXT, /* bytes, too */
  SMALTI_PICKLE_LIST, /* a tuple, too */
  SMALTI_PICKLE_DICT, /* items: key, value, key, value, ... in the order they were set */
  SMALTI_PICKLE_STORAGE,
  SMALTI_PICKLE_TENSOR,
  SMALTI_PICKLE_NAME, /* of a function or type */
} SmaltiPickleType;

/* Elements of a storage. */
typedef enum
{
  SMALTI_ELEMENT_F32,
  SMALTI_ELEMENT_F16,
  SMALTI_ELEMENT_BF16,
  SMALTI_ELEMENT_F64,
  SMALTI_ELEMENT_OTHER, /* whole numbers and whatever else is no weight */
} SmaltiElement;

typedef struct _SmaltiPickleValue SmaltiPickleValue;

struct _SmaltiPickleValue
{
  SmaltiPickleType type;
  union
  {
    gint64 whole;
    double real;
    struct
    {
      char *bytes; /* a NUL after the last one */
      gsize length;
    } text;
    GPtrArray *items; /* of SmaltiPickleValue; %NULL: none */
    struct
    {
      const SmaltiPickleValue *key; /* text */
      SmaltiElement element;
      guint element_size;
      gint64 n;
    } storage;
    struct
    {
      const SmaltiPickleValue *storage;
      gint64 offset;
      SmaltiShape shape;
      gint64 stride[SMALTI_MAX_DIMS]; /* in elements; checked: nothing lies outside of storage.n */
    } tensor;
    guint name; /* private */
  };
};

/* Owns all values of the pickles that were loaded with it. */
typedef struct _SmaltiPickle SmaltiPickle;

SmaltiPickle *smalti_pickle_new (void);
void smalti_pickle_free (SmaltiPickle *self);
/* One pickle from @data; @used (nullable) gets its length, since older files have several, one after the other. %NULL
 * with SMALTI_ERROR_FORMAT, whose message is a reason without the file's name. Values may contain each other in a
 * circle: never walk without a bound. */
const SmaltiPickleValue *smalti_pickle_load (SmaltiPickle *self, const guint8 *data, gsize size, gsize *used,
                                             GError **error);
/* (nullable): a storage of that key that some pickle named. */
const SmaltiPickleValue *smalti_pickle_storage (SmaltiPickle *self, const char *key);
guint smalti_pickle_length (const SmaltiPickleValue *value);
/* The @i-th item of a list; %NULL when it is none or too short. */
const SmaltiPickleValue *smalti_pickle_item (const SmaltiPickleValue *value, guint i);
/* The value of a dict's key, the last one set; %NULL when it is no dict or has no such key. */
const SmaltiPickleValue *smalti_pickle_lookup (const SmaltiPickleValue *value, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiPickle, smalti_pickle_free)

G_END_DECLS
