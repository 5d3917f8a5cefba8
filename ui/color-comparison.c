/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is right or wrong here, so nothing is marked: the eye compares. */
#include "ui/color-comparison.h"

#include <glib/gi18n-lib.h>

struct _SmaltiColorComparison
{
  SmaltiTriptych parent_instance;
};

G_DEFINE_FINAL_TYPE (SmaltiColorComparison, smalti_color_comparison, SMALTI_TYPE_TRIPTYCH)

static void
smalti_color_comparison_class_init (SmaltiColorComparisonClass *klass)
{
  SMALTI_TRIPTYCH_CLASS (klass)->titles[0] = N_ ("Grey");
}

static void
smalti_color_comparison_init (SmaltiColorComparison *self)
{
}
