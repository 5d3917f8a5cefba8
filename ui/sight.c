/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of the past are read and decoded on the store's thread, recoloured on another one. A slider moves faster
 * than either: what comes back for where it no longer is is dropped. */
#include "ui/sight.h"

#include <inttypes.h>
#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "core/pretext/preview-archive.h"
#include "ui/answer-bars.h"
#include "ui/scroll.h"
#include "ui/text-button.h"
#include "ui/triptych.h"

struct _SmaltiSight
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *step_label;
  GtkWidget *time_row, *temperature_row;
  GtkRange *time, *temperature;
  GtkToggleButton *latest;
  GtkFlowBox *cards;

  SmaltiStoreClient *client;
  gint64 run;
  GArray *steps;       /* of guint64: those stored */
  GPtrArray *previews; /* on display */
  guint64 step;        /* of them */
  guint serial;        /* of the last that was asked for */
  gboolean painting, paint_again;
  gboolean updating;
};

enum
{
  PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiSight, smalti_sight, GTK_TYPE_WIDGET)

/* -- cards -- */

static void
on_activated (SmaltiSight *self, GtkFlowBoxChild *child)
{
  guint i = (guint)gtk_flow_box_child_get_index (child);

  if (self->previews && i < self->previews->len)
    g_signal_emit (self, signals[PICKED], 0, ((const SmaltiPreview *)self->previews->pdata[i])->truth);
}

static void
show_foot (SmaltiTriptych *card, const SmaltiPreview *preview)
{
  GtkWidget *foot = smalti_triptych_get_foot (card);

  if (!smalti_answer_bars_can_show (preview))
    smalti_triptych_set_foot (card, NULL);
  else if (foot)
    smalti_answer_bars_set_preview (SMALTI_ANSWER_BARS (foot), preview);
  else
    smalti_triptych_set_foot (card, smalti_answer_bars_new (preview));
}

static SmaltiTriptych *
get_card (SmaltiSight *self, guint i)
{
  GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->cards, (gint)i);

  return child ? SMALTI_TRIPTYCH (gtk_flow_box_child_get_child (child)) : NULL;
}

/* Cards stay what they are as long as they fit: the keyboard, and a screen reader, may be on one. */
static void
show_cards (SmaltiSight *self)
{
  guint n = self->previews ? self->previews->len : 0;
  g_autofree char *when = g_strdup_printf (_ ("After step %" PRIu64), self->step);
  GtkFlowBoxChild *child;

  for (guint i = 0; i < n; i++)
    {
      const SmaltiPreview *preview = self->previews->pdata[i];
      SmaltiTriptych *card = get_card (self, i);

      if (card && smalti_triptych_fits (card, preview))
        smalti_triptych_set_preview (card, preview);
      else
        {
          if (card)
            gtk_flow_box_remove (self->cards, gtk_widget_get_parent (GTK_WIDGET (card)));
          card = SMALTI_TRIPTYCH (smalti_triptych_new (preview));
          gtk_flow_box_insert (self->cards, GTK_WIDGET (card), (gint)i);
        }
      show_foot (card, preview);
    }
  while ((child = gtk_flow_box_get_child_at_index (self->cards, (gint)n)) != NULL)
    gtk_flow_box_remove (self->cards, GTK_WIDGET (child));
  gtk_label_set_text (self->step_label, when);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

/* -- colours at another temperature -- */

typedef struct
{
  GPtrArray *previews;
  gfloat temperature;
} Painting;

static void
painting_free (Painting *painting)
{
  g_ptr_array_unref (painting->previews);
  g_free (painting);
}

static void
image_free (gpointer image)
{
  if (image)
    smalti_image_unref (image);
}

static void
paint (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Painting *painting = data;
  GPtrArray *painted = g_ptr_array_new_with_free_func (image_free);

  for (guint i = 0; i < painting->previews->len; i++)
    g_ptr_array_add (painted, smalti_preview_recolor (painting->previews->pdata[i], painting->temperature));
  g_task_return_pointer (task, painted, (GDestroyNotify)g_ptr_array_unref);
}

static void start_painting (SmaltiSight *self);

static void
on_painted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiSight *self = SMALTI_SIGHT (source);
  const Painting *painting = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) painted = g_task_propagate_pointer (G_TASK (result), NULL);

  self->painting = FALSE;
  for (guint i = 0; painted && painting->previews == self->previews && i < painted->len; i++)
    if (painted->pdata[i])
      smalti_triptych_set_answer (get_card (self, i), painted->pdata[i]);
  if (self->paint_again)
    start_painting (self);
}

static void
start_painting (SmaltiSight *self)
{
  self->paint_again = self->painting;
  if (self->painting || !self->previews)
    return;

  g_autoptr (GTask) task = g_task_new (self, NULL, on_painted, NULL);
  Painting *painting = g_new (Painting, 1);

  *painting = (Painting){ g_ptr_array_ref (self->previews), (gfloat)gtk_range_get_value (self->temperature) };
  g_task_set_task_data (task, painting, (GDestroyNotify)painting_free);
  self->painting = TRUE;
  g_task_run_in_thread (task, paint);
}

