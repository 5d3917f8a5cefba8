/* SPDX-License-Identifier: Apache-2.0 */
/* Weights between the master copy (row major, f32) and the blocked order a convolution prefers.
 *
 * Blocks split an index into digits, each with its own step, so the place of element (g, o, i, k) is a sum of four
 * terms, one of each index: four small tables, made once, describe any order there is. Tiles of 16 x 16 channels keep
 * what is read and what is written in the first level cache; oneDNN's own reorder of the commonest case takes four
 * times as long. */
#include "core/device/cpu/pack-private.h"

#include <string.h>

#define TILE   16  /* output channels */
#define ROWS   256 /* (input channel, tap) pairs of a tile at most: 16 KiB */
#define SQUARE 8   /* turned over in registers */

struct _SmaltiPack
{
  gint64 n_groups, n_out, n_in, n_taps;        /* as they are */
  gint64 padded_out, padded_in, padded_groups; /* as they lie */
  gint64 *group_at, *out_at, *in_at, *tap_at;  /* elements from the beginning */
  gboolean bf16;
  /* of a tile */
  gint64 tile_in, tile_taps;
  enum
  {
    ORDER_ANY,
    ORDER_OUT,      /* 16 output channels are neighbours */
    ORDER_OUT_PAIR, /* an even output channel and the next one are, and then the next input channel */
    ORDER_IN_PAIR,  /* an even input channel and the next one are, and then the next output channel */
  } order;
};

/* Where index @x of dimension @dim lies. */
static gint64
offset_of (const SmaltiDnnlBlocks *blocks, guint dim, gint64 x)
{
  gint64 offset = 0, step = 1;

  for (guint b = blocks->n_blocks; b-- > 0;)
    {
      if (blocks->block_dim[b] == dim)
        {
          offset += x % blocks->block[b] * step;
          x /= blocks->block[b];
        }
      step *= blocks->block[b];
    }
  return offset + x * blocks->stride[dim];
}

static gint64 *
table_new (const SmaltiDnnlBlocks *blocks, guint dim)
{
  gint64 *table = g_new (gint64, blocks->padded[dim]);

  for (gint64 x = 0; x < blocks->padded[dim]; x++)
    table[x] = offset_of (blocks, dim, x);
  return table;
}

static gboolean
steps_by (const gint64 *table, gint64 n, gint64 group, gint64 step)
{
  if (n % group != 0)
    return FALSE;
  for (gint64 i = 0; i < n; i += group)
    for (gint64 j = 1; j < group; j++)
      if (table[i + j] != table[i] + j * step)
        return FALSE;
  return TRUE;
}

/* In every @group of indices, the even ones are equally far apart. */
static gboolean
pairs_step_alike (const gint64 *table, gint64 n, gint64 group)
{
  for (gint64 i = 0; i < n; i += group)
    for (gint64 j = 0; j < group; j += 2)
      if (table[i + j] - table[i] != j / 2 * (table[i + 2] - table[i]))
        return FALSE;
  return TRUE;
}

static void
choose_order (SmaltiPack *self)
{
  const gint64 *out = self->out_at, *in = self->in_at;
  gint64 n_out = self->padded_out, n_in = self->padded_in;

  if (!self->bf16 && steps_by (out, n_out, TILE, 1))
    self->order = ORDER_OUT;
  else if (self->bf16 && steps_by (out, n_out, TILE, 2) && steps_by (in, n_in, 2, 1))
    self->order = ORDER_IN_PAIR;
  else if (self->bf16 && n_out % TILE == 0 && steps_by (out, n_out, 2, 1) && pairs_step_alike (out, n_out, TILE)
           && steps_by (in, n_in, TILE, 2))
    self->order = ORDER_OUT_PAIR;
  self->tile_taps = MIN (self->n_taps, ROWS / 2);
  self->tile_in = TILE;
  while (self->tile_in * self->tile_taps > ROWS)
    self->tile_in /= 2;
}

