/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: opcodes of one byte with their operands, a stack with marks on it, and a memo of values that come again.
 * Opcodes and what they do: CPython's Lib/pickletools.py. A value costs the file at least one byte, and there is a
 * limit to their number, so that a small file can't take much memory. */
#include "core/exchange/pickle.h"

#include <string.h>

#include "core/base/error.h"

#define MAX_VALUES 4000000

enum
{
  OP_MARK = '(',
  OP_STOP = '.',
  OP_POP = '0',
  OP_POP_MARK = '1',
  OP_BINFLOAT = 'G',
  OP_BININT = 'J',
  OP_BININT1 = 'K',
  OP_BININT2 = 'M',
  OP_NONE = 'N',
  OP_BINPERSID = 'Q',
  OP_REDUCE = 'R',
  OP_BINSTRING = 'T',
  OP_SHORT_BINSTRING = 'U',
  OP_BINUNICODE = 'X',
  OP_BINBYTES = 'B',
  OP_SHORT_BINBYTES = 'C',
  OP_APPEND = 'a',
  OP_BUILD = 'b',
  OP_GLOBAL = 'c',
  OP_DICT = 'd',
  OP_APPENDS = 'e',
  OP_BINGET = 'h',
  OP_LONG_BINGET = 'j',
  OP_LIST = 'l',
  OP_BINPUT = 'q',
  OP_LONG_BINPUT = 'r',
  OP_SETITEM = 's',
  OP_TUPLE = 't',
  OP_SETITEMS = 'u',
  OP_EMPTY_TUPLE = ')',
  OP_EMPTY_LIST = ']',
  OP_EMPTY_DICT = '}',
  OP_PROTO = 0x80,
  OP_TUPLE1 = 0x85,
  OP_TUPLE2 = 0x86,
  OP_TUPLE3 = 0x87,
  OP_NEWTRUE = 0x88,
  OP_NEWFALSE = 0x89,
  OP_LONG1 = 0x8a,
  OP_SHORT_BINUNICODE = 0x8c,
  OP_BINUNICODE8 = 0x8d,
  OP_STACK_GLOBAL = 0x93,
  OP_MEMOIZE = 0x94,
  OP_FRAME = 0x95,
};

/* Everything that a file may name. */
static const struct
{
  const char *module, *name;
  guint element_size; /* 0: no storage */
  SmaltiElement element;
} names[] = {
  { "collections", "OrderedDict" },
  { "torch._utils", "_rebuild_tensor_v2" },
  { "torch._utils", "_rebuild_tensor" },
  { "torch._utils", "_rebuild_parameter" },
  { "torch", "FloatStorage", 4, SMALTI_ELEMENT_F32 },
  { "torch", "HalfStorage", 2, SMALTI_ELEMENT_F16 },
  { "torch", "BFloat16Storage", 2, SMALTI_ELEMENT_BF16 },
  { "torch", "DoubleStorage", 8, SMALTI_ELEMENT_F64 },
  { "torch", "LongStorage", 8, SMALTI_ELEMENT_OTHER },
  { "torch", "IntStorage", 4, SMALTI_ELEMENT_OTHER },
  { "torch", "ShortStorage", 2, SMALTI_ELEMENT_OTHER },
  { "torch", "CharStorage", 1, SMALTI_ELEMENT_OTHER },
  { "torch", "ByteStorage", 1, SMALTI_ELEMENT_OTHER },
  { "torch", "BoolStorage", 1, SMALTI_ELEMENT_OTHER },
};

enum
{
  NAME_ORDERED_DICT,
  NAME_TENSOR_V2,
  NAME_TENSOR,
  NAME_PARAMETER,
};

struct _SmaltiPickle
{
  GPtrArray *values;
  GHashTable *storages; /* key -> the last value that named it */
  guint64 n_copied;     /* items of dicts made of lists, which the file need not repeat */
};

typedef struct
{
  SmaltiPickle *self;
  const guint8 *at, *end;
  GPtrArray *stack;
  GHashTable *memo; /* number -> value */
  GError **error;
} Machine;

