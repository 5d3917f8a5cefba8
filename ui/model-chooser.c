/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a run has a checkpoint only its folder says, which is looked into on the store's thread; once it has one, it
 * keeps having one. */
#include "ui/model-chooser.h"

#include <glib/gi18n-lib.h>

#include "ui/run-row.h"

struct _SmaltiModelChooser
{
  GtkWidget parent_instance;

  GtkDropDown *drop_down;
  GtkCustomFilter *filter;
  SmaltiStoreClient *client;
  SmaltiRunList *runs;
  GHashTable *known; /* set of ids (gint64): with a checkpoint */
  gint64 wanted;     /* to be chosen when it has one; 0: none */
  SmaltiRunItem *chosen;
  gboolean looking, looked;
};

enum
{
  CHANGED,
  LOOKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SmaltiModelChooser, smalti_model_chooser, GTK_TYPE_WIDGET)

static gboolean
has_checkpoint (gpointer object, gpointer user_data)
{
  SmaltiModelChooser *self = user_data;
  gint64 id = smalti_run_item_get_id (object);

  return g_hash_table_contains (self->known, &id);
}

static void
choose_wanted (SmaltiModelChooser *self)
{
  GListModel *model = gtk_drop_down_get_model (self->drop_down);

  for (guint i = 0; self->wanted && model && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (model, i);

      if (smalti_run_item_get_id (item) != self->wanted)
        continue;
      self->wanted = 0;
      gtk_drop_down_set_selected (self->drop_down, i);
    }
}

static void
on_selected (SmaltiModelChooser *self)
{
  SmaltiRunItem *item = gtk_drop_down_get_selected_item (self->drop_down);

  if (item == self->chosen)
    return;
  g_set_object (&self->chosen, item);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->drop_down), item ? smalti_run_item_get_name (item) : NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* -- looking -- */

/* Of @data, ids of runs (GArray of gint64), those that have one. */
static gpointer
find_checkpoints (SmaltiStore *store, gpointer data, GError **error)
{
  static const char *const names[] = { "checkpoint.safetensors", "checkpoint.previous.safetensors" };
  const GArray *ids = data;
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, id);
      gboolean there = FALSE;

      for (guint k = 0; k < G_N_ELEMENTS (names) && !there; k++)
        {
          g_autofree char *path = g_build_filename (smalti_store_get_path (store), "runs", number, names[k], NULL);

          there = g_file_test (path, G_FILE_TEST_EXISTS);
        }
      if (there)
        g_array_append_val (found, id);
    }
  return found;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmaltiModelChooser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = smalti_store_client_call_finish (SMALTI_STORE_CLIENT (source), result, &error);

  self->looking = FALSE;
  self->looked = TRUE;
  if (!self->drop_down)
    return;
  for (guint i = 0; found && i < found->len; i++)
    g_hash_table_add (self->known, g_memdup2 (&g_array_index (found, gint64, i), sizeof (gint64)));
  if (found && found->len > 0)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_LESS_STRICT);
  choose_wanted (self);
  g_signal_emit (self, signals[LOOKED], 0);
}

void
smalti_model_chooser_refresh (SmaltiModelChooser *self)
{
  g_return_if_fail (SMALTI_IS_MODEL_CHOOSER (self));

  guint n = self->runs ? g_list_model_get_n_items (G_LIST_MODEL (self->runs)) : 0;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (self->looking || !self->client)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SmaltiRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      gint64 id = smalti_run_item_get_id (item);

      if (!g_hash_table_contains (self->known, &id))
        g_array_append_val (ids, id);
    }
  if (ids->len == 0 && self->looked)
    return;
  self->looking = TRUE;
  smalti_store_client_call_async (self->client, find_checkpoints, g_array_ref (ids), (GDestroyNotify)g_array_unref,
                                  (GDestroyNotify)g_array_unref, on_found, g_object_ref (self));
}

void
smalti_model_chooser_choose (SmaltiModelChooser *self, gint64 run)
{
  g_return_if_fail (SMALTI_IS_MODEL_CHOOSER (self));

  self->wanted = run;
  choose_wanted (self);
  smalti_model_chooser_refresh (self);
}

SmaltiRunItem *
smalti_model_chooser_get_chosen (SmaltiModelChooser *self)
{
  return self->chosen;
}

gboolean
smalti_model_chooser_has_looked (SmaltiModelChooser *self)
{
  return self->looked;
}

/* -- rows -- */

