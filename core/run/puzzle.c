/* SPDX-License-Identifier: Apache-2.0 */
/* Finishing is an assignment of tiles to cells. With n tiles there are few enough sets of tiles (2^n) to know the best
 * way to fill the first cells with each of them, one cell after the other: exact, and done in microseconds. */
#include "core/run/puzzle.h"

#include "core/base/error.h"
#include "core/pretext/jigsaw.h"
#include "core/pretext/pretext-private.h"
#include "core/run/model-private.h"

#define N_ASKED 8

static gboolean
check (SmaltiModel *self, const guint8 *order, GError **error)
{
  if (self->pretext->klass != smalti_pretext_find ("jigsaw"))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("Only jigsaw runs solve puzzles; this one is of method %s."), self->pretext->klass->id);
      return FALSE;
    }
  if (order == NULL || smalti_jigsaw_is_order (self->pretext, order))
    return TRUE;
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("The order does not name each tile once."));
  return FALSE;
}

static void
arrange (SmaltiModel *self, const guint8 *order)
{
  gpointer fields[SMALTI_MAX_FIELDS];

  for (guint f = 0; f < self->sampler.n_fields; f++)
    fields[f] = self->field[f]->data;
  smalti_jigsaw_arrange (self->pretext, fields, order);
}

SmaltiPreview *
smalti_model_predict_with (SmaltiModel *self, const SmaltiImage *image, guint64 seed, const guint8 *order,
                           GError **error)
{
  SmaltiRandom random;

  if (!check (self, order, error) || !smalti_model_draw (self, image, seed, &random, error))
    return NULL;
  if (order != NULL)
    arrange (self, order);
  return smalti_jigsaw_preview (self->pretext, image, &random, order, smalti_model_answer (self));
}

SmaltiImage *
smalti_model_cut_puzzle (SmaltiModel *self, const SmaltiImage *image, guint64 seed, gint max_side, guint *grid,
                         guint8 *order, GError **error)
{
  SmaltiRandom random;

  if (!check (self, NULL, error))
    return NULL;
  smalti_random_init (&random, seed, SMALTI_STREAM_SAMPLE, 0, 0);
  return smalti_jigsaw_cut (self->pretext, image, &random, max_side, grid, order);
}

/* Shows the tiles in @shown, and adds what comes of it. */
static void
ask (SmaltiModel *self, const SmaltiPermutationSet *set, const guint8 *shown, SmaltiPuzzleAnswer *answer)
{
  g_autofree gfloat *probability = g_new (gfloat, set->n);

  arrange (self, shown);
  smalti_softmax_host (smalti_model_answer (self), set->n, probability);
  for (guint p = 0; p < set->n; p++)
    {
      const guint8 *said = smalti_permutation_set_get (set, p);

      for (guint i = 0; i < set->n_tiles; i++)
        answer->place[shown[i]][said[i]] += probability[p] / N_ASKED;
    }
}

/* A set of tiles is a number whose bits they are. */
static void
assign (SmaltiPuzzleAnswer *answer, const guint8 *order, const guint8 *pinned)
{
  const guint n = answer->n_tiles;
  g_autofree gfloat *best
      = g_new (gfloat, 1u << n); /* of the first cells filled with those tiles; negative: not allowed */
  g_autofree guint8 *last = g_new0 (guint8, 1u << n);
  guint used = 0;

  for (guint i = 0; pinned != NULL && i < n; i++)
    used |= pinned[i] ? 1u << order[i] : 0;
  best[0] = 0;
  for (guint tiles = 1; tiles < 1u << n; tiles++)
    {
      guint cell = __builtin_popcount (tiles) - 1;
      gboolean fixed = pinned != NULL && pinned[cell];

      best[tiles] = -1;
      for (guint tile = 0; tile < n; tile++)
        {
          guint before = tiles & ~(1u << tile);

          if (before == tiles || best[before] < 0 || (fixed ? tile != order[cell] : (used >> tile & 1)))
            continue;
          if (best[before] + answer->place[tile][cell] > best[tiles])
            {
              best[tiles] = best[before] + answer->place[tile][cell];
              last[tiles] = tile;
            }
        }
    }
  for (guint tiles = (1u << n) - 1, cell = n; cell-- > 0; tiles &= ~(1u << last[tiles]))
    answer->order[cell] = last[tiles];
}

gboolean
smalti_model_finish_puzzle (SmaltiModel *self, const SmaltiImage *image, guint64 seed, const guint8 *order,
                            const guint8 *pinned, SmaltiPuzzleAnswer *answer, GError **error)
{
  const SmaltiPermutationSet *set;
  SmaltiRandom choice, random;

  *answer = (SmaltiPuzzleAnswer){ .n_asked = N_ASKED };
  if (!check (self, order, error))
    return FALSE;
  set = smalti_jigsaw_get_set (self->pretext);
  answer->n_tiles = set->n_tiles;
  smalti_random_init (&choice, seed, SMALTI_STREAM_PERMUTATIONS, 0, 0);
  for (guint i = 0; i < N_ASKED; i++)
    {
      if (!smalti_model_draw (self, image, seed, &random, error))
        return FALSE;
      ask (self, set, smalti_permutation_set_get (set, smalti_random_int (&choice, set->n)), answer);
    }
  assign (answer, order, pinned);
  for (guint i = 0; i < answer->n_tiles; i++)
    answer->n_right += answer->order[i] == i;
  return TRUE;
}
