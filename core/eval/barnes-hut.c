/* SPDX-License-Identifier: Apache-2.0 */
/* How all points of a map push each other away, in n log n (Barnes & Hut 1986; van der Maaten 2014).
 *
 * Points are put in the order of a curve that fills the plane (Morton 1966), in which each cell of a quadtree is a run
 * of neighbours. The tree is walked once for all points of a leaf together, with the distance to the leaf's box
 * deciding what may be taken as one point; what comes out is a list of at most a few hundred masses, and every point of
 * the leaf meets every mass of it in loops that compile to vector instructions. Nothing is shared by leaves but what
 * they read. */
#include <math.h>
#include <string.h>

#include "core/eval/tsne-private.h"

#define LEVELS 16 /* of the tree: bits of a coordinate */
#define LEAF   32 /* points in a leaf, unless it is on the last level, where its points are as good as one */
#define LANES  32

/* As core/device/cpu does it. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CLONES __attribute__ ((target_clones ("default", "arch=x86-64-v3"), optimize ("O3")))
#else
#define CLONES
#endif

typedef struct
{
  gfloat x, y, mass;
} Mass;

/* Room that grows; g_array_append_val() costs more than the arithmetic here. */
typedef struct
{
  Mass *mass;
  guint n, room;
} Masses;

typedef struct
{
  guint first, n;      /* points, in the order of the curve */
  guint next;          /* the node after all that are within this one */
  gboolean leaf, lump; /* lump: too many points at one place to be told apart */
  Mass mass;           /* in the middle of its points */
  gfloat side_squared;
} Node;

struct _SmaltiRepulsion
{
  guint n;
  guint32 *key, *order, *other_key, *other_order;
  gfloat *x, *y;  /* in the order of the curve */
  gfloat *q_sum;  /* (n), of each point */
  GArray *nodes;  /* of Node, each before those within it */
  GArray *leaves; /* of guint */
};