/* Its address is a mark. */
static SmaltiPickleValue mark;

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (Machine *machine, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (machine->error != NULL)
    *machine->error = g_error_new_valist (SMALTI_ERROR, SMALTI_ERROR_FORMAT, format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
is_damaged (Machine *machine)
{
  return refuse (machine, _ ("its list of tensors is damaged"));
}

static void
value_free (SmaltiPickleValue *value)
{
  if (value->type == SMALTI_PICKLE_TEXT)
    g_free (value->text.bytes);
  else if (value->type == SMALTI_PICKLE_LIST || value->type == SMALTI_PICKLE_DICT)
    g_clear_pointer (&value->items, g_ptr_array_unref);
  g_free (value);
}

SmaltiPickle *
smalti_pickle_new (void)
{
  SmaltiPickle *self = g_new0 (SmaltiPickle, 1);

  self->values = g_ptr_array_new_with_free_func ((GDestroyNotify)value_free);
  self->storages = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
smalti_pickle_free (SmaltiPickle *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->storages);
  g_ptr_array_unref (self->values);
  g_free (self);
}

const SmaltiPickleValue *
smalti_pickle_storage (SmaltiPickle *self, const char *key)
{
  return g_hash_table_lookup (self->storages, key);
}

guint
smalti_pickle_length (const SmaltiPickleValue *value)
{
  return value->type == SMALTI_PICKLE_LIST && value->items != NULL ? value->items->len : 0;
}

const SmaltiPickleValue *
smalti_pickle_item (const SmaltiPickleValue *value, guint i)
{
  return i < smalti_pickle_length (value) ? value->items->pdata[i] : NULL;
}

const SmaltiPickleValue *
smalti_pickle_lookup (const SmaltiPickleValue *value, const char *key)
{
  if (value->type != SMALTI_PICKLE_DICT || value->items == NULL)
    return NULL;
  for (guint i = value->items->len; i >= 2; i -= 2)
    {
      const SmaltiPickleValue *candidate = value->items->pdata[i - 2];

      if (candidate->type == SMALTI_PICKLE_TEXT && candidate->text.length == strlen (key)
          && memcmp (candidate->text.bytes, key, candidate->text.length) == 0)
        return value->items->pdata[i - 1];
    }
  return NULL;
}

/* The stack */

static SmaltiPickleValue *
push (Machine *machine, SmaltiPickleType type)
{
  SmaltiPickleValue *value = g_new0 (SmaltiPickleValue, 1);

  value->type = type;
  g_ptr_array_add (machine->self->values, value);
  g_ptr_array_add (machine->stack, value);
  return value;
}

/* %NULL when there is none above the last mark. */
static SmaltiPickleValue *
top (Machine *machine)
{
  SmaltiPickleValue *value = machine->stack->len > 0 ? machine->stack->pdata[machine->stack->len - 1] : NULL;

  return value != &mark ? value : NULL;
}

static SmaltiPickleValue *
pop (Machine *machine)
{
  SmaltiPickleValue *value = top (machine);

  if (value != NULL)
    g_ptr_array_set_size (machine->stack, machine->stack->len - 1);
  return value;
}

static void
append (SmaltiPickleValue *list, SmaltiPickleValue *item)
{
  if (list->items == NULL)
    list->items = g_ptr_array_new ();
  g_ptr_array_add (list->items, item);
}

/* Where the last mark is; FALSE when there is none. */
static gboolean
find_mark (Machine *machine, guint *at)
{
  for (*at = machine->stack->len; *at > 0; (*at)--)
    if (machine->stack->pdata[*at - 1] == &mark)
      {
        (*at)--;
        return TRUE;
      }
  return is_damaged (machine);
}

/* The values above the last mark go to @target, the mark goes away. */
static gboolean
move_marked (Machine *machine, SmaltiPickleValue *target, guint at)
{
  if (target->type == SMALTI_PICKLE_DICT && (machine->stack->len - at - 1) % 2 != 0)
    return is_damaged (machine);
  for (guint i = at + 1; i < machine->stack->len; i++)
    append (target, machine->stack->pdata[i]);
  g_ptr_array_set_size (machine->stack, at);
  return TRUE;
}

/* A tuple, list or dict of the values above the last mark. */
static gboolean
collect (Machine *machine, SmaltiPickleType type)
{
  SmaltiPickleValue *value;
  guint at;

  if (!find_mark (machine, &at))
    return FALSE;
  value = push (machine, type);
  g_ptr_array_set_size (machine->stack, machine->stack->len - 1);
  if (!move_marked (machine, value, at))
    return FALSE;
  g_ptr_array_add (machine->stack, value);
  return TRUE;
}

/* The same into the value below the mark. */
static gboolean
extend (Machine *machine, SmaltiPickleType type)
{
  SmaltiPickleValue *target;
  guint at;

  if (!find_mark (machine, &at))
    return FALSE;
  target = at > 0 ? machine->stack->pdata[at - 1] : NULL;
  if (target == NULL || target == &mark || target->type != type)
    return is_damaged (machine);
  return move_marked (machine, target, at);
}

static gboolean
tuple_of (Machine *machine, guint n)
{
  SmaltiPickleValue *item[3], *value;

  for (guint i = n; i > 0; i--)
    if ((item[i - 1] = pop (machine)) == NULL)
      return is_damaged (machine);
  value = push (machine, SMALTI_PICKLE_LIST);
  for (guint i = 0; i < n; i++)
    append (value, item[i]);
  return TRUE;
}

/* Operands */

/* @n bytes, or %NULL. */
static const guint8 *
take (Machine *machine, gsize n)
{
  const guint8 *at = machine->at;

  if (n > (gsize)(machine->end - at))
    {
      refuse (machine, _ ("its list of tensors is cut off"));
      return NULL;
    }
  machine->at += n;
  return at;
}

/* Little-endian, at most 8 bytes. */
static gboolean
take_number (Machine *machine, guint n, guint64 *number)
{
  const guint8 *at = take (machine, n);

  *number = 0;
  for (guint i = 0; at != NULL && i < n; i++)
    *number |= (guint64)at[i] << 8 * i;
  return at != NULL;
}

static gboolean
push_text (Machine *machine, gsize length)
{
  const guint8 *at = take (machine, length);
  SmaltiPickleValue *value;

  if (at == NULL)
    return FALSE;
  value = push (machine, SMALTI_PICKLE_TEXT);
  value->text.bytes = g_malloc (length + 1);
  memcpy (value->text.bytes, at, length);
  value->text.bytes[length] = '\0';
  value->text.length = length;
  return TRUE;
}

static gboolean
push_counted_text (Machine *machine, guint n_count)
{
  guint64 length;

  return take_number (machine, n_count, &length) && push_text (machine, length);
}

static gboolean
push_whole (Machine *machine, guint n, gboolean is_signed)
{
  guint64 number;

  if (!take_number (machine, n, &number))
    return FALSE;
  if (is_signed && n > 0 && n < 8 && (number >> (8 * n - 1) & 1) != 0)
    number |= ~G_GUINT64_CONSTANT (0) << 8 * n;
  push (machine, SMALTI_PICKLE_WHOLE)->whole = (gint64)number;
  return TRUE;
}

/* What is too long for a number of ours is kept as its bytes. */
static gboolean
push_long (Machine *machine)
{
  guint64 n;

  if (!take_number (machine, 1, &n))
    return FALSE;
  return n <= 8 ? push_whole (machine, n, TRUE) : push_text (machine, n);
}

static gboolean
push_real (Machine *machine)
{
  const guint8 *at = take (machine, 8);
  union
  {
    guint64 u;
    double d;
  } bits = { 0 };

  for (guint i = 0; at != NULL && i < 8; i++)
    bits.u = bits.u << 8 | at[i];
  if (at != NULL)
    push (machine, SMALTI_PICKLE_REAL)->real = bits.d;
  return at != NULL;
}

static gboolean
memoize (Machine *machine, guint64 number)
{
  SmaltiPickleValue *value = top (machine);

  if (value == NULL)
    return is_damaged (machine);
  g_hash_table_insert (machine->memo, GUINT_TO_POINTER ((guint)number), value);
  return TRUE;
}

static gboolean
recall (Machine *machine, guint n_bytes)
{
  guint64 number;
  SmaltiPickleValue *value;

  if (!take_number (machine, n_bytes, &number))
    return FALSE;
  value = g_hash_table_lookup (machine->memo, GUINT_TO_POINTER ((guint)number));
  if (value == NULL)
    return is_damaged (machine);
  g_ptr_array_add (machine->stack, value);
  return TRUE;
}

/* Names */

static gboolean
push_name (Machine *machine, const char *module, const char *name)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].module, module) == 0 && strcmp (names[i].name, name) == 0)
      {
        push (machine, SMALTI_PICKLE_NAME)->name = i;
        return TRUE;
      }
  shown = g_strdup_printf ("%.60s.%.60s", module, name);
  if (!g_utf8_validate (shown, -1, NULL))
    return is_damaged (machine);
  return refuse (machine,
                 _ ("it holds a Python object, “%s”, beside weights, and Smalti runs no Python; in PyTorch, save the "
                    "weights alone: torch.save(model.state_dict(), \"weights.pth\")"),
                 shown);
}