SmaltiPack *
smalti_pack_new (const SmaltiDnnlDesc *layout, gint groups, SmaltiShape shape, gboolean bf16)
{
  SmaltiPack *self = g_new0 (SmaltiPack, 1);
  SmaltiDnnlBlocks blocks;
  guint first, height, width;

  smalti_dnnl_desc_blocks (layout, &blocks);
  first = blocks.n_dims == 5 ? 1 : 0;
  height = first + 2;
  width = first + 3;
  self->n_groups = groups;
  self->n_out = shape.dim[0] / groups;
  self->n_in = shape.dim[1];
  self->n_taps = shape.dim[2] * shape.dim[3];
  self->bf16 = bf16;
  self->padded_groups = first == 1 ? blocks.padded[0] : 1;
  self->padded_out = blocks.padded[first];
  self->padded_in = blocks.padded[first + 1];
  self->group_at = first == 1 ? table_new (&blocks, 0) : g_new0 (gint64, 1);
  self->out_at = table_new (&blocks, first);
  self->in_at = table_new (&blocks, first + 1);
  self->tap_at = g_new (gint64, self->n_taps);
  for (gint64 k = 0; k < self->n_taps; k++)
    self->tap_at[k] = offset_of (&blocks, height, k / shape.dim[3]) + offset_of (&blocks, width, k % shape.dim[3]);
  choose_order (self);
  return self;
}

void
smalti_pack_free (SmaltiPack *self)
{
  if (self == NULL)
    return;
  g_free (self->group_at);
  g_free (self->out_at);
  g_free (self->in_at);
  g_free (self->tap_at);
  g_free (self);
}

/* A matrix of SQUARE x SQUARE turned over: three rounds, each of which swaps blocks half as wide as the last. */
typedef gfloat Row __attribute__ ((vector_size (SQUARE * sizeof (gfloat)), aligned (4)));
typedef gint32 Order __attribute__ ((vector_size (SQUARE * sizeof (gint32))));

#define SWAP(a, b, low, high)                                                                                          \
  {                                                                                                                    \
    Row kept = __builtin_shuffle (row[a], row[b], low);                                                                \
                                                                                                                       \
    row[b] = __builtin_shuffle (row[a], row[b], high);                                                                 \
    row[a] = kept;                                                                                                     \
  }

static inline __attribute__ ((always_inline)) void
turn_square (gfloat *to, gint64 to_step, const gfloat *from, gint64 from_step)
{
  Row row[SQUARE];

#pragma GCC unroll 8
  for (gint i = 0; i < SQUARE; i++)
    row[i] = *(const Row *)(from + i * from_step);
#pragma GCC unroll 4
  for (gint i = 0; i < 4; i++)
    SWAP (i, i + 4, ((Order){ 0, 1, 2, 3, 8, 9, 10, 11 }), ((Order){ 4, 5, 6, 7, 12, 13, 14, 15 }))
#pragma GCC unroll 4
  for (gint i = 0; i < 4; i++)
    SWAP (i / 2 * 4 + i % 2, i / 2 * 4 + i % 2 + 2, ((Order){ 0, 1, 8, 9, 4, 5, 12, 13 }),
          ((Order){ 2, 3, 10, 11, 6, 7, 14, 15 }))
#pragma GCC unroll 4
  for (gint i = 0; i < 4; i++)
    SWAP (2 * i, 2 * i + 1, ((Order){ 0, 8, 2, 10, 4, 12, 6, 14 }), ((Order){ 1, 9, 3, 11, 5, 13, 7, 15 }))
#pragma GCC unroll 8
  for (gint i = 0; i < SQUARE; i++)
    *(Row *)(to + i * to_step) = row[i];
}

/* to[c * to_step + r] = from[r * from_step + c] */
SMALTI_CPU_CLONES static void
turn (gfloat *restrict to, gint64 to_step, const gfloat *restrict from, gint64 from_step, gint64 rows, gint64 columns)
{
  gint64 whole_rows = rows / SQUARE * SQUARE, whole_columns = columns / SQUARE * SQUARE;

  for (gint64 c = 0; c < whole_columns; c += SQUARE)
    for (gint64 r = 0; r < whole_rows; r += SQUARE)
      turn_square (to + c * to_step + r, to_step, from + r * from_step + c, from_step);
  for (gint64 r = 0; r < rows; r++)
    for (gint64 c = r < whole_rows ? whole_columns : 0; c < columns; c++)
      to[c * to_step + r] = from[r * from_step + c];
}

/* A tile: where it is in the weights, and as many of its channels as there are. */
typedef struct
{
  gint64 group, out, in, tap;
  gint64 n_out, n_in, n_taps;
} Tile;

