/* SPDX-License-Identifier: Apache-2.0 */
/* Undoing goes back to whole texts, which are small. Edits of the same thing in quick succession are one: nobody wants
 * to undo letter by letter. */
#include "ui/spec-draft.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define CHECK_AFTER 300 /* ms without a change */
#define ONE_EDIT    (G_USEC_PER_SEC * 3 / 2)
#define TEXT_EDIT   "yaml"
#define MAX_UNDO    500
#define N_SECTIONS  6

static const char *const sections[N_SECTIONS] = { "", "data", "method", "backbone", "train", "eval" };

/* What undoing goes back to. */
typedef struct
{
  char *yaml;
  SmaltiSpec *original;
  char *preset;
} Version;

struct _SmaltiSpecDraft
{
  GObject parent_instance;

  char *yaml;
  SmaltiSpec *spec;
  SmaltiSpec *original;
  char *preset;
  GPtrArray *mistakes;  /* of SmaltiSpecMistake */
  GHashTable *rejected; /* key -> why its last value was refused */

  char *network_trouble;
  guint check_source;
  gboolean checking;
  gboolean is_started; /* before that there is nothing to go back to */
  guint64 edition;     /* counts changes, so that an answer about an older text is known as one */

  GPtrArray *undo, *redo; /* of Version, the latest last */
  char *last_edit;        /* the key, or TEXT_EDIT; %NULL: whatever comes is another edit */
  gint64 last_edit_time;
};

enum
{
  CHANGED,
  PROBLEMS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiSpecDraft, smalti_spec_draft, G_TYPE_OBJECT)

static void
version_free (gpointer data)
{
  Version *version = data;

  g_free (version->yaml);
  smalti_spec_unref (version->original);
  g_free (version->preset);
  g_free (version);
}

static Version *
current_version (SmaltiSpecDraft *self)
{
  Version *version = g_new0 (Version, 1);

  version->yaml = g_strdup (self->yaml);
  version->original = smalti_spec_ref (self->original);
  version->preset = g_strdup (self->preset);
  return version;
}

/* Relative paths in a text that has no file yet are below the user's home. */
static const char *
folder (void)
{
  return g_get_home_dir ();
}

/* -- keys -- */

/* "train.lr" -> the settings of its section and the key in them; "name" of a class is in no table. */
static SmaltiValues *
find_values (const SmaltiSpec *spec, const char *key, const char **rest)
{
  const char *dot = strchr (key, '.');
  g_autofree char *section = dot ? g_strndup (key, dot - key) : g_strdup ("");

  *rest = dot ? dot + 1 : key;
  return smalti_spec_get_values (spec, section);
}

static const char *
class_of (const SmaltiSpec *spec, const char *key)
{
  if (strcmp (key, "method.name") == 0)
    return smalti_spec_get_method (spec)->id;
  if (strcmp (key, "backbone.name") == 0)
    return smalti_spec_get_backbone (spec)->id;
  return NULL;
}

static char *
text_of (const SmaltiSpec *spec, const char *key)
{
  const char *class = class_of (spec, key), *rest;
  SmaltiValues *values;

  if (class)
    return g_strdup (class);
  values = find_values (spec, key, &rest);
  return smalti_values_get_text (values, rest);
}

char *
smalti_spec_draft_get_text (SmaltiSpecDraft *self, const char *key)
{
  return text_of (self->spec, key);
}

/* Of a section whose class is another one than at the beginning, the original values are that class's defaults. */
char *
smalti_spec_draft_get_original (SmaltiSpecDraft *self, const char *key)
{
  const char *rest;
  const SmaltiParam *table;

  if (class_of (self->spec, key))
    return text_of (self->original, key);
  table = smalti_values_get_table (find_values (self->spec, key, &rest));
  if (table == smalti_values_get_table (find_values (self->original, key, &rest)))
    return text_of (self->original, key);

  g_autoptr (SmaltiValues) defaults = smalti_values_new (table);

  return smalti_values_get_text (defaults, rest);
}

