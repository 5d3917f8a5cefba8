/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "core/base/random.h"

/* Known answers published with the reference implementation (Random123, kat_vectors: philox4x32 10). */
static void
philox_gives_the_published_answers (void)
{
  const struct
  {
    guint32 counter[4], key[2], answer[4];
  } known[] = {
    { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      guint32 out[4];

      smalti_philox (known[i].key, known[i].counter, out);
      for (guint j = 0; j < 4; j++)
        g_assert_cmphex (out[j], ==, known[i].answer[j]);
    }
}

static void
draws_depend_on_every_coordinate_and_on_nothing_else (void)
{
  guint32 first[5], again;
  const struct
  {
    guint64 seed;
    SmaltiRandomStream stream;
    guint32 epoch;
    guint64 index;
  } at[] = { { 1, SMALTI_STREAM_SAMPLE, 0, 0 },
             { 2, SMALTI_STREAM_SAMPLE, 0, 0 },
             { 1, SMALTI_STREAM_SHUFFLE, 0, 0 },
             { 1, SMALTI_STREAM_SAMPLE, 1, 0 },
             { 1, SMALTI_STREAM_SAMPLE, 0, G_GUINT64_CONSTANT (1) << 32 } };

  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    {
      SmaltiRandom random;

      smalti_random_init (&random, at[i].seed, at[i].stream, at[i].epoch, at[i].index);
      first[i] = smalti_random_u32 (&random);
      smalti_random_init (&random, at[i].seed, at[i].stream, at[i].epoch, at[i].index);
      again = smalti_random_u32 (&random);
      g_assert_cmphex (first[i], ==, again);
      for (guint j = 0; j < i; j++)
        g_assert_cmphex (first[i], !=, first[j]);
    }
}

static void
moments_are_those_of_the_distributions (void)
{
  SmaltiRandom random;
  const guint n = 200000;
  gdouble mean = 0, square = 0, normal = 0, normal_square = 0;
  guint counts[7] = { 0 };

  smalti_random_init (&random, 3, SMALTI_STREAM_TEST, 0, 0);
  for (guint i = 0; i < n; i++)
    {
      gdouble u = smalti_random_float (&random), z = smalti_random_normal (&random);

      g_assert_true (u >= 0 && u < 1);
      mean += u;
      square += u * u;
      normal += z;
      normal_square += z * z;
      counts[smalti_random_int (&random, 7)]++;
    }
  /* Six deviations of each mean. */
  g_assert_cmpfloat_with_epsilon (mean / n, 0.5, 6 * sqrt (1.0 / 12 / n));
  g_assert_cmpfloat_with_epsilon (square / n, 1.0 / 3, 6 * sqrt (4.0 / 45 / n));
  g_assert_cmpfloat_with_epsilon (normal / n, 0, 6 / sqrt (n));
  g_assert_cmpfloat_with_epsilon (normal_square / n, 1, 6 * sqrt (2.0 / n));
  for (guint k = 0; k < 7; k++)
    g_assert_cmpfloat_with_epsilon (counts[k] / (gdouble)n, 1.0 / 7, 6 * sqrt (6.0 / 49 / n));
}

static void
a_shuffle_is_a_permutation (void)
{
  SmaltiRandom random;
  guint32 items[1000];
  gboolean seen[1000] = { FALSE };
  guint in_place = 0;

  for (guint i = 0; i < 1000; i++)
    items[i] = i;
  smalti_random_init (&random, 5, SMALTI_STREAM_SHUFFLE, 0, 0);
  smalti_random_shuffle (&random, items, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_cmpuint (items[i], <, 1000);
      g_assert_false (seen[items[i]]);
      seen[items[i]] = TRUE;
      in_place += items[i] == i;
    }
  g_assert_cmpuint (in_place, <, 10); /* one is expected */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/philox-gives-the-published-answers", philox_gives_the_published_answers);
  g_test_add_func ("/random/draws-depend-on-every-coordinate", draws_depend_on_every_coordinate_and_on_nothing_else);
  g_test_add_func ("/random/moments", moments_are_those_of_the_distributions);
  g_test_add_func ("/random/shuffle", a_shuffle_is_a_permutation);
  return g_test_run ();
}