SmaltiRepulsion *
smalti_repulsion_new (guint n)
{
  SmaltiRepulsion *self = g_new0 (SmaltiRepulsion, 1);

  self->n = n;
  self->key = g_new (guint32, n);
  self->order = g_new (guint32, n);
  self->other_key = g_new (guint32, n);
  self->other_order = g_new (guint32, n);
  self->x = g_new (gfloat, n);
  self->y = g_new (gfloat, n);
  self->q_sum = g_new (gfloat, n);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  self->leaves = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
smalti_repulsion_free (SmaltiRepulsion *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_free (self->order);
  g_free (self->other_key);
  g_free (self->other_order);
  g_free (self->x);
  g_free (self->y);
  g_free (self->q_sum);
  g_array_unref (self->nodes);
  g_array_unref (self->leaves);
  g_free (self);
}

/* Bits of @v to the even places. */
static guint32
spread (guint32 v)
{
  v = (v | v << 8) & 0x00ff00ff;
  v = (v | v << 4) & 0x0f0f0f0f;
  v = (v | v << 2) & 0x33333333;
  return (v | v << 1) & 0x55555555;
}

/* By one byte of the key; what is equal stays in its order. */
static void
sort_by_byte (SmaltiRepulsion *self, guint shift)
{
  guint at[257] = { 0 };
  guint32 *swap;

  for (guint i = 0; i < self->n; i++)
    at[(self->key[i] >> shift & 0xff) + 1]++;
  for (guint b = 0; b < 256; b++)
    at[b + 1] += at[b];
  for (guint i = 0; i < self->n; i++)
    {
      guint place = at[self->key[i] >> shift & 0xff]++;

      self->other_key[place] = self->key[i];
      self->other_order[place] = self->order[i];
    }
  swap = self->key, self->key = self->other_key, self->other_key = swap;
  swap = self->order, self->order = self->other_order, self->other_order = swap;
}

/* Sorts the points along the curve; the side of the square they lie in. */
static gdouble
sort_points (SmaltiRepulsion *self, const gfloat *y)
{
  gfloat left = y[0], right = y[0], top = y[1], bottom = y[1], side, scale;

  for (guint i = 1; i < self->n; i++)
    {
      left = MIN (left, y[2 * i]);
      right = MAX (right, y[2 * i]);
      top = MIN (top, y[2 * i + 1]);
      bottom = MAX (bottom, y[2 * i + 1]);
    }
  side = MAX (right - left, bottom - top) * 1.0001f;
  scale = side > 0 ? (1 << LEVELS) / side : 0;
  for (guint i = 0; i < self->n; i++)
    {
      guint column = CLAMP ((y[2 * i] - left) * scale, 0, (1 << LEVELS) - 1);
      guint row = CLAMP ((y[2 * i + 1] - top) * scale, 0, (1 << LEVELS) - 1);

      self->key[i] = spread (column) | spread (row) << 1;
      self->order[i] = i;
    }
  for (guint shift = 0; shift < 32; shift += 8)
    sort_by_byte (self, shift);
  for (guint i = 0; i < self->n; i++)
    {
      self->x[i] = y[2 * self->order[i]];
      self->y[i] = y[2 * self->order[i] + 1];
    }
  return side;
}

/* The cell of points @first .. @end - 1, which are the same in all bits of the key above 2 (LEVELS - level). */
static Mass
build_cell (SmaltiRepulsion *self, guint first, guint end, guint level, gdouble side)
{
  guint place = self->nodes->len;
  Node node = { .first = first, .n = end - first, .side_squared = side * side };
  gdouble x = 0, y = 0;

  node.lump = level == LEVELS && node.n > LEAF;
  node.leaf = level == LEVELS || node.n <= LEAF;
  g_array_append_val (self->nodes, node);
  if (node.leaf)
    {
      for (guint i = first; i < end; i++)
        {
          x += self->x[i];
          y += self->y[i];
        }
      g_array_append_val (self->leaves, place);
    }
  else
    for (guint quarter = 0, begin = first; begin < end; quarter++)
      {
        guint shift = 2 * (LEVELS - level - 1), stop = begin;

        while (stop < end && (self->key[stop] >> shift & 3) == quarter)
          stop++;
        if (stop > begin)
          {
            Mass part = build_cell (self, begin, stop, level + 1, side / 2);

            x += (gdouble)part.x * part.mass;
            y += (gdouble)part.y * part.mass;
          }
        begin = stop;
      }
  node.mass = (Mass){ x / node.n, y / node.n, node.n };
  node.next = self->nodes->len;
  g_array_index (self->nodes, Node, place) = node;
  return node.mass;
}

static inline void
masses_need (Masses *self, guint more)
{
  if (G_LIKELY (self->n + more <= self->room))
    return;
  self->room = MAX (self->n + more, 2 * self->room);
  self->mass = g_renew (Mass, self->mass, self->room);
}

/* What the points of a leaf meet: cells that look small from everywhere in its box, and the points of the others. */
static void
collect_masses (const SmaltiRepulsion *self, const Node *leaf, gfloat theta_squared, Masses *masses)
{
  const Node *nodes = (const Node *)self->nodes->data;
  gfloat left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
  guint n_nodes = self->nodes->len;

  for (guint i = leaf->first; i < leaf->first + leaf->n; i++)
    {
      left = MIN (left, self->x[i]);
      right = MAX (right, self->x[i]);
      top = MIN (top, self->y[i]);
      bottom = MAX (bottom, self->y[i]);
    }
  masses->n = 0;
  for (guint i = 0; i < n_nodes;)
    {
      const Node *node = &nodes[i];
      gfloat dx = MAX (MAX (left - node->mass.x, node->mass.x - right), 0);
      gfloat dy = MAX (MAX (top - node->mass.y, node->mass.y - bottom), 0);

      if (node->lump || node->side_squared < theta_squared * (dx * dx + dy * dy))
        {
          masses_need (masses, 1);
          masses->mass[masses->n++] = node->mass;
          i = node->next;
        }
      else if (node->leaf)
        {
          masses_need (masses, node->n);
          for (guint p = node->first; p < node->first + node->n; p++)
            masses->mass[masses->n++] = (Mass){ self->x[p], self->y[p], 1 };
          i = node->next;
        }
      else
        i++;
    }
}

/* LANES points meet all masses; each lane adds its own up in their order. */
CLONES static void
push (const gfloat *restrict x, const gfloat *restrict y, const Mass *restrict masses, guint n_masses,
      gfloat *restrict force_x, gfloat *restrict force_y, gfloat *restrict q_sum)
{
  gfloat px[LANES], py[LANES], fx[LANES] = { 0 }, fy[LANES] = { 0 }, sum[LANES] = { 0 };

  for (guint l = 0; l < LANES; l++)
    {
      px[l] = x[l];
      py[l] = y[l];
    }
  for (guint m = 0; m < n_masses; m++)
    {
      gfloat mx = masses[m].x, my = masses[m].y, mass = masses[m].mass;

      for (guint l = 0; l < LANES; l++)
        {
          gfloat dx = px[l] - mx, dy = py[l] - my;
          gfloat q = 1 / (1 + dx * dx + dy * dy), all = mass * q, pushed = all * q;

          sum[l] += all;
          fx[l] += pushed * dx;
          fy[l] += pushed * dy;
        }
    }
  for (guint l = 0; l < LANES; l++)
    {
      force_x[l] = fx[l];
      force_y[l] = fy[l];
      q_sum[l] = sum[l];
    }
}

static void
push_leaf (SmaltiRepulsion *self, const Node *leaf, gfloat theta_squared, Masses *masses, gfloat *force)
{
  guint n;

  collect_masses (self, leaf, theta_squared, masses);
  for (guint first = 0; first < leaf->n; first += n)
    {
      gfloat x[LANES] = { 0 }, y[LANES] = { 0 }, fx[LANES], fy[LANES], sum[LANES];

      n = MIN (LANES, leaf->n - first);
      memcpy (x, self->x + leaf->first + first, n * sizeof *x);
      memcpy (y, self->y + leaf->first + first, n * sizeof *y);
      push (x, y, masses->mass, masses->n, fx, fy, sum);
      for (guint l = 0; l < n; l++)
        {
          guint point = self->order[leaf->first + first + l];

          force[2 * point] = fx[l];
          force[2 * point + 1] = fy[l];
          self->q_sum[point] = sum[l] - 1; /* less itself */
        }
    }
}

gdouble
smalti_repulsion_measure (SmaltiRepulsion *self, const gfloat *y, gdouble theta, gfloat *force)
{
  gfloat theta_squared = theta * theta;
  gdouble side, q_sum = 0;

  g_assert (theta < 0.7); /* or a point might be pushed by a cell that it is in */
  if (self->n == 0)
    return 0;
  side = sort_points (self, y);
  g_array_set_size (self->nodes, 0);
  g_array_set_size (self->leaves, 0);
  build_cell (self, 0, self->n, 0, side);
#pragma omp parallel
  {
    Masses masses = { 0 };

#pragma omp for schedule(dynamic, 16)
    for (guint l = 0; l < self->leaves->len; l++)
      push_leaf (self, &g_array_index (self->nodes, Node, g_array_index (self->leaves, guint, l)), theta_squared,
                 &masses, force);
    g_free (masses.mass);
  }
  for (guint i = 0; i < self->n; i++)
    q_sum += self->q_sum[i];
  return q_sum;
}