static char *
take_line (Machine *machine)
{
  const guint8 *newline = memchr (machine->at, '\n', machine->end - machine->at);
  char *line;

  if (newline == NULL)
    return NULL;
  line = g_strndup ((const char *)machine->at, newline - machine->at);
  machine->at = newline + 1;
  return line;
}

static gboolean
read_global (Machine *machine)
{
  g_autofree char *module = take_line (machine);
  g_autofree char *name = module != NULL ? take_line (machine) : NULL;

  return name != NULL ? push_name (machine, module, name) : is_damaged (machine);
}

static gboolean
read_stack_global (Machine *machine)
{
  const SmaltiPickleValue *name = pop (machine), *module = name != NULL ? pop (machine) : NULL;

  if (module == NULL || name->type != SMALTI_PICKLE_TEXT || module->type != SMALTI_PICKLE_TEXT)
    return is_damaged (machine);
  return push_name (machine, module->text.bytes, name->text.bytes);
}

/* ("storage", type, key, device, number of elements), and in old files what part of another storage it is */
static gboolean
read_storage (Machine *machine)
{
  const SmaltiPickleValue *id = pop (machine), *kind, *type, *key, *n, *view;
  SmaltiPickleValue *storage;

  if (id == NULL)
    return is_damaged (machine);
  kind = smalti_pickle_item (id, 0);
  type = smalti_pickle_item (id, 1);
  key = smalti_pickle_item (id, 2);
  n = smalti_pickle_item (id, 4);
  view = smalti_pickle_item (id, 5);
  if (n == NULL || kind->type != SMALTI_PICKLE_TEXT || strcmp (kind->text.bytes, "storage") != 0
      || type->type != SMALTI_PICKLE_NAME || names[type->name].element_size == 0 || key->type != SMALTI_PICKLE_TEXT
      || n->type != SMALTI_PICKLE_WHOLE || n->whole < 0)
    return is_damaged (machine);
  if (view != NULL && view->type != SMALTI_PICKLE_NONE)
    return refuse (machine, _ ("its storages are parts of each other, as PyTorch before 0.4 wrote them"));
  storage = push (machine, SMALTI_PICKLE_STORAGE);
  storage->storage.key = key;
  storage->storage.element = names[type->name].element;
  storage->storage.element_size = names[type->name].element_size;
  storage->storage.n = n->whole;
  g_hash_table_replace (machine->self->storages, key->text.bytes, storage);
  return TRUE;
}