gboolean
smalti_spec_draft_is_changed (SmaltiSpecDraft *self, const char *key)
{
  g_autofree char *text = smalti_spec_draft_get_text (self, key);
  g_autofree char *original = smalti_spec_draft_get_original (self, key);

  return strcmp (text, original) != 0;
}

guint
smalti_spec_draft_n_changed (SmaltiSpecDraft *self)
{
  guint n = (smalti_spec_get_method (self->spec) != smalti_spec_get_method (self->original))
            + (smalti_spec_get_backbone (self->spec) != smalti_spec_get_backbone (self->original))
            + g_hash_table_size (self->rejected);

  for (guint s = 0; s < N_SECTIONS; s++)
    for (const SmaltiParam *p = smalti_values_get_table (smalti_spec_get_values (self->spec, sections[s])); p->key; p++)
      {
        g_autofree char *key = g_strdup_printf ("%s%s%s", sections[s], *sections[s] ? "." : "", p->key);

        n += smalti_spec_draft_is_changed (self, key);
      }
  return n;
}

/* -- checking the network -- */

static void check_soon (SmaltiSpecDraft *self);

static void
check_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (smalti_spec_check (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiSpecDraft *self = SMALTI_SPEC_DRAFT (source);
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  self->checking = FALSE;
  if (GPOINTER_TO_SIZE (user_data) != (gsize)self->edition)
    {
      check_soon (self);
      return;
    }
  if (g_strcmp0 (self->network_trouble, error ? error->message : NULL) == 0)
    return;
  g_free (self->network_trouble);
  self->network_trouble = error ? g_strdup (error->message) : NULL;
  g_signal_emit (self, signals[PROBLEMS], 0);
}

static gboolean
check (gpointer user_data)
{
  SmaltiSpecDraft *self = user_data;

  self->check_source = 0;
  /* What is told already needs no network to be found. */
  if (self->checking || self->mistakes->len > 0)
    return G_SOURCE_REMOVE;
  self->checking = TRUE;

  g_autoptr (GTask) task = g_task_new (self, NULL, on_checked, GSIZE_TO_POINTER ((gsize)self->edition));

  g_task_set_task_data (task, smalti_spec_copy (self->spec), (GDestroyNotify)smalti_spec_unref);
  g_task_run_in_thread (task, check_thread);
  return G_SOURCE_REMOVE;
}

static void
check_soon (SmaltiSpecDraft *self)
{
  g_clear_handle_id (&self->check_source, g_source_remove);
  self->check_source = g_timeout_add (CHECK_AFTER, check, self);
}

/* -- changes -- */

static void
remember (SmaltiSpecDraft *self, const char *edit)
{
  gint64 now = g_get_monotonic_time ();
  gboolean goes_on = edit && g_strcmp0 (edit, self->last_edit) == 0 && now - self->last_edit_time < ONE_EDIT;

  g_ptr_array_set_size (self->redo, 0);
  if (!goes_on)
    g_ptr_array_add (self->undo, current_version (self));
  if (self->undo->len > MAX_UNDO)
    g_ptr_array_remove_index (self->undo, 0);
  g_free (self->last_edit);
  self->last_edit = g_strdup (edit);
  self->last_edit_time = now;
}

static void
take_text (SmaltiSpecDraft *self, char *yaml)
{
  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) spec = smalti_spec_read (yaml, folder (), &mistakes);

  g_free (self->yaml);
  self->yaml = yaml;
  g_ptr_array_unref (self->mistakes);
  self->mistakes = g_steal_pointer (&mistakes);
  if (spec)
    {
      smalti_spec_unref (self->spec);
      self->spec = g_steal_pointer (&spec);
    }
  self->edition++;
  g_clear_pointer (&self->network_trouble, g_free);
  check_soon (self);
}

