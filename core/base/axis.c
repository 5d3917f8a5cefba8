/* SPDX-License-Identifier: Apache-2.0 */
/* Ticks are computed as whole multiples of the step, never by adding it up: 0.1 + 0.2 is no tick. */
#include "core/base/axis.h"

#include <math.h>

gdouble
smalti_axis_step (gdouble span, guint max_ticks)
{
  g_assert (span > 0 && max_ticks > 0);

  gdouble raw = span / max_ticks;
  gdouble power = pow (10, floor (log10 (raw)));
  gdouble digit = raw / power;

  /* The slack keeps 0.2 / 0.1 from being more than 2. */
  return power * (digit <= 1 + 1e-9 ? 1 : digit <= 2 + 1e-9 ? 2 : digit <= 5 + 1e-9 ? 5 : 10);
}

gdouble
smalti_axis_whole_step (gdouble span, guint max_ticks)
{
  return MAX (1, smalti_axis_step (span, max_ticks));
}

char *
smalti_axis_format (gdouble value, gdouble step)
{
  static const struct
  {
    gdouble size;
    const char *suffix;
  } units[] = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } };
  gdouble scale = 1;
  const char *suffix = "";

  /* The step decides, with the value, so that all of an axis' ticks share a unit wherever that loses nothing. */
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (fabs (value) >= units[i].size && step >= units[i].size / 100)
      {
        scale = units[i].size;
        suffix = units[i].suffix;
        break;
      }

  gint digits = MAX (0, (gint)-floor (log10 (step / scale) + 1e-9));
  gdouble shown = value / scale;

  if (fabs (shown) < pow (10, -digits) / 2)
    shown = 0; /* no "-0.0" */
  if (digits > 6)
    return g_strdup_printf ("%.1e", value);
  return g_strdup_printf ("%.*f%s", digits, shown, suffix);
}

char *
smalti_axis_format_value (gdouble value)
{
  gdouble size = fabs (value);

  if (size != 0 && (size < 1e-3 || size >= 1e6))
    return g_strdup_printf ("%.2e", value);
  return g_strdup_printf ("%.*f", size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4, value);
}

void
smalti_axis_round (gdouble *low, gdouble *high, guint max_ticks)
{
  gdouble size = MAX (fabs (*low), fabs (*high));

  if (!(*high - *low > size * 1e-9))
    {
      gdouble room = size > 0 ? size * 0.1 : 1;

      *low -= room;
      *high += room;
    }

  gdouble step = smalti_axis_step (*high - *low, max_ticks);

  *low = floor (*low / step + 1e-9) * step;
  *high = ceil (*high / step - 1e-9) * step;
}
