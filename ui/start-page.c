/* SPDX-License-Identifier: Apache-2.0 */
/* The picture is no picture of a program: a photograph of the built-in sample is cut up and put together, loses its
 * colours and gets them back. It is drawn, and the devices are asked what they are, on a thread of their own: neither
 * is quick. */
#include "ui/start-page.h"

#include <glib/gi18n-lib.h>

#include "core/base/memory.h"
#include "core/data/sample.h"
#include "core/device/device.h"
#include "ui/image-view.h"
#include "ui/run-row.h"

enum
{
  N_RECENT = 5,
  N_PICTURES = 4,
  PICTURE_SIDE = 144, /* three tiles of 48 */
  PICTURE_TILE = PICTURE_SIDE / 3,
};

struct _SmaltiStartPage
{
  SmaltiPage parent_instance;

  GtkBox *pictures;
  GtkWidget *open_button;
  GtkWidget *recent_section;
  GtkListBox *recent_list;
  GtkListBox *machine_list;

  GtkWidget *picture[N_PICTURES];
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (SmaltiStartPage, smalti_start_page, SMALTI_TYPE_PAGE)

/* -- the picture -- */

static SmaltiImage *
shuffle (const SmaltiImage *image)
{
  return smalti_image_rearrange (image, 3, (const guint8[]){ 1, 7, 3, 8, 0, 5, 6, 2, 4 });
}

static void
draw_pictures (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *drawn = g_ptr_array_new_with_free_func ((GDestroyNotify)smalti_image_unref);
  SmaltiImage *puzzle = smalti_sample_draw (0, 3, PICTURE_SIDE);
  SmaltiImage *color = smalti_sample_draw (2, 5, PICTURE_SIDE);
  SmaltiImage *grey = smalti_image_copy (color);

  smalti_image_to_grey (grey);
  g_ptr_array_add (drawn, shuffle (puzzle));
  g_ptr_array_add (drawn, puzzle);
  g_ptr_array_add (drawn, grey);
  g_ptr_array_add (drawn, color);
  g_task_return_pointer (task, drawn, (GDestroyNotify)g_ptr_array_unref);
}

static void
on_pictures (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiStartPage *self = SMALTI_START_PAGE (source);
  g_autoptr (GPtrArray) drawn = g_task_propagate_pointer (G_TASK (result), NULL);

  for (guint i = 0; drawn && i < N_PICTURES; i++)
    smalti_image_view_set_image (SMALTI_IMAGE_VIEW (self->picture[i]), drawn->pdata[i]);
}

/* -- what was found of this computer -- */

typedef struct
{
  char *title, *details;
} Fact;

static void
fact_free (Fact *fact)
{
  g_free (fact->title);
  g_free (fact->details);
  g_free (fact);
}

static void
add_fact (GPtrArray *facts, const char *title, const char *details)
{
  Fact *fact = g_new (Fact, 1);

  *fact = (Fact){ g_strdup (title), g_strdup (details) };
  g_ptr_array_add (facts, fact);
}

static void
add_device (GPtrArray *facts, const char *id)
{
  g_autoptr (GError) reason = NULL;
  SmaltiDevice *device = smalti_device_open (id, 0, &reason);

  if (!device)
    {
      add_fact (facts, g_str_equal (id, "cuda") ? _ ("No GPU") : _ ("No processor"), reason->message);
      return;
    }

  g_autofree char *memory = g_format_size_full (device->info.memory_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *details = NULL;

  if (g_str_equal (id, "cpu"))
    /* Translators: of a processor: "23.4 GiB of memory · AVX-512, bfloat16" */
    details = g_strdup_printf (_ ("%s of memory · %s"), memory, device->info.features);
  add_fact (facts, device->info.name, details ? details : device->info.features);
  smalti_device_close (device);
}

static void
look_at_machine (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *facts = g_ptr_array_new_with_free_func ((GDestroyNotify)fact_free);

  add_device (facts, "cpu");
  add_device (facts, "cuda");
  g_task_return_pointer (task, facts, (GDestroyNotify)g_ptr_array_unref);
}

static void
on_machine (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SmaltiStartPage *self = SMALTI_START_PAGE (source);
  g_autoptr (GPtrArray) facts = g_task_propagate_pointer (G_TASK (result), NULL);

  for (guint i = 0; facts && i < facts->len; i++)
    {
      const Fact *fact = facts->pdata[i];
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *title = g_markup_escape_text (fact->title, -1);
      g_autofree char *details = g_markup_escape_text (fact->details ? fact->details : "", -1);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), details);
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
      gtk_list_box_append (self->machine_list, row);
    }
}

