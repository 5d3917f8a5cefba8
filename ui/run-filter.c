/* SPDX-License-Identifier: Apache-2.0 */
/* The search is taken apart once; each run then costs a few substring searches in a text that it keeps. */
#include "ui/run-filter.h"

typedef enum
{
  WORD_ANY,
  WORD_TAG,
  WORD_STATE,
} WordKind;

typedef struct
{
  WordKind kind;
  char *text; /* case-folded */
} Word;

struct _SmaltiRunFilter
{
  GtkFilter parent_instance;

  GArray *words;
  SmaltiShow shown;
  gboolean favorites;
};

G_DEFINE_FINAL_TYPE (SmaltiRunFilter, smalti_run_filter, GTK_TYPE_FILTER)

SmaltiShow
smalti_run_item_get_group (SmaltiRunItem *item)
{
  if (smalti_run_item_is_waiting (item))
    return SMALTI_SHOW_WAITING;
  switch (smalti_run_item_get_state (item))
    {
    case SMALTI_RUN_QUEUED:
      return SMALTI_SHOW_WAITING;
    case SMALTI_RUN_RUNNING:
    case SMALTI_RUN_PAUSED:
      return SMALTI_SHOW_LIVE;
    case SMALTI_RUN_STOPPED:
    case SMALTI_RUN_LOST:
      return SMALTI_SHOW_STOPPED;
    case SMALTI_RUN_DONE:
      return SMALTI_SHOW_DONE;
    case SMALTI_RUN_FAILED:
      return SMALTI_SHOW_FAILED;
    }
  g_assert_not_reached ();
}

static gboolean
begins_with (const char *text, const char *folded)
{
  g_autofree char *mine = g_utf8_casefold (text, -1);

  return g_str_has_prefix (mine, folded);
}

static gboolean
has_tag (SmaltiRunItem *item, const char *folded)
{
  char **tags = smalti_run_item_get_info (item)->tags;

  for (guint i = 0; tags && tags[i]; i++)
    if (*tags[i] && begins_with (tags[i], folded))
      return TRUE;
  return FALSE;
}

/* By its name in the command line, or as the window says it. */
static gboolean
is_in_state (SmaltiRunItem *item, const char *folded)
{
  if (smalti_run_item_is_waiting (item) && g_str_has_prefix ("waiting", folded))
    return TRUE;
  return begins_with (smalti_run_state_id (smalti_run_item_get_state (item)), folded)
         || begins_with (smalti_run_item_describe_state (item), folded);
}

static gboolean
has_word (SmaltiRunItem *item, const Word *word)
{
  switch (word->kind)
    {
    case WORD_TAG:
      return has_tag (item, word->text);
    case WORD_STATE:
      return is_in_state (item, word->text);
    case WORD_ANY:
      return strstr (smalti_run_item_get_search_text (item), word->text) != NULL;
    }
  g_assert_not_reached ();
}

static gboolean
smalti_run_filter_match (GtkFilter *filter, gpointer object)
{
  SmaltiRunFilter *self = SMALTI_RUN_FILTER (filter);
  SmaltiRunItem *item = object;

  if (self->favorites && !smalti_run_item_get_info (item)->favorite)
    return FALSE;
  if (self->shown && !(self->shown & smalti_run_item_get_group (item)))
    return FALSE;
  for (guint i = 0; i < self->words->len; i++)
    if (!has_word (item, &g_array_index (self->words, Word, i)))
      return FALSE;
  return TRUE;
}

static GtkFilterMatch
smalti_run_filter_get_strictness (GtkFilter *filter)
{
  return smalti_run_filter_is_active (SMALTI_RUN_FILTER (filter)) ? GTK_FILTER_MATCH_SOME : GTK_FILTER_MATCH_ALL;
}

gboolean
smalti_run_filter_is_active (SmaltiRunFilter *self)
{
  return self->favorites || self->shown != 0 || self->words->len > 0;
}

static void
clear_word (Word *word)
{
  g_free (word->text);
}

static void
add_word (GArray *words, const char *text)
{
  static const struct
  {
    const char *prefix;
    WordKind kind;
  } prefixes[] = { { "tag:", WORD_TAG }, { "state:", WORD_STATE } };
  Word word = { WORD_ANY, g_utf8_casefold (text, -1) };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (word.text, prefixes[i].prefix))
      {
        word.kind = prefixes[i].kind;
        memmove (word.text, word.text + strlen (prefixes[i].prefix),
                 strlen (word.text) - strlen (prefixes[i].prefix) + 1);
      }
  if (*word.text)
    g_array_append_val (words, word);
  else
    clear_word (&word);
}

void
smalti_run_filter_set_text (SmaltiRunFilter *self, const char *text)
{
  g_return_if_fail (SMALTI_IS_RUN_FILTER (self));

  g_autoptr (GString) word = g_string_new (NULL);
  gboolean quoted = FALSE;

  g_array_set_size (self->words, 0);
  for (const char *c = text; *c; c++)
    if (*c == '"')
      quoted = !quoted;
    else if (*c == ' ' && !quoted)
      {
        add_word (self->words, word->str);
        g_string_truncate (word, 0);
      }
    else
      g_string_append_c (word, *c);
  add_word (self->words, word->str);
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

void
smalti_run_filter_set_shown (SmaltiRunFilter *self, SmaltiShow shown)
{
  g_return_if_fail (SMALTI_IS_RUN_FILTER (self));

  self->shown = shown;
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

void
smalti_run_filter_set_favorites (SmaltiRunFilter *self, gboolean only)
{
  g_return_if_fail (SMALTI_IS_RUN_FILTER (self));

  self->favorites = only;
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
smalti_run_filter_finalize (GObject *object)
{
  g_array_unref (SMALTI_RUN_FILTER (object)->words);
  G_OBJECT_CLASS (smalti_run_filter_parent_class)->finalize (object);
}

static void
smalti_run_filter_class_init (SmaltiRunFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_run_filter_finalize;
  GTK_FILTER_CLASS (klass)->match = smalti_run_filter_match;
  GTK_FILTER_CLASS (klass)->get_strictness = smalti_run_filter_get_strictness;
}

static void
smalti_run_filter_init (SmaltiRunFilter *self)
{
  self->words = g_array_new (FALSE, FALSE, sizeof (Word));
  g_array_set_clear_func (self->words, (GDestroyNotify)clear_word);
}

SmaltiRunFilter *
smalti_run_filter_new (void)
{
  return g_object_new (SMALTI_TYPE_RUN_FILTER, NULL);
}
