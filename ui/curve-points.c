/* SPDX-License-Identifier: Apache-2.0 */
/* The list holds a snapshot of the series, which never changes, so it has no items to announce. */
#include <gio/gio.h>
#include <math.h>

#include "ui/curve-table.h"

struct _SmaltiCurvePoint
{
  GObject parent_instance;

  gdouble x[SMALTI_N_X];
  gdouble value;
};

struct _SmaltiCurvePoints
{
  GObject parent_instance;

  SmaltiSeries *series;
};

static void smalti_curve_points_list_model (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE (SmaltiCurvePoint, smalti_curve_point, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (SmaltiCurvePoints, smalti_curve_points, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, smalti_curve_points_list_model))

static void
smalti_curve_point_class_init (SmaltiCurvePointClass *klass)
{
}

static void
smalti_curve_point_init (SmaltiCurvePoint *self)
{
}

gdouble
smalti_curve_point_get_x (SmaltiCurvePoint *self, SmaltiX x)
{
  g_return_val_if_fail (SMALTI_IS_CURVE_POINT (self), NAN);

  return self->x[x];
}

gdouble
smalti_curve_point_get_value (SmaltiCurvePoint *self)
{
  g_return_val_if_fail (SMALTI_IS_CURVE_POINT (self), NAN);

  return self->value;
}

static GType
get_item_type (GListModel *model)
{
  return SMALTI_TYPE_CURVE_POINT;
}

static guint
get_n_items (GListModel *model)
{
  return (guint)MIN (smalti_series_get_n (SMALTI_CURVE_POINTS (model)->series), G_MAXUINT);
}

static gpointer
get_item (GListModel *model, guint position)
{
  const SmaltiSeries *series = SMALTI_CURVE_POINTS (model)->series;
  SmaltiCurvePoint *point;

  if (position >= get_n_items (model))
    return NULL;
  point = g_object_new (SMALTI_TYPE_CURVE_POINT, NULL);
  for (guint x = 0; x < SMALTI_N_X; x++)
    point->x[x] = smalti_series_has (series, x) ? smalti_series_get_x (series, x, position) : NAN;
  point->value = smalti_series_get_y (series, position);
  return point;
}

static void
smalti_curve_points_list_model (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
smalti_curve_points_finalize (GObject *object)
{
  g_clear_pointer (&SMALTI_CURVE_POINTS (object)->series, smalti_series_free);
  G_OBJECT_CLASS (smalti_curve_points_parent_class)->finalize (object);
}

static void
smalti_curve_points_class_init (SmaltiCurvePointsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smalti_curve_points_finalize;
}

static void
smalti_curve_points_init (SmaltiCurvePoints *self)
{
}

SmaltiCurvePoints *
smalti_curve_points_new (const SmaltiSeries *series)
{
  SmaltiCurvePoints *self = g_object_new (SMALTI_TYPE_CURVE_POINTS, NULL);

  self->series = smalti_series_snapshot (series);
  return self;
}
