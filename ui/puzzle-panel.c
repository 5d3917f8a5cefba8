/* SPDX-License-Identifier: Apache-2.0 */
/* A puzzle is the picture and a seed; another seed, another shuffle (and other places in the cells to cut the tiles
 * from). */
#include "ui/puzzle-panel.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/run/puzzle.h"
#include "ui/puzzle-board.h"
#include "ui/wrap-layout.h"

#define MAX_TILE_SIDE 320 /* pixels */

struct _SmaltiPuzzlePanel
{
  GtkWidget parent_instance;

  GtkWidget *box;
  SmaltiPuzzleBoard *board;
  GtkLabel *status;
  GtkWidget *hint, *actions;
  GtkWidget *finish_button, *solve_button, *shuffle_button;
  GtkToggleButton *marks_button;

  SmaltiModelClient *client;
  SmaltiPicture *picture;
  guint64 seed;
  GCancellable *cancellable; /* of the question under way */
};

G_DEFINE_FINAL_TYPE (SmaltiPuzzlePanel, smalti_puzzle_panel, GTK_TYPE_WIDGET)

/* -- what the worker does -- */

typedef struct
{
  SmaltiPicture *picture;
  guint64 seed;
  guint8 order[SMALTI_MAX_TILES], pinned[SMALTI_MAX_TILES];
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  smalti_picture_unref (question->picture);
  g_free (question);
}

typedef struct
{
  SmaltiImage *solved;
  guint grid;
  guint8 order[SMALTI_MAX_TILES];
} Cut;

static void
cut_free (gpointer data)
{
  Cut *cut = data;

  smalti_image_unref (cut->solved);
  g_free (cut);
}

static gpointer
cut_puzzle (SmaltiModel *model, gpointer data, GError **error)
{
  const Question *question = data;
  Cut *cut = g_new0 (Cut, 1);

  cut->solved = smalti_model_cut_puzzle (model, question->picture->full, question->seed, MAX_TILE_SIDE, &cut->grid,
                                         cut->order, error);
  if (!cut->solved)
    g_clear_pointer (&cut, g_free);
  return cut;
}

static gpointer
finish_puzzle (SmaltiModel *model, gpointer data, GError **error)
{
  const Question *question = data;
  SmaltiPuzzleAnswer *answer = g_new0 (SmaltiPuzzleAnswer, 1);

  if (!smalti_model_finish_puzzle (model, question->picture->full, question->seed, question->order, question->pinned,
                                   answer, error))
    g_clear_pointer (&answer, g_free);
  return answer;
}

static void
forget_question (SmaltiPuzzlePanel *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
ask (SmaltiPuzzlePanel *self, SmaltiModelCall call, GDestroyNotify free_result, GAsyncReadyCallback callback)
{
  Question *question = g_new0 (Question, 1);

  question->picture = smalti_picture_ref (self->picture);
  question->seed = self->seed;
  memcpy (question->order, smalti_puzzle_board_get_order (self->board), SMALTI_BOARD_MAX_TILES);
  memcpy (question->pinned, smalti_puzzle_board_get_pinned (self->board), SMALTI_BOARD_MAX_TILES);
  forget_question (self);
  self->cancellable = g_cancellable_new ();
  smalti_model_client_call_async (self->client, call, question, question_free, free_result, self->cancellable, callback,
                                  g_object_ref (self));
}

/* -- what is shown -- */

static void
update (SmaltiPuzzlePanel *self)
{
  gboolean there = smalti_puzzle_board_get_n_tiles (self->board) > 0 && self->picture;

  gtk_widget_set_visible (GTK_WIDGET (self->board), there);
  gtk_widget_set_visible (self->hint, there);
  gtk_widget_set_visible (self->actions, there);
}

static char *
describe_places (SmaltiPuzzlePanel *self)
{
  guint n = smalti_puzzle_board_get_n_tiles (self->board);

  /* Translators: of a puzzle: how many tiles are where they belong, of how many */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u tile in place", "%u of %u tiles in place", n),
                          smalti_puzzle_board_get_n_right (self->board), n);
}

static void
show_places (SmaltiPuzzlePanel *self)
{
  g_autofree char *text = describe_places (self);

  gtk_label_set_text (self->status, text);
}

static void
on_cut (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiPuzzlePanel) self = user_data;
  g_autoptr (GError) error = NULL;
  Cut *cut = smalti_model_client_call_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (!cut)
    {
      gtk_label_set_text (self->status, error->message);
      return;
    }
  smalti_puzzle_board_set_puzzle (self->board, cut->solved, cut->grid, cut->order);
  cut_free (cut);
  update (self);
  show_places (self);
}