static void
emit_changed (SmaltiSpecDraft *self, const char *key)
{
  if (!key)
    g_hash_table_remove_all (self->rejected);
  g_signal_emit (self, signals[CHANGED], 0, key);
  g_signal_emit (self, signals[PROBLEMS], 0);
}

gboolean
smalti_spec_draft_is_readable (SmaltiSpecDraft *self)
{
  for (guint i = 0; i < self->mistakes->len; i++)
    if (!((const SmaltiSpecMistake *)self->mistakes->pdata[i])->key)
      return FALSE;
  return TRUE;
}

/* Coming back to the class that it began with brings its original settings back. */
static void
restore_class (SmaltiSpecDraft *self, SmaltiSpec *spec, const char *key)
{
  g_autofree char *section = g_strndup (key, strchr (key, '.') - key);
  SmaltiValues *from = smalti_spec_get_values (self->original, section);
  SmaltiValues *to = smalti_spec_get_values (spec, section);

  if (strcmp (class_of (spec, key), class_of (self->original, key)) != 0)
    return;
  for (const SmaltiParam *p = smalti_values_get_table (from); p->key; p++)
    {
      g_autofree char *text = smalti_values_get_text (from, p->key);

      smalti_values_set (to, p->key, text, NULL);
    }
}

static gboolean
set_in (SmaltiSpec *spec, const char *key, const char *text, GError **error)
{
  g_autofree char *path = NULL;
  const SmaltiParam *param = NULL;

  if (!class_of (spec, key))
    {
      const char *rest;
      SmaltiValues *values = find_values (spec, key, &rest);

      param = smalti_param_find (smalti_values_get_table (values), rest);
    }
  if (param && param->type == SMALTI_PARAM_PATH && *text && *text != '~')
    path = g_canonicalize_filename (text, folder ());
  return smalti_spec_set (spec, key, path ? path : text, error);
}

gboolean
smalti_spec_draft_set (SmaltiSpecDraft *self, const char *key, const char *text)
{
  g_return_val_if_fail (SMALTI_IS_SPEC_DRAFT (self), FALSE);

  g_autoptr (SmaltiSpec) changed = smalti_spec_copy (self->spec);
  g_autofree char *before = smalti_spec_draft_get_text (self, key);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  gboolean was_rejected = g_hash_table_contains (self->rejected, key), counts_epochs;

  if (!smalti_spec_draft_is_readable (self))
    return FALSE;
  if (!set_in (changed, key, text, &error))
    {
      g_hash_table_replace (self->rejected, g_strdup (key), g_strdup (error->message));
      g_signal_emit (self, signals[PROBLEMS], 0);
      return FALSE;
    }
  g_hash_table_remove (self->rejected, key);
  after = text_of (changed, key);
  if (strcmp (before, after) == 0)
    {
      if (was_rejected)
        g_signal_emit (self, signals[PROBLEMS], 0);
      return TRUE;
    }
  if (class_of (changed, key))
    restore_class (self, changed, key);
  /* Minutes would go before epochs: whoever sets epochs means them. */
  counts_epochs = strcmp (key, "train.epochs") == 0
                  && smalti_values_get_float (smalti_spec_get_values (changed, "train"), "minutes") > 0;
  if (counts_epochs)
    set_in (changed, "train.minutes", "0", NULL);
  remember (self, key);
  take_text (self, smalti_spec_edit_yaml (changed, self->yaml, folder ()));
  emit_changed (self, class_of (changed, key) ? NULL : key);
  if (counts_epochs)
    emit_changed (self, "train.minutes");
  return TRUE;
}

