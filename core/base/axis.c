/* SPDX-License-Identifier: Apache-2.0 */
/* Ticks are computed as whole multiples of the step, never by adding it up: 0.1 + 0.2 is no tick. */
#include "core/base/axis.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"

/* More than these after the point and a number is written with a power of ten. */
#define MAX_DECIMALS 4

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

gdouble
smalti_axis_time_step (gdouble span, guint max_ticks)
{
  static const gdouble steps[]
      = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400 };
  gdouble raw = span / max_ticks;

  if (raw <= 0.5)
    return smalti_axis_step (span, max_ticks);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (raw <= steps[i] * (1 + 1e-9))
      return steps[i];
  return 86400 * smalti_axis_step (span / 86400, max_ticks);
}

/* "2×10⁻⁵": @value to @digits after the first one, without zeros at the end. */
static char *
format_power (gdouble value, gint digits)
{
  static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *plain = g_strdup_printf ("%.*e", digits, value);
  char *e = strchr (plain, 'e');
  gint power = (gint)g_ascii_strtoll (e + 1, NULL, 10);
  char *end = e;

  if (digits > 0)
    {
      while (end[-1] == '0')
        end--;
      if (!g_ascii_isdigit (end[-1]))
        end--; /* the locale's point */
    }
  g_string_append_len (text, plain, end - plain);
  if (g_str_equal (text->str, "1"))
    g_string_truncate (text, 0);
  else
    g_string_append (text, "×");

  g_autofree char *number = g_strdup_printf ("%d", ABS (power));

  g_string_append (text, power < 0 ? "10⁻" : "10");
  for (const char *c = number; *c; c++)
    g_string_append (text, raised[*c - '0']);
  return g_string_free (g_steal_pointer (&text), FALSE);
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
    return digits > MAX_DECIMALS ? g_strdup ("0") : g_strdup_printf ("%.*f%s", digits, 0.0, suffix); /* no "-0.0" */
  if (digits > MAX_DECIMALS && fabs (shown) < 1)
    return format_power (value, MAX (0, (gint)floor (log10 (fabs (value)) + 1e-9) + digits));
  return g_strdup_printf ("%.*f%s", digits, shown, suffix);
}

char *
smalti_axis_format_value (gdouble value)
{
  gdouble size = fabs (value);

  if (size != 0 && (size < 1e-3 || size >= 1e6))
    return format_power (value, 2);
  return g_strdup_printf ("%.*f", size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4, value);
}

