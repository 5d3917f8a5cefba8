/* SPDX-License-Identifier: Apache-2.0 */
/* Jigsaw puzzles (Noroozi & Favaro 2016, arXiv:1603.09246): the image is cut into tiles, shuffled by one of a fixed set
 * of permutations, and the network says by which. Every tile goes through the same trunk by itself; only the head sees
 * them together.
 *
 * Slot i of a puzzle shows the tile that belongs in cell p[i] of the image.
 *
 * Without care the network finds shortcuts instead of objects. Edges that continue from tile to tile: each tile lies at
 * a random place in its cell, @gap pixels smaller than it. Brightness and colour alike in neighbours: each tile is
 * brought to mean 0 and deviation 1 by itself. Chromatic aberration, which tells a tile's distance from the lens's
 * axis: colour planes are shifted against each other and a share of the images is grey (section 4.2 of the paper). */
#include "core/pretext/jigsaw.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/nn/layers.h"
#include "core/pretext/pretext-private.h"

#define MAX_GRID  3
#define MAX_TILES (MAX_GRID * MAX_GRID)

static const char *const criteria[] = { "max_avg", "max_min", NULL };

/* clang-format off */
static const SmaltiParam params[] = {
  { .key = "grid", .title = N_ ("Grid"), .help = N_ ("Tiles on a side: 2 has 24 permutations, 3 has 362,880."),
    .type = SMALTI_PARAM_INT, .value = "3", .min = 2, .max = MAX_GRID },
  { .key = "tile", .title = N_ ("Tile"), .help = N_ ("Side of a tile as the network sees it."), .unit = "px",
    .type = SMALTI_PARAM_INT, .value = "64", .min = 8, .max = 256 },
  { .key = "gap", .title = N_ ("Gap"),
    .help = N_ ("How much larger than the tile its cell is; the tile lies in it at random, so that edges do not continue."),
    .unit = "px", .type = SMALTI_PARAM_INT, .value = "11", .min = 0, .max = 128 },
  { .key = "permutations", .title = N_ ("Permutations"), .help = N_ ("Number of classes: how many orders are told apart."),
    .type = SMALTI_PARAM_INT, .value = "100", .min = 2, .max = 362880, .flags = SMALTI_PARAM_LOG },
  { .key = "criterion", .title = N_ ("Chosen by"),
    .help = N_ ("Largest mean distance (the published sets) or largest least distance between permutations."),
    .type = SMALTI_PARAM_CHOICE, .value = "max_avg", .choices = criteria, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "permutation_seed", .title = N_ ("Seed of the permutations"), .help = N_ ("Another number, another set."),
    .type = SMALTI_PARAM_INT, .value = "1", .min = 0, .max = G_MAXINT32, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "min_scale", .title = N_ ("Least crop"),
    .help = N_ ("The puzzle is cut from a random square of at least this share of the image's short side."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.8", .min = 0.1, .max = 1 },
  { .key = "normalize", .title = N_ ("Normalise each tile"),
    .help = N_ ("Bring every tile to mean 0 and deviation 1 by itself, so that likeness of neighbours gives nothing away."),
    .type = SMALTI_PARAM_BOOL, .value = "true" },
  { .key = "grey", .title = N_ ("Share in grey"), .help = N_ ("Probability that a puzzle loses its colour."),
    .type = SMALTI_PARAM_FLOAT, .value = "0.3", .min = 0, .max = 1 },
  { .key = "channel_shift", .title = N_ ("Shift of colour planes"),
    .help = N_ ("Red, green and blue are moved against each other by up to so much, against chromatic aberration."),
    .unit = "px", .type = SMALTI_PARAM_INT, .value = "2", .min = 0, .max = 8 },
  { .key = "color_jitter", .title = N_ ("Colour jitter"),
    .help = N_ ("Strength of random changes of brightness, contrast and saturation."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 1 },
  { .key = "flip", .title = N_ ("Mirror"), .help = N_ ("Mirror half of the images, left and right."),
    .type = SMALTI_PARAM_BOOL, .value = "true" },
  { .key = "fc6", .title = N_ ("Width per tile"), .help = N_ ("Outputs of the fully connected layer of each tile."),
    .type = SMALTI_PARAM_INT, .value = "512", .min = 1, .max = 8192, .flags = SMALTI_PARAM_LOG },
  { .key = "fc7", .title = N_ ("Width of the global layer"),
    .help = N_ ("Outputs of the fully connected layer that sees all tiles; 0 leaves it out."),
    .type = SMALTI_PARAM_INT, .value = "4096", .min = 0, .max = 16384 },
  { .key = "head_norm", .title = N_ ("Batch norm in the head"),
    .help = N_ ("Normalise the fully connected layers too: learning starts much sooner."),
    .type = SMALTI_PARAM_BOOL, .value = "true", .flags = SMALTI_PARAM_ADVANCED },
  { .key = "dropout", .title = N_ ("Dropout"), .help = N_ ("Share of the global layer's inputs left out in training."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 0.95, .flags = SMALTI_PARAM_ADVANCED },
  { .key = "label_smoothing", .title = N_ ("Label smoothing"),
    .help = N_ ("Share of the target spread evenly over all permutations."),
    .type = SMALTI_PARAM_FLOAT, .value = "0", .min = 0, .max = 0.9, .flags = SMALTI_PARAM_ADVANCED },
  { .key = NULL },
};
/* clang-format on */

typedef struct
{
  SmaltiPretext base;
  SmaltiPermutationSet *set;
  gint grid, n_tiles, tile, gap, side; /* side = grid * (tile + gap): of the square that is cut */
  gboolean normalize, flip, head_norm;
  gfloat min_scale, grey, color_jitter, dropout, label_smoothing;
  gint channel_shift, fc6, fc7;
} Jigsaw;

/* One puzzle before it becomes numbers. */
typedef struct
{
  SmaltiImage *square;
  guint permutation;
  gint x[MAX_TILES], y[MAX_TILES]; /* of the tile that belongs in each cell */
} Puzzle;

static SmaltiPretext *
jigsaw_create (const SmaltiPretextClass *klass, const SmaltiValues *values, SmaltiDataset *dataset, GError **error)
{
  gint grid = smalti_values_get_int (values, "grid");
  SmaltiPermutationSet *set = smalti_permutation_set_new (grid * grid, smalti_values_get_int (values, "permutations"),
                                                          smalti_values_get_choice (values, "criterion"),
                                                          smalti_values_get_int (values, "permutation_seed"), error);
  Jigsaw *self;

  if (set == NULL)
    return NULL;
  self = g_new0 (Jigsaw, 1);
  self->base.klass = klass;
  self->set = set;
  self->grid = grid;
  self->n_tiles = grid * grid;
  self->tile = smalti_values_get_int (values, "tile");
  self->gap = smalti_values_get_int (values, "gap");
  self->side = grid * (self->tile + self->gap);
  self->normalize = smalti_values_get_bool (values, "normalize");
  self->flip = smalti_values_get_bool (values, "flip");
  self->head_norm = smalti_values_get_bool (values, "head_norm");
  self->min_scale = smalti_values_get_float (values, "min_scale");
  self->grey = smalti_values_get_float (values, "grey");
  self->color_jitter = smalti_values_get_float (values, "color_jitter");
  self->dropout = smalti_values_get_float (values, "dropout");
  self->label_smoothing = smalti_values_get_float (values, "label_smoothing");
  self->channel_shift = smalti_values_get_int (values, "channel_shift");
  self->fc6 = smalti_values_get_int (values, "fc6");
  self->fc7 = smalti_values_get_int (values, "fc7");
  return &self->base;
}

static void
jigsaw_destroy (SmaltiPretext *pretext)
{
  Jigsaw *self = (Jigsaw *)pretext;

  smalti_permutation_set_free (self->set);
  g_free (self);
}

/* In training a random square of the image, changed in colour; else the largest in the middle, as it is. Drawn in this
 * order and no other: a copy of @random cuts the same puzzle again. */
static Puzzle
puzzle_cut (const Jigsaw *self, const SmaltiImage *image, SmaltiRandom *random, gboolean training)
{
  gdouble short_side = MIN (image->width, image->height);
  gdouble crop = training ? short_side * smalti_random_range (random, self->min_scale, 1) : short_side;
  gdouble x = (image->width - crop) * (training ? smalti_random_float (random) : 0.5f);
  gdouble y = (image->height - crop) * (training ? smalti_random_float (random) : 0.5f);
  const gint cell = self->tile + self->gap;
  Puzzle puzzle;

  puzzle.square = smalti_image_crop_resize (image, x, y, crop, crop, self->side, self->side);
  if (training)
    {
      if (self->flip && smalti_random_chance (random, 0.5f))
        smalti_image_flip (puzzle.square);
      if (self->color_jitter > 0)
        smalti_augment_color_jitter (puzzle.square, random, self->color_jitter, 0);
      if (self->channel_shift > 0)
        smalti_augment_channel_shift (puzzle.square, random, self->channel_shift);
      if (smalti_random_chance (random, self->grey))
        smalti_image_to_grey (puzzle.square);
    }
  puzzle.permutation = smalti_random_int (random, self->set->n);
  for (gint i = 0; i < self->n_tiles; i++)
    {
      puzzle.x[i] = i % self->grid * cell + smalti_random_int (random, self->gap + 1);
      puzzle.y[i] = i / self->grid * cell + smalti_random_int (random, self->gap + 1);
    }
  return puzzle;
}

static void
jigsaw_draw (gpointer data, const SmaltiImage *image, gint label, SmaltiRandom *random, gboolean training,
             gpointer const *fields)
{
  const Jigsaw *self = data;
  const Puzzle puzzle = puzzle_cut (self, image, random, training);
  const guint8 *order = smalti_permutation_set_get (self->set, puzzle.permutation);
  gfloat *tiles = fields[0];

  for (gint i = 0; i < self->n_tiles; i++, tiles += 3 * self->tile * self->tile)
    {
      gint x = puzzle.x[order[i]], y = puzzle.y[order[i]];

      if (self->normalize)
        smalti_input_tile (puzzle.square, x, y, self->tile, self->tile, tiles);
      else
        {
          g_autoptr (SmaltiImage) tile = smalti_image_crop (puzzle.square, x, y, self->tile, self->tile);

          smalti_input_rgb (tile, tiles);
        }
    }
  *(gint32 *)fields[1] = puzzle.permutation;
  smalti_image_unref (puzzle.square);
}

static void
jigsaw_sampler (SmaltiPretext *pretext, SmaltiSampler *sampler)
{
  Jigsaw *self = (Jigsaw *)pretext;

  *sampler = (SmaltiSampler){
    .field = { { "tiles", SMALTI_DTYPE_F32, SMALTI_SHAPE (self->n_tiles, 3, self->tile, self->tile) },
               { "permutation", SMALTI_DTYPE_I32, SMALTI_SCALAR } },
    .n_fields = 2,
    .min_side = (gint)ceil (self->side / self->min_scale),
    .draw = jigsaw_draw,
    .self = self,
  };
}

static SmaltiValue *
dense (SmaltiGraph *graph, const Jigsaw *self, guint i, SmaltiValue *x, gint n_outputs)
{
  SmaltiInit init = { .kind = SMALTI_INIT_HE_FAN_IN };
  g_autofree char *fc = g_strdup_printf (SMALTI_HEAD_PREFIX "fc%u", i);
  g_autofree char *bn = g_strdup_printf (SMALTI_HEAD_PREFIX "bn%u", i);
  g_autofree char *relu = g_strdup_printf (SMALTI_HEAD_PREFIX "relu%u", i);

  x = smalti_layer_linear (graph, fc, x, n_outputs, !self->head_norm, init);
  if (self->head_norm)
    x = smalti_layer_batch_norm (graph, bn, x);
  return smalti_relu (graph, relu, x);
}

static void
jigsaw_build (SmaltiPretext *pretext, SmaltiGraph *graph, const SmaltiBackboneClass *backbone,
              const SmaltiValues *backbone_values, guint batch, SmaltiPretextGraph *out)
{
  Jigsaw *self = (Jigsaw *)pretext;
  SmaltiSampler sampler;
  SmaltiValue *x;

  *out = (SmaltiPretextGraph){ 0 };
  jigsaw_sampler (pretext, &sampler);
  out->field[0] = smalti_input_of_field (graph, &sampler.field[0], SMALTI_CLASS_ACTIVATION, batch);
  out->field[1] = smalti_input_of_field (graph, &sampler.field[1], SMALTI_CLASS_I32, batch);

  x = smalti_reshape (graph, "tiles_apart", out->field[0],
                      SMALTI_SHAPE ((gint64)batch * self->n_tiles, 3, self->tile, self->tile));
  backbone->build (graph, backbone_values, SMALTI_TRUNK_PREFIX, x, &out->trunk);

  x = smalti_flatten (graph, SMALTI_HEAD_PREFIX "flatten", out->trunk.features);
  x = dense (graph, self, 6, x, self->fc6);
  x = smalti_reshape (graph, SMALTI_HEAD_PREFIX "together", x, SMALTI_SHAPE (batch, (gint64)self->n_tiles * self->fc6));
  if (self->dropout > 0)
    x = smalti_dropout (graph, SMALTI_HEAD_PREFIX "dropout6", x, self->dropout);
  if (self->fc7 > 0)
    x = dense (graph, self, 7, x, self->fc7);
  out->logits = smalti_as_f32 (graph, smalti_layer_linear (graph, SMALTI_HEAD_PREFIX "fc8", x, self->set->n, TRUE,
                                                           (SmaltiInit){ .kind = SMALTI_INIT_UNIFORM_FAN_IN }));

  out->loss = smalti_cross_entropy (
      graph, "loss", out->logits, out->field[1], NULL, NULL,
      (SmaltiCrossEntropyAttr){ .target = SMALTI_TARGET_INDEX, .label_smoothing = self->label_smoothing });
  out->metric[0].name = "accuracy";
  out->metric[0].sum = smalti_correct (graph, "accuracy", out->logits, out->field[1], 1);
  out->metric[0].divisor = batch;
  out->metric[0].percent = TRUE;
  out->n_metrics = 1;
  if (self->set->n >= 10)
    {
      out->metric[1] = out->metric[0];
      out->metric[1].name = "top5";
      out->metric[1].sum = smalti_correct (graph, "top5", out->logits, out->field[1], 5);
      out->n_metrics = 2;
    }
}

/* An image of the puzzle's tiles without their gaps; @cell says which tile lies where. */
static SmaltiImage *
puzzle_picture (const Jigsaw *self, const Puzzle *puzzle, const guint8 *cell)
{
  SmaltiImage *picture = smalti_image_new (self->grid * self->tile, self->grid * self->tile);

  for (gint i = 0; i < self->n_tiles; i++)
    {
      g_autoptr (SmaltiImage) tile
          = smalti_image_crop (puzzle->square, puzzle->x[cell[i]], puzzle->y[cell[i]], self->tile, self->tile);

      smalti_image_paste (picture, tile, i % self->grid * self->tile, i / self->grid * self->tile);
    }
  return picture;
}

/* "3 1 2 | 6 5 4 | 9 8 7": which tile each slot shows, row by row, counted from 1. */
static char *
permutation_label (const Jigsaw *self, guint permutation)
{
  const guint8 *order = smalti_permutation_set_get (self->set, permutation);
  GString *text = g_string_new (NULL);

  for (gint i = 0; i < self->n_tiles; i++)
    g_string_append_printf (text, "%s%u", i == 0 ? "" : i % self->grid == 0 ? " | " : " ", order[i] + 1u);
  return g_string_free (text, FALSE);
}

const SmaltiPermutationSet *
smalti_jigsaw_get_set (SmaltiPretext *pretext)
{
  g_return_val_if_fail (pretext->klass == &smalti_jigsaw_class, NULL);

  return ((Jigsaw *)pretext)->set;
}

gboolean
smalti_jigsaw_is_order (SmaltiPretext *pretext, const guint8 *order)
{
  const Jigsaw *self = (const Jigsaw *)pretext;
  guint seen = 0;

  for (gint i = 0; i < self->n_tiles; i++)
    seen |= order[i] < self->n_tiles ? 1u << order[i] : 0;
  return seen == (1u << self->n_tiles) - 1;
}

void
smalti_jigsaw_arrange (SmaltiPretext *pretext, gpointer const *fields, const guint8 *order)
{
  const Jigsaw *self = (const Jigsaw *)pretext;
  const gsize n = 3 * (gsize)self->tile * self->tile;
  gint32 *permutation = fields[1];
  const guint8 *shown = smalti_permutation_set_get (self->set, *permutation);
  g_autofree gfloat *before = g_memdup2 (fields[0], self->n_tiles * n * sizeof (gfloat));

  for (gint i = 0; i < self->n_tiles; i++)
    for (gint j = 0; j < self->n_tiles; j++)
      if (shown[j] == order[i])
        memcpy ((gfloat *)fields[0] + i * n, before + j * n, n * sizeof (gfloat));
}

SmaltiPreview *
smalti_jigsaw_preview (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random,
                       const guint8 *order, const gfloat *logits)
{
  const Jigsaw *self = (const Jigsaw *)pretext;
  SmaltiRandom again = *random;
  const Puzzle puzzle = puzzle_cut (self, image, &again, FALSE);
  SmaltiPreview *preview = g_new0 (SmaltiPreview, 1);
  g_autofree gfloat *probability = g_new (gfloat, self->set->n);
  const guint answer = smalti_softmax_host (logits, self->set->n, probability);
  const guint8 *shown = order != NULL ? order : smalti_permutation_set_get (self->set, puzzle.permutation);
  const guint8 *said = smalti_permutation_set_get (self->set, answer);
  guint8 in_place[MAX_TILES], put[MAX_TILES];
  guint top[G_N_ELEMENTS (preview->top)], n_top = MIN (G_N_ELEMENTS (top), self->set->n);
  gint n_right = 0;

  /* The answer puts what slot i shows where it says that slot i belongs. */
  for (gint i = 0; i < self->n_tiles; i++)
    {
      in_place[i] = i;
      put[said[i]] = shown[i];
    }
  for (gint i = 0; i < self->n_tiles; i++)
    {
      preview->wrong[i] = put[i] != i;
      n_right += put[i] == i;
    }
  preview->input = puzzle_picture (self, &puzzle, shown);
  preview->answer = puzzle_picture (self, &puzzle, put);
  preview->truth = puzzle_picture (self, &puzzle, in_place);
  preview->grid = self->grid;
  memcpy (preview->shown, shown, self->n_tiles);
  preview->correct = n_right == self->n_tiles;
  preview->score = probability[answer];
  preview->caption
      = g_strdup_printf (_ ("%u of %d tiles in place, %.0f%% sure"), n_right, self->n_tiles, 100 * probability[answer]);
  smalti_top_of (probability, self->set->n, top, n_top);
  for (guint k = 0; k < n_top; k++)
    {
      preview->top[k].label = permutation_label (self, top[k]);
      preview->top[k].probability = probability[top[k]];
      memcpy (preview->top[k].order, smalti_permutation_set_get (self->set, top[k]), self->n_tiles);
    }
  smalti_image_unref (puzzle.square);
  return preview;
}

static SmaltiPreview *
jigsaw_preview (SmaltiPretext *pretext, const SmaltiImage *image, gint label, const SmaltiRandom *random,
                const gfloat *logits)
{
  return smalti_jigsaw_preview (pretext, image, random, NULL, logits);
}

SmaltiImage *
smalti_jigsaw_cut (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random, gint max_side,
                   guint *grid, guint8 *order)
{
  const Jigsaw *self = (const Jigsaw *)pretext;
  SmaltiRandom again = *random;
  const Puzzle puzzle = puzzle_cut (self, image, &again, FALSE);
  const gdouble crop = MIN (image->width, image->height), scale = crop / self->side, cut = self->tile * scale;
  const gdouble left = (image->width - crop) / 2, top = (image->height - crop) / 2;
  const gint side = CLAMP ((gint)cut, MIN (self->tile, max_side), max_side);
  SmaltiImage *picture = smalti_image_new (self->grid * side, self->grid * side);

  for (gint i = 0; i < self->n_tiles; i++)
    {
      g_autoptr (SmaltiImage) tile = smalti_image_crop_resize (image, left + puzzle.x[i] * scale,
                                                               top + puzzle.y[i] * scale, cut, cut, side, side);

      smalti_image_paste (picture, tile, i % self->grid * side, i / self->grid * side);
    }
  *grid = self->grid;
  memcpy (order, smalti_permutation_set_get (self->set, puzzle.permutation), self->n_tiles);
  smalti_image_unref (puzzle.square);
  return picture;
}

/* The square with everything between the tiles darkened, and a line along the border of each. */
static SmaltiImage *
cut_picture (const Jigsaw *self, const Puzzle *puzzle)
{
  SmaltiImage *picture = smalti_image_copy (puzzle->square);
  const gint line = MAX (1, self->tile / 48);

  for (gint y = 0; y < self->side; y++)
    for (gint x = 0; x < self->side; x++)
      {
        gint cell = y / (self->tile + self->gap) * self->grid + x / (self->tile + self->gap);
        gint u = x - puzzle->x[cell], v = y - puzzle->y[cell];
        guint8 *pixel = picture->pixels + 3 * ((gsize)y * self->side + x);

        if (u < 0 || v < 0 || u >= self->tile || v >= self->tile)
          for (guint c = 0; c < 3; c++)
            pixel[c] /= 3;
        else if (MIN (MIN (u, v), self->tile - 1 - MAX (u, v)) < line)
          memset (pixel, 255, 3);
      }
  return picture;
}

/* Tiles of the tensor edge to edge; cell i shows the tile in slot[i]. */
static SmaltiImage *
tensor_picture (const Jigsaw *self, const gfloat *tiles, const guint8 *slot)
{
  SmaltiImage *picture = smalti_image_new (self->grid * self->tile, self->grid * self->tile);
  const gsize n = 3 * (gsize)self->tile * self->tile;

  for (gint i = 0; i < self->n_tiles; i++)
    {
      g_autoptr (SmaltiImage) tile = smalti_input_show_rgb (tiles + slot[i] * n, self->tile, self->tile);

      smalti_image_paste (picture, tile, i % self->grid * self->tile, i / self->grid * self->tile);
    }
  return picture;
}

static void
jigsaw_look (SmaltiPretext *pretext, const SmaltiImage *image, const SmaltiRandom *random, gboolean training,
             gpointer const *fields, GPtrArray *looks)
{
  const Jigsaw *self = (const Jigsaw *)pretext;
  SmaltiRandom again = *random;
  const Puzzle puzzle = puzzle_cut (self, image, &again, training);
  const guint8 *shown = smalti_permutation_set_get (self->set, *(const gint32 *)fields[1]);
  guint8 slots[MAX_TILES], slot_of[MAX_TILES];
  SmaltiLook *look;

  for (gint i = 0; i < self->n_tiles; i++)
    {
      slots[i] = i;
      slot_of[shown[i]] = i;
    }
  smalti_look_add (looks, "cut", _ ("How the Image Is Cut"),
                   training
                       ? _ ("A square of the image, changed at random as in training; a tile at random in each cell.")
                       : _ ("The middle of the image; a tile at random in each cell."),
                   cut_picture (self, &puzzle));
  look = smalti_look_add (looks, "tiles", _ ("What the Network Gets"),
                          self->normalize ? _ ("The tiles shuffled, each brought to the same brightness and contrast.")
                                          : _ ("The tiles shuffled."),
                          tensor_picture (self, fields[0], slots));
  look->grid = self->grid;
  memcpy (look->order, shown, self->n_tiles);
  look = smalti_look_add (looks, "truth", _ ("What It Must Find"), _ ("The same tiles where they belong."),
                          tensor_picture (self, fields[0], slot_of));
  look->grid = self->grid;
  memcpy (look->order, slots, self->n_tiles);
  smalti_image_unref (puzzle.square);
}

static char *
jigsaw_describe (SmaltiPretext *pretext)
{
  Jigsaw *self = (Jigsaw *)pretext;

  return g_strdup_printf (_ ("%u permutations of %d tiles of %d px, mean distance %.2f, least distance %u"),
                          self->set->n, self->n_tiles, self->tile, self->set->mean_distance, self->set->min_distance);
}

static gint
jigsaw_side (SmaltiPretext *pretext)
{
  return ((Jigsaw *)pretext)->side;
}

static gint
jigsaw_n_channels (SmaltiPretext *pretext)
{
  return 3;
}

/* Not by its own statistics as a tile in training: that hides from the classifier how bright and colourful the image
 * is, and costs about 2 points of top-1 at every layer (Tiny ImageNet, 30 classes). ImageNet's mean and deviation bring
 * an image near enough to the mean 0 and deviation 1 that the trunk's batch norms know. */
static void
jigsaw_normalize (SmaltiPretext *pretext, const SmaltiImage *image, gfloat *out)
{
  smalti_input_rgb (image, out);
}

static void
jigsaw_input (SmaltiPretext *pretext, SmaltiInputForm *form)
{
  smalti_input_form (SMALTI_INPUT_RGB, form);
}

const SmaltiPretextClass smalti_jigsaw_class = {
  .id = "jigsaw",
  .title = N_ ("Jigsaw puzzles"),
  .summary = N_ ("Cut the image into tiles, shuffle them, and learn to say how."),
  .paper = "Noroozi & Favaro 2016, arXiv:1603.09246",
  .params = params,
  .trains = TRUE,
  .create = jigsaw_create,
  .destroy = jigsaw_destroy,
  .sampler = jigsaw_sampler,
  .build = jigsaw_build,
  .preview = jigsaw_preview,
  .look = jigsaw_look,
  .describe = jigsaw_describe,
  .side = jigsaw_side,
  .n_channels = jigsaw_n_channels,
  .normalize = jigsaw_normalize,
  .input = jigsaw_input,
};