/* Row (i, k) of a turned tile is the 16 output channels' weights of input channel i at tap k. */
SMALTI_CPU_CLONES static void
store_pairs (guint32 *restrict to, const guint16 *restrict even, const guint16 *restrict odd)
{
  for (gint64 o = 0; o < TILE; o++)
    to[o] = even[o] | (guint32)odd[o] << 16;
}

static void
store_in_pairs (const SmaltiPack *self, guint16 *packed, const Tile *t, const gfloat *turned)
{
  guint16 narrow[ROWS * TILE], *base = packed + self->group_at[t->group] + self->out_at[t->out];

  smalti_cpu_narrow (narrow, turned, t->n_in * t->n_taps * TILE);
  for (gint64 k = 0; k < t->n_taps; k++)
    for (gint64 i = 0; i < t->n_in; i += 2)
      store_pairs ((guint32 *)(base + self->in_at[t->in + i] + self->tap_at[t->tap + k]),
                   narrow + (i * t->n_taps + k) * TILE, narrow + ((i + 1) * t->n_taps + k) * TILE);
}

/* A pair is moved as if it were a float. */
static void
store_out_pairs (const SmaltiPack *self, guint16 *packed, const Tile *t, const gfloat *turned)
{
  guint16 narrow[ROWS * TILE];
  gint64 step = self->out_at[t->out + 2] - self->out_at[t->out];

  smalti_cpu_narrow (narrow, turned, t->n_in * t->n_taps * TILE);
  for (gint64 k = 0; k < t->n_taps; k++)
    turn ((gfloat *)(packed + self->group_at[t->group] + self->out_at[t->out] + self->in_at[t->in]
                     + self->tap_at[t->tap + k]),
          step / 2, (const gfloat *)(narrow + k * TILE), t->n_taps * TILE / 2, t->n_in, TILE / 2);
}

static void
store_any (const SmaltiPack *self, gpointer packed, const Tile *t, const gfloat *turned)
{
  for (gint64 k = 0; k < t->n_taps; k++)
    for (gint64 i = 0; i < t->n_in; i++)
      for (gint64 o = 0; o < t->n_out; o++)
        {
          gfloat x = turned[(i * t->n_taps + k) * TILE + o];
          gint64 at
              = self->group_at[t->group] + self->out_at[t->out + o] + self->in_at[t->in + i] + self->tap_at[t->tap + k];

          if (self->bf16)
            ((guint16 *)packed)[at] = smalti_bf16_from_f32 (x);
          else
            ((gfloat *)packed)[at] = x;
        }
}

static void
store_rows (const SmaltiPack *self, gfloat *packed, const Tile *t, const gfloat *turned)
{
  gfloat *base = packed + self->group_at[t->group] + self->out_at[t->out];

  for (gint64 k = 0; k < t->n_taps; k++)
    for (gint64 i = 0; i < t->n_in; i++)
      memcpy (base + self->in_at[t->in + i] + self->tap_at[t->tap + k], turned + (i * t->n_taps + k) * TILE,
              TILE * sizeof *turned);
}

/* The part of a tile that exists, with @n_taps contiguous weights of each input channel; the rest is padding. */
static void
pack_tile (const SmaltiPack *self, gpointer packed, const gfloat *master, const Tile *t)
{
  gfloat turned[ROWS * TILE];
  gint64 n_out = t->group < self->n_groups ? CLAMP (self->n_out - t->out, 0, t->n_out) : 0;
  gint64 n_in = CLAMP (self->n_in - t->in, 0, t->n_in), row = self->n_in * self->n_taps;
  const gfloat *from = master + (t->group * self->n_out + t->out) * row + t->in * self->n_taps + t->tap;

  if (n_out < TILE || n_in < t->n_in)
    memset (turned, 0, sizeof turned);
  if (n_out > 0 && t->n_taps == self->n_taps)
    turn (turned, TILE, from, row, n_out, n_in * t->n_taps);
  else if (n_out > 0)
    for (gint64 i = 0; i < n_in; i++)
      turn (turned + i * t->n_taps * TILE, TILE, from + i * self->n_taps, row, n_out, t->n_taps);

  if (self->order == ORDER_IN_PAIR)
    store_in_pairs (self, packed, t, turned);
  else if (self->order == ORDER_OUT_PAIR)
    store_out_pairs (self, packed, t, turned);
  else if (self->order == ORDER_OUT)
    store_rows (self, packed, t, turned);
  else
    store_any (self, packed, t, turned);
}