void
smalti_spec_draft_reset (SmaltiSpecDraft *self, const char *key)
{
  g_return_if_fail (SMALTI_IS_SPEC_DRAFT (self));

  g_autofree char *original = smalti_spec_draft_get_original (self, key);
  gboolean was_rejected = g_hash_table_remove (self->rejected, key);

  self->last_edit_time = 0;
  smalti_spec_draft_set (self, key, original);
  /* Nothing has changed then, and yet the row shows something else. */
  if (was_rejected)
    {
      g_signal_emit (self, signals[CHANGED], 0, key);
      g_signal_emit (self, signals[PROBLEMS], 0);
    }
}

void
smalti_spec_draft_set_yaml (SmaltiSpecDraft *self, const char *yaml)
{
  g_return_if_fail (SMALTI_IS_SPEC_DRAFT (self));

  if (strcmp (yaml, self->yaml) == 0)
    return;
  remember (self, TEXT_EDIT);
  take_text (self, g_strdup (yaml));
  emit_changed (self, NULL);
}

static SmaltiSpec *
with_given (const SmaltiSpec *spec, const char *const *given)
{
  SmaltiSpec *copy = smalti_spec_copy (spec);

  for (guint i = 0; given && given[i]; i += 2)
    set_in (copy, given[i], given[i + 1], NULL);
  return copy;
}

gboolean
smalti_spec_draft_start (SmaltiSpecDraft *self, const char *yaml, const char *preset, const char *const *given,
                         GError **error)
{
  g_return_val_if_fail (SMALTI_IS_SPEC_DRAFT (self), FALSE);

  g_autoptr (GPtrArray) mistakes = NULL;
  g_autoptr (SmaltiSpec) read = smalti_spec_read (yaml, folder (), &mistakes);
  g_autoptr (SmaltiSpec) spec = NULL;

  if (!read)
    {
      const SmaltiSpecMistake *first = mistakes->pdata[0];

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("Line %u: %s"), first->line, first->message);
      return FALSE;
    }
  spec = with_given (read, given);
  if (self->is_started)
    remember (self, NULL);
  self->is_started = TRUE;
  smalti_spec_unref (self->original);
  self->original = smalti_spec_ref (spec);
  g_free (self->preset);
  self->preset = g_strdup (preset);
  take_text (self, smalti_spec_edit_yaml (spec, yaml, folder ()));
  emit_changed (self, NULL);
  return TRUE;
}

gboolean
smalti_spec_draft_is_started (SmaltiSpecDraft *self)
{
  g_return_val_if_fail (SMALTI_IS_SPEC_DRAFT (self), FALSE);
  return self->is_started || smalti_spec_draft_can_undo (self);
}

void
smalti_spec_draft_give (SmaltiSpecDraft *self, const char *const *given)
{
  g_return_if_fail (SMALTI_IS_SPEC_DRAFT (self));

  g_autoptr (SmaltiSpec) original = with_given (self->original, given);
  g_autoptr (SmaltiSpec) spec = with_given (self->spec, given);

  if (!smalti_spec_draft_is_readable (self))
    return;
  remember (self, NULL);
  smalti_spec_unref (self->original);
  self->original = g_steal_pointer (&original);
  take_text (self, smalti_spec_edit_yaml (spec, self->yaml, folder ()));
  emit_changed (self, NULL);
}

/* -- undoing -- */

static void
go_to (SmaltiSpecDraft *self, GPtrArray *from, GPtrArray *to)
{
  Version *version;

  if (from->len == 0)
    return;
  g_ptr_array_add (to, current_version (self));
  version = g_ptr_array_steal_index (from, from->len - 1);
  smalti_spec_unref (self->original);
  self->original = smalti_spec_ref (version->original);
  g_free (self->preset);
  self->preset = g_strdup (version->preset);
  g_clear_pointer (&self->last_edit, g_free);
  take_text (self, g_strdup (version->yaml));
  version_free (version);
  emit_changed (self, NULL);
}

void
smalti_spec_draft_undo (SmaltiSpecDraft *self)
{
  g_return_if_fail (SMALTI_IS_SPEC_DRAFT (self));
  go_to (self, self->undo, self->redo);
}