/* The furthest element that the tensor reaches lies in the storage, and it has no more elements than the storage. */
static gboolean
check_tensor (const SmaltiPickleValue *tensor)
{
  const SmaltiShape *shape = &tensor->tensor.shape;
  gint64 n = tensor->tensor.storage->storage.n, last = tensor->tensor.offset, size = 1;

  for (guint i = 0; i < shape->n_dims; i++)
    if (shape->dim[i] == 0)
      return TRUE;
  for (guint i = 0; i < shape->n_dims; i++)
    {
      gint64 reach;

      if (__builtin_mul_overflow (shape->dim[i] - 1, tensor->tensor.stride[i], &reach)
          || __builtin_add_overflow (last, reach, &last) || __builtin_mul_overflow (size, shape->dim[i], &size))
        return FALSE;
    }
  return last < n && size <= n;
}

/* (storage, offset, sizes, strides, ...) */
static gboolean
rebuild_tensor (Machine *machine, const SmaltiPickleValue *arguments)
{
  const SmaltiPickleValue *storage = smalti_pickle_item (arguments, 0), *offset = smalti_pickle_item (arguments, 1),
                          *sizes = smalti_pickle_item (arguments, 2), *strides = smalti_pickle_item (arguments, 3);
  SmaltiPickleValue *tensor;
  guint n;

  if (strides == NULL || storage->type != SMALTI_PICKLE_STORAGE || offset->type != SMALTI_PICKLE_WHOLE
      || offset->whole < 0 || sizes->type != SMALTI_PICKLE_LIST || strides->type != SMALTI_PICKLE_LIST)
    return is_damaged (machine);
  n = smalti_pickle_length (sizes);
  if (n != smalti_pickle_length (strides))
    return is_damaged (machine);
  if (n > SMALTI_MAX_DIMS)
    return refuse (machine, _ ("it has a tensor of %u dimensions, more than %d"), n, SMALTI_MAX_DIMS);
  tensor = push (machine, SMALTI_PICKLE_TENSOR);
  tensor->tensor.storage = storage;
  tensor->tensor.offset = offset->whole;
  tensor->tensor.shape.n_dims = n;
  for (guint i = 0; i < n; i++)
    {
      const SmaltiPickleValue *size = smalti_pickle_item (sizes, i), *stride = smalti_pickle_item (strides, i);

      if (size->type != SMALTI_PICKLE_WHOLE || stride->type != SMALTI_PICKLE_WHOLE || size->whole < 0
          || stride->whole < 0)
        return is_damaged (machine);
      tensor->tensor.shape.dim[i] = size->whole;
      tensor->tensor.stride[i] = stride->whole;
    }
  return check_tensor (tensor) ? TRUE : refuse (machine, _ ("it has a tensor that reaches beyond its storage"));
}

