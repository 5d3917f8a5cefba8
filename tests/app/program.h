/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the real program, in a world of its own: data, cache and home folders below a temporary one. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *folder; /* temporary; the current folder of every call */
} World;

World *world_new  (void);
/* Removes the folder. */
void   world_free (World *self);
/* A path below the folder; free with g_free(). */
char  *world_path (World *self, const char *name);
/* A file below the folder, with this text. */
void   world_write (World *self, const char *name, const char *text);

typedef struct
{
  int status; /* 0, 1, 2; -1 when a signal ended it */
  char *out, *err;
} Answer;

/* smalti with these words, up to a %NULL. */
Answer      *world_call  (World *self, ...) G_GNUC_NULL_TERMINATED;
/* The same, but does not wait: for sending signals. Both streams can be read with answer_of(). */
GSubprocess *world_spawn (World *self, ...) G_GNUC_NULL_TERMINATED;
Answer      *answer_of   (GSubprocess *process);
void         answer_free (Answer *self);

/* Fails, showing all of the answer, unless it ended with @status. */
void answer_assert_status (const Answer *self, int status);
/* ... unless standard error (or output) contains @text. */
void answer_assert_err    (const Answer *self, const char *text);
void answer_assert_out    (const Answer *self, const char *text);
/* ... unless every line of standard output is a JSON object; at least @least lines. */
void answer_assert_json   (const Answer *self, guint least);

/* Every path below @folder with its size and time of change, as one text: equal texts, nothing was touched. */
char *folder_state (const char *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

G_END_DECLS