void
smalti_spec_draft_redo (SmaltiSpecDraft *self)
{
  g_return_if_fail (SMALTI_IS_SPEC_DRAFT (self));
  go_to (self, self->redo, self->undo);
}

gboolean
smalti_spec_draft_can_undo (SmaltiSpecDraft *self)
{
  return self->undo->len > 0;
}

gboolean
smalti_spec_draft_can_redo (SmaltiSpecDraft *self)
{
  return self->redo->len > 0;
}

/* -- what there is -- */

const SmaltiSpec *
smalti_spec_draft_get_spec (SmaltiSpecDraft *self)
{
  return self->spec;
}

const char *
smalti_spec_draft_get_yaml (SmaltiSpecDraft *self)
{
  return self->yaml;
}

const char *
smalti_spec_draft_get_preset (SmaltiSpecDraft *self)
{
  return self->preset;
}

GPtrArray *
smalti_spec_draft_get_mistakes (SmaltiSpecDraft *self)
{
  return self->mistakes;
}

const char *
smalti_spec_draft_get_problem (SmaltiSpecDraft *self, const char *key)
{
  const char *rejected = g_hash_table_lookup (self->rejected, key);

  for (guint i = 0; !rejected && i < self->mistakes->len; i++)
    {
      const SmaltiSpecMistake *mistake = self->mistakes->pdata[i];

      if (g_strcmp0 (mistake->key, key) == 0)
        return mistake->message;
    }
  return rejected;
}

const char *
smalti_spec_draft_get_network_trouble (SmaltiSpecDraft *self)
{
  return self->network_trouble;
}

const char *
smalti_spec_draft_get_trouble (SmaltiSpecDraft *self)
{
  GHashTableIter iter;
  gpointer message;

  g_hash_table_iter_init (&iter, self->rejected);
  if (g_hash_table_iter_next (&iter, NULL, &message))
    return message;
  if (self->mistakes->len > 0)
    return ((const SmaltiSpecMistake *)self->mistakes->pdata[0])->message;
  return self->network_trouble;
}

static void
smalti_spec_draft_dispose (GObject *object)
{
  g_clear_handle_id (&SMALTI_SPEC_DRAFT (object)->check_source, g_source_remove);
  G_OBJECT_CLASS (smalti_spec_draft_parent_class)->dispose (object);
}

static void
smalti_spec_draft_finalize (GObject *object)
{
  SmaltiSpecDraft *self = SMALTI_SPEC_DRAFT (object);

  g_free (self->yaml);
  smalti_spec_unref (self->spec);
  smalti_spec_unref (self->original);
  g_free (self->preset);
  g_ptr_array_unref (self->mistakes);
  g_hash_table_unref (self->rejected);
  g_free (self->network_trouble);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_free (self->last_edit);
  G_OBJECT_CLASS (smalti_spec_draft_parent_class)->finalize (object);
}

static void
smalti_spec_draft_class_init (SmaltiSpecDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smalti_spec_draft_dispose;
  object_class->finalize = smalti_spec_draft_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMALTI_TYPE_SPEC_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PROBLEMS]
      = g_signal_new ("problems", SMALTI_TYPE_SPEC_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_spec_draft_init (SmaltiSpecDraft *self)
{
  self->spec = smalti_spec_new (smalti_pretexts ()[0], smalti_backbones ()[0]);
  self->original = smalti_spec_copy (self->spec);
  self->yaml = smalti_spec_to_yaml (self->spec, FALSE);
  self->mistakes = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_spec_mistake_free);
  self->rejected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->undo = g_ptr_array_new_with_free_func (version_free);
  self->redo = g_ptr_array_new_with_free_func (version_free);
}

SmaltiSpecDraft *
smalti_spec_draft_new (void)
{
  return g_object_new (SMALTI_TYPE_SPEC_DRAFT, NULL);
}