static void
on_temperature (SmaltiSight *self)
{
  if (!self->updating)
    start_painting (self);
}

/* -- which answers -- */

static void
show_previews (SmaltiSight *self, GPtrArray *previews, guint64 step)
{
  const SmaltiPreview *first = previews->len > 0 ? previews->pdata[0] : NULL;
  gboolean colors = first && first->colors;
  gboolean had_colors = gtk_widget_get_visible (self->temperature_row);

  g_ptr_array_ref (previews);
  g_clear_pointer (&self->previews, g_ptr_array_unref);
  self->previews = previews;
  self->step = step;
  show_cards (self);
  gtk_widget_set_visible (self->temperature_row, colors);
  if (colors && !had_colors)
    {
      self->updating = TRUE;
      gtk_range_set_value (self->temperature, first->temperature);
      self->updating = FALSE;
    }
  else if (colors && fabs (gtk_range_get_value (self->temperature) - first->temperature) > 1e-3)
    start_painting (self);
}

static gboolean
follows (SmaltiSight *self)
{
  return gtk_toggle_button_get_active (self->latest);
}

/* The slider spans what is stored, and stands at what is shown. */
static void
update_time (SmaltiSight *self)
{
  guint n = self->steps->len, at = 0;

  while (at + 1 < n && g_array_index (self->steps, guint64, at) < self->step)
    at++;
  self->updating = TRUE;
  gtk_widget_set_visible (self->time_row, n > 1);
  gtk_range_set_range (self->time, 0, MAX (1, (gdouble)n - 1));
  gtk_range_set_value (self->time, at);
  self->updating = FALSE;
}

static void
add_step (SmaltiSight *self, guint64 step)
{
  guint n = self->steps->len;

  while (n > 0 && g_array_index (self->steps, guint64, n - 1) > step)
    n--;
  if (n > 0 && g_array_index (self->steps, guint64, n - 1) == step)
    return;
  g_array_insert_val (self->steps, n, step);
}

void
smalti_sight_take_previews (SmaltiSight *self, GPtrArray *previews, guint64 step, gboolean stored)
{
  g_return_if_fail (SMALTI_IS_SIGHT (self));

  if (stored)
    add_step (self, step);
  /* Not every answer that is told is stored: those on display may be the later ones. */
  if (follows (self) && (!self->previews || step >= self->step))
    show_previews (self, previews, step);
  update_time (self);
}

typedef struct
{
  gint64 run;
  guint64 step;
  guint serial;
  GPtrArray *previews;
} Moment;

static void
moment_free (Moment *moment)
{
  g_clear_pointer (&moment->previews, g_ptr_array_unref);
  g_free (moment);
}

/* On the store's thread. */
static gpointer
read_moment (SmaltiStore *store, gpointer data, GError **error)
{
  const Moment *asked = data;
  g_autoptr (GPtrArray) artifacts = smalti_store_get_artifacts_at (store, asked->run, "preview", asked->step, error);
  Moment *moment;

  if (!artifacts)
    return NULL;
  moment = g_memdup2 (asked, sizeof *asked);
  moment->previews = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_preview_free);
  for (guint i = 0; i < artifacts->len; i++)
    {
      const SmaltiArtifact *artifact = artifacts->pdata[i];
      SmaltiPreview *preview
          = artifact->data ? smalti_preview_from_stored (artifact->data, artifact->text, NULL) : NULL;

      if (preview)
        g_ptr_array_add (moment->previews, preview);
    }
  return moment;
}

static void
on_moment (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiSight) self = user_data;
  Moment *moment = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, NULL);

  if (!moment)
    return;
  if (moment->serial == self->serial && moment->run == self->run && moment->previews->len > 0)
    show_previews (self, moment->previews, moment->step);
  moment_free (moment);
}

static void
show_moment (SmaltiSight *self)
{
  guint at = (guint)lround (gtk_range_get_value (self->time));

  if (at >= self->steps->len || !self->client)
    return;

  Moment *moment = g_new0 (Moment, 1);

  *moment = (Moment){ self->run, g_array_index (self->steps, guint64, at), ++self->serial, NULL };
  smalti_store_client_call_async (self->client, read_moment, moment, g_free, (GDestroyNotify)moment_free, on_moment,
                                  g_object_ref (self));
}

static void
on_time (SmaltiSight *self)
{
  if (self->updating)
    return;
  gtk_toggle_button_set_active (self->latest, lround (gtk_range_get_value (self->time)) + 1 == self->steps->len);
  show_moment (self);
}

static void
on_latest (SmaltiSight *self)
{
  if (!follows (self) || self->steps->len == 0 || self->updating)
    return;
  gtk_range_set_value (self->time, self->steps->len - 1);
  show_moment (self);
}

static char *
format_time (GtkScale *scale, gdouble value, gpointer user_data)
{
  SmaltiSight *self = user_data;
  guint at = (guint)lround (value);
  guint64 step = at < self->steps->len ? g_array_index (self->steps, guint64, at) : 0;

  return g_strdup_printf (_ ("Step %" PRIu64), step);
}