/* OrderedDict () or, from Python 2, OrderedDict ([[key, value], ...]) */
static gboolean
make_dict (Machine *machine, const SmaltiPickleValue *arguments)
{
  SmaltiPickleValue *dict = push (machine, SMALTI_PICKLE_DICT);
  const SmaltiPickleValue *pairs = smalti_pickle_item (arguments, 0);

  machine->self->n_copied += pairs != NULL ? smalti_pickle_length (pairs) : 0;
  if (machine->self->n_copied > MAX_VALUES)
    return is_damaged (machine);
  for (guint i = 0; pairs != NULL && i < smalti_pickle_length (pairs); i++)
    {
      const SmaltiPickleValue *pair = smalti_pickle_item (pairs, i);

      if (smalti_pickle_length (pair) != 2)
        return is_damaged (machine);
      append (dict, pair->items->pdata[0]);
      append (dict, pair->items->pdata[1]);
    }
  return TRUE;
}

static gboolean
reduce (Machine *machine)
{
  const SmaltiPickleValue *arguments = pop (machine), *function = arguments != NULL ? pop (machine) : NULL;
  const SmaltiPickleValue *first;

  if (function == NULL || function->type != SMALTI_PICKLE_NAME || arguments->type != SMALTI_PICKLE_LIST)
    return is_damaged (machine);
  switch (function->name)
    {
    case NAME_ORDERED_DICT:
      return make_dict (machine, arguments);
    case NAME_TENSOR_V2:
    case NAME_TENSOR:
      return rebuild_tensor (machine, arguments);
    case NAME_PARAMETER: /* (tensor, whether it takes gradients, hooks) */
      first = smalti_pickle_item (arguments, 0);
      if (first == NULL || first->type != SMALTI_PICKLE_TENSOR)
        return is_damaged (machine);
      g_ptr_array_add (machine->stack, arguments->items->pdata[0]);
      return TRUE;
    default:
      return is_damaged (machine);
    }
}

/* Attributes of a dict, as a state dict's _metadata, are of no use here. */
static gboolean
build (Machine *machine)
{
  const SmaltiPickleValue *state = pop (machine), *target = state != NULL ? top (machine) : NULL;

  return target != NULL && target->type == SMALTI_PICKLE_DICT ? TRUE : is_damaged (machine);
}

static gboolean
set_item (Machine *machine)
{
  SmaltiPickleValue *value = pop (machine), *key = value != NULL ? pop (machine) : NULL;
  SmaltiPickleValue *dict = key != NULL ? top (machine) : NULL;

  if (dict == NULL || dict->type != SMALTI_PICKLE_DICT)
    return is_damaged (machine);
  append (dict, key);
  append (dict, value);
  return TRUE;
}

static gboolean
append_item (Machine *machine)
{
  SmaltiPickleValue *value = pop (machine), *list = value != NULL ? top (machine) : NULL;

  if (list == NULL || list->type != SMALTI_PICKLE_LIST)
    return is_damaged (machine);
  append (list, value);
  return TRUE;
}