char *
smalti_axis_format_time (gdouble seconds, gdouble step)
{
  if (seconds < 60 && step < 60)
    {
      gint digits = MAX (0, (gint)-floor (log10 (step) + 1e-9));

      /* Translators: seconds */
      return g_strdup_printf (_ ("%.*f s"), MIN (digits, 6), seconds);
    }

  gint whole = (gint)CLAMP (llround (seconds), 0, G_MAXINT);
  gint days = whole / 86400, hours = whole / 3600, minutes = whole / 60;

  if (step >= 86400 || (whole > 0 && whole % 86400 == 0))
    /* Translators: days */
    return g_strdup_printf (_ ("%d d"), days);
  if (days > 0 && step >= 3600)
    /* Translators: days and hours */
    return g_strdup_printf (_ ("%d d %d h"), days, hours % 24);
  if (hours > 0 && step >= 60)
    /* Translators: hours and minutes */
    return g_strdup_printf (_ ("%d:%02d h"), hours, minutes % 60);
  if (hours > 0)
    /* Translators: hours, minutes and seconds */
    return g_strdup_printf (_ ("%d:%02d:%02d h"), hours, minutes % 60, whole % 60);
  if (step >= 60)
    /* Translators: minutes */
    return g_strdup_printf (_ ("%d min"), minutes);
  /* Translators: minutes and seconds */
  return g_strdup_printf (_ ("%d:%02d min"), minutes, whole % 60);
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

/* Below this factor between its ends a logarithmic axis has too few of 1, 2 and 5 on it, and takes the linear ticks. */
#define SHORT_LOG 4.0

/* The next of 1, 2 or 5 times a power of ten below @value, or above it. */
static gdouble
round_125 (gdouble value, gboolean up)
{
  static const gdouble digits[] = { 1, 2, 5, 10 };
  gdouble power = pow (10, floor (log10 (value) + 1e-12));
  gdouble digit = value / power;

  if (up)
    for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
      if (digits[i] >= digit * (1 - 1e-9))
        return digits[i] * power;
  for (gint i = G_N_ELEMENTS (digits) - 1; i >= 0; i--)
    if (digits[i] <= digit * (1 + 1e-9))
      return digits[i] * power;
  return value;
}

void
smalti_axis_round_log (gdouble *low, gdouble *high, guint max_ticks)
{
  g_assert (*low > 0 && *high >= *low);

  if (*high < *low * (1 + 1e-9))
    {
      *low /= 1.1;
      *high *= 1.1;
    }
  if (*high / *low < SHORT_LOG)
    {
      gdouble bottom = *low, top = *high;

      smalti_axis_round (&bottom, &top, max_ticks);
      *high = top;
      *low = bottom > 0 ? bottom : round_125 (*low, FALSE);
      return;
    }
  *low = round_125 (*low, FALSE);
  *high = round_125 (*high, TRUE);
}

static char *
format_unit (SmaltiAxisUnit unit, gdouble value, gdouble step)
{
  if (unit == SMALTI_AXIS_TIME)
    return smalti_axis_format_time (value, step);
  if (unit != SMALTI_AXIS_SHARE)
    return smalti_axis_format (value, step);

  g_autofree char *number = smalti_axis_format (value * 100, step * 100);
  /* Translators: a share, "12.5%" */
  return g_strdup_printf (_ ("%s%%"), number);
}

static void
add_tick (GArray *ticks, gdouble value, char *label)
{
  SmaltiTick tick = { value, label };

  g_array_append_val (ticks, tick);
}

static void
tick_clear (SmaltiTick *tick)
{
  g_free (tick->label);
}

static void
add_linear_ticks (GArray *ticks, SmaltiAxisUnit unit, gdouble low, gdouble high, guint max_ticks)
{
  gdouble span = high - low;
  gdouble step = unit == SMALTI_AXIS_TIME    ? smalti_axis_time_step (span, max_ticks)
                 : unit == SMALTI_AXIS_COUNT ? smalti_axis_whole_step (span, max_ticks)
                                             : smalti_axis_step (span, max_ticks);
  gdouble last = floor (high / step + 1e-9);

  for (gdouble i = ceil (low / step - 1e-9); i <= last; i++)
    add_tick (ticks, i * step, format_unit (unit, i * step, step));
}

static void
add_log_ticks (GArray *ticks, SmaltiAxisUnit unit, gdouble low, gdouble high, guint max_ticks)
{
  gint first = (gint)floor (log10 (low) + 1e-9), last = (gint)floor (log10 (high) + 1e-9);
  gdouble decades = log10 (high / low);
  gint every = MAX (1, (gint)ceil (decades / max_ticks));
  gboolean with_125 = decades * 3 <= max_ticks + 1;

  for (gint power = first; power <= last; power++)
    for (gint digit = 1; digit <= 9; digit++)
      {
        gdouble unit_step = pow (10, power), value = digit * unit_step;
        gboolean named = digit == 1 ? power % every == 0 : with_125 && (digit == 2 || digit == 5);

        if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9))
          continue;
        /* Many decades leave no room for what lies between. */
        if (!named && every > 1 && digit > 1)
          continue;
        add_tick (ticks, value, named ? format_unit (unit, value, unit_step) : NULL);
      }
}

GArray *
smalti_axis_ticks (SmaltiAxisUnit unit, gboolean logarithmic, gdouble low, gdouble high, guint max_ticks)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (SmaltiTick));

  g_assert (high > low && max_ticks > 0);
  g_array_set_clear_func (ticks, (GDestroyNotify)tick_clear);
  if (logarithmic && high / low >= SHORT_LOG)
    add_log_ticks (ticks, unit, low, high, max_ticks);
  else
    add_linear_ticks (ticks, unit, low, high, max_ticks);
  return ticks;
}
