/* SPDX-License-Identifier: Apache-2.0 */
/* The experiment spec: one YAML file says everything a run does.
 *
 *   name: puzzles on my photos        # sections and their tables:
 *   seed: 1                           #   top level: smalti_spec_params (name, seed, device, threads, precision,
 *   data:                             #              loader_threads)
 *     path: ~/Pictures                #   data:      smalti_data_params
 *   method:                           #   method:    `name` and the method's own table
 *     name: jigsaw
 *     grid: 3
 *   backbone:                         #   backbone:  `name` and the backbone's own table
 *     name: cfn
 *   train:                            #   train:     smalti_train_params (epochs, batch, validate_every, checkpoint_every,
 *     epochs: 20                      #              preview_every, ...) and smalti_optimizer_params
 *   eval:                             #   eval:      smalti_eval_params
 *     data: ~/labelled
 */
#pragma once

#include "core/base/param.h"
#include "core/nn/backbone.h"
#include "core/pretext/pretext.h"

G_BEGIN_DECLS

extern const SmaltiParam smalti_spec_params[];
/* With the optimizer's keys after its own: assembled once, hence a function. */
const SmaltiParam  *smalti_train_params (void);

typedef struct _SmaltiSpec SmaltiSpec;

#define SMALTI_TYPE_SPEC (smalti_spec_get_type ())
GType         smalti_spec_get_type (void);

/* Defaults for a method and a backbone ("jigsaw", "cfn"). */
SmaltiSpec   *smalti_spec_new      (const SmaltiPretextClass   *method,
                                    const SmaltiBackboneClass  *backbone);
SmaltiSpec   *smalti_spec_ref      (SmaltiSpec                 *self);
void          smalti_spec_unref    (SmaltiSpec                 *self);
SmaltiSpec   *smalti_spec_copy     (const SmaltiSpec           *self);

/**
 * smalti_spec_parse:
 * @name: for messages: the file's name
 *
 * Checks everything before anything starts. On mistakes the error (SMALTI_ERROR_ARGUMENT) lists every one of them, a line
 * each: "spec.yaml:12: “gird” is no key of method jigsaw; did you mean “grid”?". Relative paths in it are relative to
 * @folder (nullable).
 */
SmaltiSpec   *smalti_spec_parse    (const char                 *yaml,
                                    const char                 *name,
                                    const char                 *folder,
                                    GError                    **error);
SmaltiSpec   *smalti_spec_load     (const char                 *path,
                                    GError                    **error);
/* Canonical YAML: sections and keys in table order; @full: also what is at its default. Free with g_free(). */
char         *smalti_spec_to_yaml  (const SmaltiSpec           *self,
                                    gboolean                    full);

typedef struct
{
  guint line;
  char *key; /* "data.path": the value is missing, or is of the right kind and yet none to run with; %NULL: anything else */
  char *message;
} SmaltiSpecMistake;

void          smalti_spec_mistake_free (SmaltiSpecMistake *self);
/* As smalti_spec_parse(), for text that is still being written. @mistakes: (out) (element-type SmaltiSpecMistake): all, in
 * the order of their lines. There is a spec as long as all of them have a key. */
SmaltiSpec   *smalti_spec_read     (const char                 *yaml,
                                    const char                 *folder,
                                    GPtrArray                 **mistakes);
/* @yaml changed as little as possible until it says @self: only lines of keys that differ are touched, so that comments and
 * order stay. Where that can't be done (a section in one line, anchors), it is written anew below its first comment.
 * @folder: as for reading it. Free with g_free(). */
char         *smalti_spec_edit_yaml (const SmaltiSpec          *self,
                                    const char                 *yaml,
                                    const char                 *folder);
/* "train.lr", "method.grid", "seed"; "method.name" and "backbone.name" change the method (its other keys return to their
 * defaults). */
gboolean      smalti_spec_set      (SmaltiSpec                 *self,
                                    const char                 *key,
                                    const char                 *text,
                                    GError                    **error);
/* The value of such a key as canonical YAML text; %NULL when there is none of that name. Free with g_free(). */
char         *smalti_spec_get_text (const SmaltiSpec           *self,
                                    const char                 *key);
/* Keys that may change while a run is under way, %NULL-terminated: "train.lr", "train.epochs". */
extern const char *const smalti_spec_changeable[];
/* Whether @key is one of them and @value is a value for it. @self: (nullable): when given, also whether it makes sense in
 * it: epochs have no meaning in a run that is planned by minutes. */
gboolean      smalti_spec_check_change (const SmaltiSpec       *self,
                                    const char                 *key,
                                    const char                 *value,
                                    GError                    **error);
/* What tables alone can't see. Parsing does the first part (what is missing, devices that don't exist); this also builds
 * the network once: tiles too small for the backbone, more permutations than there are (ARGUMENT, SHAPE). What only the
 * images tell, labels that are not there, is found when they are opened. May take a second for large permutation sets. */
gboolean      smalti_spec_check    (const SmaltiSpec           *self,
                                    GError                    **error);

const SmaltiPretextClass  *smalti_spec_get_method   (const SmaltiSpec *self);
const SmaltiBackboneClass *smalti_spec_get_backbone (const SmaltiSpec *self);
/* (transfer none): "" the top level, "data", "method", "backbone", "train", "eval". */
SmaltiValues              *smalti_spec_get_values   (const SmaltiSpec *self,
                                                     const char       *section);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiSpec, smalti_spec_unref)

G_END_DECLS