static gpointer
read_steps (SmaltiStore *store, gpointer run, GError **error)
{
  return smalti_store_list_moments (store, *(const gint64 *)run, "preview", error);
}

typedef struct
{
  SmaltiSight *self;
  gint64 run;
} Asked;

static void
on_steps (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (SmaltiSight) self = asked->self;
  g_autoptr (GArray) moments = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, NULL);

  if (!moments || asked->run != self->run)
    return;
  for (guint i = 0; i < moments->len; i++)
    add_step (self, g_array_index (moments, SmaltiMoment, i).step);
  update_time (self);
}

void
smalti_sight_set_run (SmaltiSight *self, SmaltiStoreClient *client, gint64 run)
{
  g_return_if_fail (SMALTI_IS_SIGHT (self));

  Asked *asked;

  g_set_object (&self->client, client);
  self->run = run;
  self->serial++;
  g_array_set_size (self->steps, 0);
  g_clear_pointer (&self->previews, g_ptr_array_unref);
  self->step = 0;
  self->updating = TRUE;
  gtk_toggle_button_set_active (self->latest, TRUE);
  self->updating = FALSE;
  gtk_widget_set_visible (self->temperature_row, FALSE);
  show_cards (self);
  update_time (self);
  if (run == 0)
    return;
  asked = g_new (Asked, 1);
  *asked = (Asked){ g_object_ref (self), run };
  smalti_store_client_call_async (client, read_steps, g_memdup2 (&run, sizeof run), g_free,
                                  (GDestroyNotify)g_array_unref, on_steps, asked);
}

/* -- the widget -- */

static GtkWidget *
new_scale_row (const char *title, const char *tooltip, GtkRange **range, gdouble low, gdouble high, gdouble step)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new_with_mnemonic (title);
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, low, high, step);

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), scale);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (scale, "numeric");
  gtk_scale_set_draw_value (GTK_SCALE (scale), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (scale), GTK_POS_RIGHT);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_widget_set_tooltip_text (scale, tooltip);
  smalti_scroll_past (scale);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), scale);
  gtk_widget_set_visible (row, FALSE);
  *range = GTK_RANGE (scale);
  return row;
}

static void
smalti_sight_dispose (GObject *object)
{
  SmaltiSight *self = SMALTI_SIGHT (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->previews, g_ptr_array_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_sight_parent_class)->dispose (object);
}

static void
smalti_sight_finalize (GObject *object)
{
  g_array_unref (SMALTI_SIGHT (object)->steps);
  G_OBJECT_CLASS (smalti_sight_parent_class)->finalize (object);
}

static void
smalti_sight_class_init (SmaltiSightClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_sight_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_sight_finalize;
  signals[PICKED] = g_signal_new ("picked", SMALTI_TYPE_SIGHT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
smalti_sight_init (SmaltiSight *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *heading = gtk_label_new (_ ("What It Sees"));

  self->steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_margin_top (self->box, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_set_hexpand (heading, TRUE);
  gtk_widget_add_css_class (heading, "title-4");
  self->step_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->step_label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->step_label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->step_label), "numeric");
  gtk_box_append (GTK_BOX (head), heading);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->step_label));
  gtk_box_append (GTK_BOX (self->box), head);

  self->time_row
      = new_scale_row (_ ("_History"), _ ("Its answers to the same images earlier in the run"), &self->time, 0, 1, 1);
  gtk_scale_set_format_value_func (GTK_SCALE (self->time), format_time, self, NULL);
  gtk_range_set_round_digits (self->time, 0);
  g_signal_connect_swapped (self->time, "value-changed", G_CALLBACK (on_time), self);
  self->latest = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  smalti_text_button_set_label (GTK_BUTTON (self->latest), _ ("_Latest"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->latest), _ ("Follow the run as it goes on"));
  g_signal_connect_swapped (self->latest, "toggled", G_CALLBACK (on_latest), self);
  gtk_widget_set_valign (GTK_WIDGET (self->latest), GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->time_row), GTK_WIDGET (self->latest));
  gtk_box_append (GTK_BOX (self->box), self->time_row);

  self->temperature_row = new_scale_row (_ ("_Temperature"),
                                         _ ("1 gives the mean of all colours it thinks of, near 0 the most likely one"),
                                         &self->temperature, 0.05, 1, 0.01);
  gtk_scale_set_digits (GTK_SCALE (self->temperature), 2);
  g_signal_connect_swapped (self->temperature, "value-changed", G_CALLBACK (on_temperature), self);
  gtk_box_append (GTK_BOX (self->box), self->temperature_row);

  self->cards = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->cards, GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (self->cards, TRUE);
  gtk_flow_box_set_min_children_per_line (self->cards, 1);
  gtk_flow_box_set_max_children_per_line (self->cards, 3);
  gtk_flow_box_set_column_spacing (self->cards, 12);
  gtk_flow_box_set_row_spacing (self->cards, 12);
  g_signal_connect_swapped (self->cards, "child-activated", G_CALLBACK (on_activated), self);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->cards));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
