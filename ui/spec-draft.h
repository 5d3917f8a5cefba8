/* SPDX-License-Identifier: Apache-2.0 */
/* A spec that is being written, by a form and as YAML at once. The text is what counts: the spec is what the text says, or
 * said when it last could be read. An edit of one key changes that key's line, an edit of the text changes the spec, and
 * each is undone alike. */
#pragma once

#include <glib-object.h>

#include "core/run/spec.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_SPEC_DRAFT (smalti_spec_draft_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiSpecDraft, smalti_spec_draft, SMALTI, SPEC_DRAFT, GObject)

/* Signals:
 *   "changed" (nullable string): the key that has another value ("train.lr"); %NULL: any may have
 *   "problems": what get_problem(), get_mistakes() or get_trouble() tell may be another thing
 * Keys are those of smalti_spec_set(). */
SmaltiSpecDraft  *smalti_spec_draft_new          (void);

/**
 * smalti_spec_draft_start:
 * @preset: (nullable): an id for the caller's own use
 * @given: (nullable): keys and values in turn, %NULL-terminated: what the circumstances say (the folder, a name made of it)
 *
 * Begins with another text, which is from now on what differences are told from; @given is in both. Can be undone.
 *
 * Returns: FALSE, with nothing changed, when @yaml is no spec
 */
gboolean          smalti_spec_draft_start        (SmaltiSpecDraft      *self,
                                                  const char           *yaml,
                                                  const char           *preset,
                                                  const char *const    *given,
                                                  GError              **error);
/* Other circumstances: sets values that don't count as differences. Values that are refused are left out. */
void              smalti_spec_draft_give         (SmaltiSpecDraft      *self,
                                                  const char *const    *given);

/* Whether anything was begun with, or written, yet. */
gboolean          smalti_spec_draft_is_started   (SmaltiSpecDraft      *self);

/* (transfer none): of the last text that could be read; not to be changed. */
const SmaltiSpec *smalti_spec_draft_get_spec     (SmaltiSpecDraft      *self);
const char       *smalti_spec_draft_get_yaml     (SmaltiSpecDraft      *self);
const char       *smalti_spec_draft_get_preset   (SmaltiSpecDraft      *self);
/* Whether the text says the spec: as long as it does not, no key can be set. */
gboolean          smalti_spec_draft_is_readable  (SmaltiSpecDraft      *self);

/* A value that its table refuses changes nothing but is remembered as a problem of the key, until another one is set. */
gboolean          smalti_spec_draft_set          (SmaltiSpecDraft      *self,
                                                  const char           *key,
                                                  const char           *text);
void              smalti_spec_draft_set_yaml     (SmaltiSpecDraft      *self,
                                                  const char           *yaml);
/* The value as YAML text; free with g_free(). The second is what the text that it began with said. */
char             *smalti_spec_draft_get_text     (SmaltiSpecDraft      *self,
                                                  const char           *key);
char             *smalti_spec_draft_get_original (SmaltiSpecDraft      *self,
                                                  const char           *key);
gboolean          smalti_spec_draft_is_changed   (SmaltiSpecDraft      *self,
                                                  const char           *key);
/* With values that were refused: what starting anew would lose. */
guint             smalti_spec_draft_n_changed    (SmaltiSpecDraft      *self);
void              smalti_spec_draft_reset        (SmaltiSpecDraft      *self,
                                                  const char           *key);

/* (nullable): what is wrong with a key's value. */
const char       *smalti_spec_draft_get_problem  (SmaltiSpecDraft      *self,
                                                  const char           *key);
/* (element-type SmaltiSpecMistake) (transfer none): what is wrong with the text. */
GPtrArray        *smalti_spec_draft_get_mistakes (SmaltiSpecDraft      *self);
/* (nullable): a sentence: why this can't be run. The network is built on another thread to find out, a moment after a change. */
const char       *smalti_spec_draft_get_trouble  (SmaltiSpecDraft      *self);
/* The trouble with the network alone. */
const char       *smalti_spec_draft_get_network_trouble (SmaltiSpecDraft *self);

gboolean          smalti_spec_draft_can_undo     (SmaltiSpecDraft      *self);
gboolean          smalti_spec_draft_can_redo     (SmaltiSpecDraft      *self);
void              smalti_spec_draft_undo         (SmaltiSpecDraft      *self);
void              smalti_spec_draft_redo         (SmaltiSpecDraft      *self);

G_END_DECLS