/* The @i-th of the tiles that cover the weights as they are, or as they lie (@padded). */
static void
tile_at (const SmaltiPack *self, gboolean padded, gint64 i, Tile *t)
{
  gint64 all_out = padded ? self->padded_out : self->n_out, all_in = padded ? self->padded_in : self->n_in;
  gint64 n_taps = (self->n_taps + self->tile_taps - 1) / self->tile_taps;
  gint64 n_in = (all_in + self->tile_in - 1) / self->tile_in, n_out = (all_out + TILE - 1) / TILE;

  t->tap = i % n_taps * self->tile_taps;
  t->in = i / n_taps % n_in * self->tile_in;
  t->out = i / n_taps / n_in % n_out * TILE;
  t->group = i / n_taps / n_in / n_out;
  t->n_taps = MIN (self->tile_taps, self->n_taps - t->tap);
  t->n_in = MIN (self->tile_in, all_in - t->in);
  t->n_out = MIN (TILE, all_out - t->out);
}

static gint64
count_tiles (const SmaltiPack *self, gboolean padded)
{
  gint64 all_out = padded ? self->padded_out : self->n_out, all_in = padded ? self->padded_in : self->n_in;

  return (padded ? self->padded_groups : self->n_groups) * ((all_out + TILE - 1) / TILE)
         * ((all_in + self->tile_in - 1) / self->tile_in) * ((self->n_taps + self->tile_taps - 1) / self->tile_taps);
}

void
smalti_pack_run (const SmaltiPack *self, gpointer packed, const gfloat *master)
{
  gint64 n = count_tiles (self, TRUE);

#pragma omp parallel for schedule(static)
  for (gint64 i = 0; i < n; i++)
    {
      Tile tile;

      tile_at (self, TRUE, i, &tile);
      pack_tile (self, packed, master, &tile);
    }
}

SMALTI_CPU_CLONES static void
add_row (gfloat *restrict to, const gfloat *restrict from, guint n_parts, gsize part)
{
  for (gint64 o = 0; o < TILE; o++)
    to[o] = from[o];
  for (guint p = 1; p < n_parts; p++)
    for (gint64 o = 0; o < TILE; o++)
      to[o] += from[p * part + o];
}

static void
add_any (const SmaltiPack *self, gfloat *to, const gfloat *from, const gint64 *out_at, gint64 n, guint n_parts,
         gsize part)
{
  for (gint64 o = 0; o < n; o++)
    {
      to[o] = from[out_at[o]];
      for (guint p = 1; p < n_parts; p++)
        to[o] += from[p * part + out_at[o]];
    }
}

static void
sum_tile (const SmaltiPack *self, gfloat *master, const gfloat *packed, const Tile *t, guint n_parts, gsize part)
{
  gfloat turned[ROWS * TILE];
  gint64 row = self->n_in * self->n_taps;
  gfloat *to = master + (t->group * self->n_out + t->out) * row + t->in * self->n_taps + t->tap;
  const gfloat *base = packed + self->group_at[t->group];

  for (gint64 k = 0; k < t->n_taps; k++)
    for (gint64 i = 0; i < t->n_in; i++)
      {
        const gfloat *from = base + self->in_at[t->in + i] + self->tap_at[t->tap + k];
        gfloat *sums = turned + (i * t->n_taps + k) * TILE;

        if (self->order == ORDER_OUT)
          add_row (sums, from + self->out_at[t->out], n_parts, part);
        else
          add_any (self, sums, from, self->out_at + t->out, t->n_out, n_parts, part);
      }
  if (t->n_taps == self->n_taps)
    turn (to, row, turned, TILE, t->n_in * t->n_taps, t->n_out);
  else
    for (gint64 i = 0; i < t->n_in; i++)
      turn (to + i * self->n_taps, row, turned + i * t->n_taps * TILE, TILE, t->n_taps, t->n_out);
}

void
smalti_pack_sum (const SmaltiPack *self, gfloat *master, gconstpointer packed, guint n_parts, gsize part_bytes)
{
  gint64 n = count_tiles (self, FALSE);

#pragma omp parallel for schedule(static)
  for (gint64 i = 0; i < n; i++)
    {
      Tile tile;

      tile_at (self, FALSE, i, &tile);
      sum_tile (self, master, packed, &tile, n_parts, part_bytes / sizeof (gfloat));
    }
}