static gboolean
step (Machine *machine, guint8 op)
{
  guint64 number;
  guint at;

  switch (op)
    {
    case OP_PROTO:
      if (!take_number (machine, 1, &number))
        return FALSE;
      return number <= 5 ? TRUE : refuse (machine, _ ("it is written in a newer version of Python's pickle format"));
    case OP_FRAME:
      return take (machine, 8) != NULL;
    case OP_MARK:
      g_ptr_array_add (machine->stack, &mark);
      return TRUE;
    case OP_POP:
      return pop (machine) != NULL ? TRUE : is_damaged (machine);
    case OP_POP_MARK:
      if (!find_mark (machine, &at))
        return FALSE;
      g_ptr_array_set_size (machine->stack, at);
      return TRUE;
    case OP_NONE:
      push (machine, SMALTI_PICKLE_NONE);
      return TRUE;
    case OP_NEWTRUE:
    case OP_NEWFALSE:
      push (machine, SMALTI_PICKLE_BOOL)->whole = op == OP_NEWTRUE;
      return TRUE;
    case OP_BININT:
      return push_whole (machine, 4, TRUE);
    case OP_BININT1:
      return push_whole (machine, 1, FALSE);
    case OP_BININT2:
      return push_whole (machine, 2, FALSE);
    case OP_LONG1:
      return push_long (machine);
    case OP_BINFLOAT:
      return push_real (machine);
    case OP_SHORT_BINSTRING:
    case OP_SHORT_BINBYTES:
    case OP_SHORT_BINUNICODE:
      return push_counted_text (machine, 1);
    case OP_BINSTRING:
    case OP_BINBYTES:
    case OP_BINUNICODE:
      return push_counted_text (machine, 4);
    case OP_BINUNICODE8:
      return push_counted_text (machine, 8);
    case OP_GLOBAL:
      return read_global (machine);
    case OP_STACK_GLOBAL:
      return read_stack_global (machine);
    case OP_BINPUT:
      return take_number (machine, 1, &number) && memoize (machine, number);
    case OP_LONG_BINPUT:
      return take_number (machine, 4, &number) && memoize (machine, number);
    case OP_MEMOIZE:
      return memoize (machine, g_hash_table_size (machine->memo));
    case OP_BINGET:
      return recall (machine, 1);
    case OP_LONG_BINGET:
      return recall (machine, 4);
    case OP_EMPTY_TUPLE:
    case OP_EMPTY_LIST:
      push (machine, SMALTI_PICKLE_LIST);
      return TRUE;
    case OP_EMPTY_DICT:
      push (machine, SMALTI_PICKLE_DICT);
      return TRUE;
    case OP_TUPLE:
    case OP_LIST:
      return collect (machine, SMALTI_PICKLE_LIST);
    case OP_DICT:
      return collect (machine, SMALTI_PICKLE_DICT);
    case OP_TUPLE1:
    case OP_TUPLE2:
    case OP_TUPLE3:
      return tuple_of (machine, op - OP_TUPLE1 + 1);
    case OP_APPEND:
      return append_item (machine);
    case OP_APPENDS:
      return extend (machine, SMALTI_PICKLE_LIST);
    case OP_SETITEM:
      return set_item (machine);
    case OP_SETITEMS:
      return extend (machine, SMALTI_PICKLE_DICT);
    case OP_BINPERSID:
      return read_storage (machine);
    case OP_REDUCE:
      return reduce (machine);
    case OP_BUILD:
      return build (machine);
    default:
      return refuse (machine, _ ("its list of tensors has an instruction, 0x%02x, that no state dict needs"), op);
    }
}

const SmaltiPickleValue *
smalti_pickle_load (SmaltiPickle *self, const guint8 *data, gsize size, gsize *used, GError **error)
{
  g_autoptr (GPtrArray) stack = g_ptr_array_new ();
  g_autoptr (GHashTable) memo = g_hash_table_new (NULL, NULL);
  Machine machine = { self, data, data + size, stack, memo, error };

  for (;;)
    {
      const guint8 *op = take (&machine, 1);

      if (op == NULL)
        return NULL;
      if (*op == OP_STOP)
        break;
      if (!step (&machine, *op))
        return NULL;
      if (self->values->len > MAX_VALUES || stack->len > MAX_VALUES)
        {
          refuse (&machine, _ ("its list of tensors is longer than any should be"));
          return NULL;
        }
    }
  if (used != NULL)
    *used = machine.at - data;
  if (top (&machine) == NULL)
    is_damaged (&machine);
  return top (&machine);
}
