/* SPDX-License-Identifier: Apache-2.0 */
/* The layer that is chosen stays chosen when another run is, as long as that one has it. */
#include "ui/compare-model.h"

#include <glib/gi18n-lib.h>

struct _SmaltiCompareModel
{
  GtkWidget parent_instance;

  GtkWidget *bar, *run, *layer_box, *layer, *note, *button;
  SmaltiComparison *comparison;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (SmaltiCompareModel, smalti_compare_model, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

const SmaltiComparedRun *
smalti_compare_model_get_run (SmaltiCompareModel *self)
{
  guint chosen = smalti_compare_choice_get (self->run);

  return self->comparison && chosen < smalti_comparison_get_n (self->comparison)
             ? smalti_comparison_get (self->comparison, chosen)
             : NULL;
}

const SmaltiBenchmark *
smalti_compare_model_get_benchmark (SmaltiCompareModel *self)
{
  const SmaltiComparedRun *run = smalti_compare_model_get_run (self);
  guint chosen = smalti_compare_choice_get (self->layer);

  return run && chosen < run->benchmarks->len ? run->benchmarks->pdata[chosen] : NULL;
}

void
smalti_compare_model_tell (SmaltiCompareModel *self, const char *text)
{
  smalti_compare_note_set (self->note, text);
}

static void
fill_layers (SmaltiCompareModel *self)
{
  const SmaltiComparedRun *run = smalti_compare_model_get_run (self);
  const SmaltiBenchmark *best = run ? smalti_compared_run_best (run, NULL) : NULL;
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func (g_free);
  guint otherwise = 0;

  for (guint i = 0; run && i < run->benchmarks->len; i++)
    {
      g_ptr_array_add (layers, smalti_describe_benchmark (run->benchmarks->pdata[i]));
      if (run->benchmarks->pdata[i] == best)
        otherwise = i;
    }
  smalti_compare_choice_fill (self->layer, layers, otherwise);
  gtk_widget_set_visible (self->layer_box, layers->len > 0);
  if (self->button)
    gtk_box_remove (GTK_BOX (self->bar), g_steal_pointer (&self->button));
  smalti_compare_note_set (self->note, run && !best ? _ ("This run is not measured yet.") : NULL);
  self->button = run && !best ? smalti_compare_measure_button_new (GTK_WIDGET (self), run) : NULL;
  if (self->button)
    gtk_box_append (GTK_BOX (self->bar), self->button);
}

/* The first that is measured. */
static guint
first_measured (const SmaltiComparison *comparison)
{
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    if (smalti_comparison_get (comparison, i)->benchmarks->len > 0)
      return i;
  return 0;
}

void
smalti_compare_model_fill (SmaltiCompareModel *self, SmaltiComparison *comparison)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  smalti_comparison_ref (comparison);
  g_clear_pointer (&self->comparison, smalti_comparison_unref);
  self->comparison = comparison;
  for (guint i = 0; i < smalti_comparison_get_n (comparison); i++)
    g_ptr_array_add (titles, smalti_comparison_get (comparison, i)->title);
  self->filling = TRUE;
  smalti_compare_choice_fill (self->run, titles, first_measured (comparison));
  fill_layers (self);
  self->filling = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_run (SmaltiCompareModel *self)
{
  if (self->filling)
    return;
  self->filling = TRUE;
  fill_layers (self);
  self->filling = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_layer (SmaltiCompareModel *self)
{
  if (self->filling)
    return;
  smalti_compare_note_set (self->note, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
smalti_compare_model_add_choice (SmaltiCompareModel *self, GtkWidget *choice)
{
  gtk_box_append (GTK_BOX (self->bar), choice);
}

static void
smalti_compare_model_dispose (GObject *object)
{
  SmaltiCompareModel *self = SMALTI_COMPARE_MODEL (object);

  g_clear_pointer (&self->bar, gtk_widget_unparent);
  g_clear_pointer (&self->note, gtk_widget_unparent);
  g_clear_pointer (&self->comparison, smalti_comparison_unref);
  G_OBJECT_CLASS (smalti_compare_model_parent_class)->dispose (object);
}

static void
smalti_compare_model_class_init (SmaltiCompareModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_compare_model_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_compare_model_init (SmaltiCompareModel *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 12);
  self->bar = smalti_compare_bar_new ();
  gtk_box_append (GTK_BOX (self->bar), smalti_compare_choice_new (_ ("_Run"), &self->run));
  self->layer_box = smalti_compare_choice_new (_ ("La_yer"), &self->layer);
  gtk_box_append (GTK_BOX (self->bar), self->layer_box);
  gtk_widget_set_parent (self->bar, GTK_WIDGET (self));
  self->note = smalti_compare_note_new ();
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
  g_signal_connect_object (self->run, "notify::selected", G_CALLBACK (on_run), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer, "notify::selected", G_CALLBACK (on_layer), self, G_CONNECT_SWAPPED);
}

GtkWidget *
smalti_compare_model_new (void)
{
  return g_object_new (SMALTI_TYPE_COMPARE_MODEL, NULL);
}