static void
run_in_thread (SmaltiStartPage *self, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, callback, NULL);

  g_task_run_in_thread (task, func);
}

/* -- the latest runs -- */

static void
update_recent (SmaltiStartPage *self)
{
  GListModel *runs = G_LIST_MODEL (smalti_workbench_get_runs (smalti_page_get_workbench (SMALTI_PAGE (self))));
  guint n = MIN (g_list_model_get_n_items (runs), N_RECENT);

  gtk_widget_set_visible (self->recent_section, n > 0);
  for (guint i = 0; i < N_RECENT; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->recent_list, i);
      g_autoptr (SmaltiRunItem) item = i < n ? g_list_model_get_item (runs, i) : NULL;

      gtk_widget_set_visible (GTK_WIDGET (row), item != NULL);
      smalti_run_row_set_item (SMALTI_RUN_ROW (gtk_list_box_row_get_child (row)), item);
    }
}

static void
on_recent (SmaltiStartPage *self, GtkListBoxRow *row)
{
  SmaltiRunItem *item = smalti_run_row_get_item (SMALTI_RUN_ROW (gtk_list_box_row_get_child (row)));

  if (item)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-run", "x", smalti_run_item_get_id (item));
}

static void
smalti_start_page_attach (SmaltiPage *page)
{
  SmaltiStartPage *self = SMALTI_START_PAGE (page);

  g_signal_connect_object (smalti_page_get_workbench (page), "runs-read", G_CALLBACK (update_recent), self,
                           G_CONNECT_SWAPPED);
  update_recent (self);
  run_in_thread (self, draw_pictures, on_pictures);
  run_in_thread (self, look_at_machine, on_machine);
}

static void
smalti_start_page_shown (SmaltiPage *page)
{
  smalti_page_focus (page, SMALTI_START_PAGE (page)->open_button);
}

static void
smalti_start_page_dispose (GObject *object)
{
  g_cancellable_cancel (SMALTI_START_PAGE (object)->cancellable);
  G_OBJECT_CLASS (smalti_start_page_parent_class)->dispose (object);
}

static void
smalti_start_page_finalize (GObject *object)
{
  g_object_unref (SMALTI_START_PAGE (object)->cancellable);
  G_OBJECT_CLASS (smalti_start_page_parent_class)->finalize (object);
}

static void
smalti_start_page_class_init (SmaltiStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smalti_start_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = smalti_start_page_finalize;
  SMALTI_PAGE_CLASS (klass)->attach = smalti_start_page_attach;
  SMALTI_PAGE_CLASS (klass)->shown = smalti_start_page_shown;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/smalti/Smalti/ui/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmaltiStartPage, pictures);
  gtk_widget_class_bind_template_child (widget_class, SmaltiStartPage, open_button);
  gtk_widget_class_bind_template_child (widget_class, SmaltiStartPage, recent_section);
  gtk_widget_class_bind_template_child (widget_class, SmaltiStartPage, recent_list);
  gtk_widget_class_bind_template_child (widget_class, SmaltiStartPage, machine_list);
  gtk_widget_class_bind_template_callback (widget_class, on_recent);
}

static void
add_picture (SmaltiStartPage *self, guint i, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (title);

  self->picture[i] = smalti_image_view_new ();
  gtk_widget_set_hexpand (self->picture[i], TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), self->picture[i]);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (self->pictures, box);
}

static void
smalti_start_page_init (SmaltiStartPage *self)
{
  static const char *const titles[N_PICTURES] = { N_ ("Shuffled"), N_ ("Solved"), N_ ("Grey"), N_ ("Coloured") };

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_PICTURES; i++)
    add_picture (self, i, _ (titles[i]));
  for (guint i = 0; i < N_RECENT; i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();

      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), g_object_new (SMALTI_TYPE_RUN_ROW, NULL));
      gtk_list_box_append (self->recent_list, row);
    }
}