static void
show_answer (SmaltiPuzzlePanel *self, const SmaltiPuzzleAnswer *answer)
{
  gfloat sureness[SMALTI_MAX_TILES];
  gdouble sum = 0;
  guint n = 0, n_right = 0;

  smalti_puzzle_board_set_order (self->board, answer->order);
  for (guint i = 0; i < answer->n_tiles; i++)
    {
      gboolean pinned = smalti_puzzle_board_get_pinned (self->board)[i];

      sureness[i] = pinned ? -1 : answer->place[answer->order[i]][i];
      if (pinned)
        continue;
      sum += sureness[i];
      n_right += answer->order[i] == i;
      n++;
    }
  if (n == 0)
    {
      gtk_label_set_text (self->status, _ ("Every tile is pinned: nothing was left to the model"));
      return;
    }
  smalti_puzzle_board_set_sureness (self->board, sureness);

  g_autofree char *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "The model has put %u tile, %u rightly; it is %.0f%% sure of it",
                   "The model has put %u tiles, %u rightly; it is %.0f%% sure of each in the mean", n),
      n, n_right, 100 * sum / n);

  gtk_label_set_text (self->status, text);
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiPuzzlePanel) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree SmaltiPuzzleAnswer *answer = smalti_model_client_call_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (answer)
    show_answer (self, answer);
  else
    gtk_label_set_text (self->status, error->message);
}

/* -- what a person does -- */

/* An answer to how the tiles lay before is not waited for. */
static void
on_moved (SmaltiPuzzlePanel *self)
{
  forget_question (self);
  show_places (self);
}

static void
on_finish (SmaltiPuzzlePanel *self)
{
  gtk_label_set_text (self->status, _ ("The model thinks…"));
  ask (self, finish_puzzle, g_free, on_finished);
}

static void
on_solve (SmaltiPuzzlePanel *self)
{
  guint8 right[SMALTI_BOARD_MAX_TILES];

  for (guint i = 0; i < SMALTI_BOARD_MAX_TILES; i++)
    right[i] = (guint8)i;
  forget_question (self);
  smalti_puzzle_board_set_order (self->board, right);
  show_places (self);
}

static void
on_shuffle (SmaltiPuzzlePanel *self)
{
  self->seed++;
  ask (self, cut_puzzle, cut_free, on_cut);
}

static void
on_marks (SmaltiPuzzlePanel *self)
{
  smalti_puzzle_board_set_marks (self->board, gtk_toggle_button_get_active (self->marks_button));
}

void
smalti_puzzle_panel_set_client (SmaltiPuzzlePanel *self, SmaltiModelClient *client)
{
  g_return_if_fail (SMALTI_IS_PUZZLE_PANEL (self));
  g_set_object (&self->client, client);
}

void
smalti_puzzle_panel_set_picture (SmaltiPuzzlePanel *self, SmaltiPicture *picture)
{
  g_return_if_fail (SMALTI_IS_PUZZLE_PANEL (self));

  if (picture)
    smalti_picture_ref (picture);
  g_clear_pointer (&self->picture, smalti_picture_unref);
  self->picture = picture;
  forget_question (self);
  update (self);
  if (!picture || !self->client)
    return;
  gtk_label_set_text (self->status, _ ("The picture is cut into tiles…"));
  ask (self, cut_puzzle, cut_free, on_cut);
}

static void
smalti_puzzle_panel_dispose (GObject *object)
{
  SmaltiPuzzlePanel *self = SMALTI_PUZZLE_PANEL (object);

  forget_question (self);
  g_clear_pointer (&self->picture, smalti_picture_unref);
  g_clear_object (&self->client);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smalti_puzzle_panel_parent_class)->dispose (object);
}

static void
smalti_puzzle_panel_class_init (SmaltiPuzzlePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_puzzle_panel_dispose;
  g_type_ensure (SMALTI_TYPE_PUZZLE_BOARD);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/puzzle-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, box);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, board);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, status);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, hint);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, actions);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, finish_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, solve_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, shuffle_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiPuzzlePanel, marks_button);
  gtk_widget_class_bind_template_callback (widget_class, on_finish);
  gtk_widget_class_bind_template_callback (widget_class, on_solve);
  gtk_widget_class_bind_template_callback (widget_class, on_shuffle);
  gtk_widget_class_bind_template_callback (widget_class, on_marks);
}

static void
smalti_puzzle_panel_init (SmaltiPuzzlePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->actions, smalti_wrap_layout_new (12, 12));
  g_signal_connect_swapped (self->board, "moved", G_CALLBACK (on_moved), self);
  update (self);
}