static char *
get_name (gpointer item)
{
  return g_strdup (smalti_run_item_get_name (item));
}

static void
set_up_chosen (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_chosen (GtkListItemFactory *factory, GtkListItem *item)
{
  SmaltiRunItem *run = gtk_list_item_get_item (item);
  g_autofree char *text
      /* Translators: of a model: its name and its method */
      = g_strdup_printf (_ ("%s · %s"), smalti_run_item_get_name (run), smalti_run_item_get_method (run));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
set_up_row (GtkListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, g_object_new (SMALTI_TYPE_RUN_ROW, NULL));
}

static void
bind_row (GtkListItemFactory *factory, GtkListItem *item)
{
  smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_row (GtkListItemFactory *factory, GtkListItem *item)
{
  smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

void
smalti_model_chooser_set_runs (SmaltiModelChooser *self, SmaltiStoreClient *client, SmaltiRunList *runs)
{
  g_return_if_fail (SMALTI_IS_MODEL_CHOOSER (self));
  g_return_if_fail (!self->client);

  g_autoptr (GtkFilterListModel) model
      = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (runs)), GTK_FILTER (g_object_ref (self->filter)));

  self->client = g_object_ref (client);
  self->runs = g_object_ref (runs);
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (model));
  smalti_model_chooser_refresh (self);
}

static gboolean
smalti_model_chooser_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SMALTI_MODEL_CHOOSER (widget)->drop_down));
}

static gboolean
smalti_model_chooser_mnemonic_activate (GtkWidget *widget, gboolean group_cycling)
{
  return gtk_widget_grab_focus (widget);
}

static void
smalti_model_chooser_dispose (GObject *object)
{
  SmaltiModelChooser *self = SMALTI_MODEL_CHOOSER (object);

  if (self->drop_down)
    {
      g_signal_handlers_disconnect_by_data (self->drop_down, self);
      gtk_drop_down_set_model (self->drop_down, NULL);
      gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
      gtk_widget_unparent (GTK_WIDGET (self->drop_down));
      self->drop_down = NULL;
    }
  g_clear_object (&self->filter);
  g_clear_object (&self->chosen);
  g_clear_object (&self->runs);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (smalti_model_chooser_parent_class)->dispose (object);
}

static void
smalti_model_chooser_finalize (GObject *object)
{
  g_hash_table_unref (SMALTI_MODEL_CHOOSER (object)->known);
  G_OBJECT_CLASS (smalti_model_chooser_parent_class)->finalize (object);
}

static void
smalti_model_chooser_class_init (SmaltiModelChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smalti_model_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_model_chooser_finalize;
  GTK_WIDGET_CLASS (klass)->grab_focus = smalti_model_chooser_grab_focus;
  GTK_WIDGET_CLASS (klass)->mnemonic_activate = smalti_model_chooser_mnemonic_activate;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[CHANGED]
      = g_signal_new ("changed", SMALTI_TYPE_MODEL_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOOKED]
      = g_signal_new ("looked", SMALTI_TYPE_MODEL_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
smalti_model_chooser_init (SmaltiModelChooser *self)
{
  g_autoptr (GtkExpression) name
      = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (get_name), NULL, NULL);
  g_autoptr (GtkListItemFactory) chosen = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();

  self->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->filter = gtk_custom_filter_new (has_checkpoint, self, NULL);
  self->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  g_signal_connect (chosen, "setup", G_CALLBACK (set_up_chosen), NULL);
  g_signal_connect (chosen, "bind", G_CALLBACK (bind_chosen), NULL);
  g_signal_connect (rows, "setup", G_CALLBACK (set_up_row), NULL);
  g_signal_connect (rows, "bind", G_CALLBACK (bind_row), NULL);
  g_signal_connect (rows, "unbind", G_CALLBACK (unbind_row), NULL);
  gtk_drop_down_set_factory (self->drop_down, chosen);
  gtk_drop_down_set_list_factory (self->drop_down, rows);
  gtk_drop_down_set_expression (self->drop_down, name);
  gtk_drop_down_set_enable_search (self->drop_down, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Model"), -1);
  g_signal_connect_swapped (self->drop_down, "notify::selected-item", G_CALLBACK (on_selected), self);
  gtk_widget_set_parent (GTK_WIDGET (self->drop_down), GTK_WIDGET (self));
}

GtkWidget *
smalti_model_chooser_new (void)
{
  return g_object_new (SMALTI_TYPE_MODEL_CHOOSER, NULL);
}
