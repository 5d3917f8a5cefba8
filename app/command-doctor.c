/* SPDX-License-Identifier: Apache-2.0 */
/* smalti doctor: what this program has, what this machine has, and whether the two compute what they should. */
#include <cblas.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <jpeglib.h>
#include <math.h>
#include <oneapi/dnnl/dnnl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/self-check.h"
#include "app/work.h"
#include "core/base/text-table.h"
#include "core/run/store.h"

typedef struct
{
  const char *device; /* that is checked */
  guint n_threads;
  SmaltiDeviceInfo info; /* of it; owned texts */
  char *cuda;            /* its name, or why there is none */
  gboolean has_cuda;
  CliSelfCheck check;
} Examination;

/* Devices are opened, used and closed on the work's thread. */
static gboolean
examine (GCancellable *cancellable, gpointer user_data, GError **error)
{
  Examination *self = user_data;
  g_autoptr (GError) reason = NULL;
  g_autoptr (SmaltiDevice) cuda = NULL;
  SmaltiDevice *device;

  cli_work_phase (_ ("Checking the device against the reference"), 0, 0, NULL);
  cuda = smalti_device_open ("cuda", 0, &reason);
  self->has_cuda = cuda != NULL;
  self->cuda = g_strdup (cuda != NULL ? cuda->info.name : reason->message);
  device = smalti_device_open (self->device, self->n_threads, error);
  if (device == NULL)
    return FALSE;
  self->info = device->info;
  self->info.name = g_strdup (device->info.name);
  self->info.features = g_strdup (device->info.features);
  smalti_device_close (device);
  return cli_self_check (self->device, self->n_threads, &self->check, error);
}

/* Where the store is or would be, without making it. */
static char *
store_path (const CliInvocation *invocation)
{
  const char *store = cli_text (invocation, "store");

  return store != NULL ? g_canonicalize_filename (store, NULL)
                       : g_build_filename (g_get_user_data_dir (), "smalti", NULL);
}

/* The folder itself, or the nearest one above it that is there and in which it would be made. */
static gboolean
is_writable (const char *path)
{
  g_autofree char *at = g_strdup (path);

  while (!g_file_test (at, G_FILE_TEST_EXISTS) && strcmp (at, "/") != 0)
    {
      char *parent = g_path_get_dirname (at);

      g_free (at);
      at = parent;
    }
  return access (at, W_OK | X_OK) == 0 && g_file_test (at, G_FILE_TEST_IS_DIR);
}

/* Opens an existing store; one that is not there yet can't be of a wrong version. */
static char *
store_state (const char *path)
{
  g_autofree char *database = g_build_filename (path, "smalti.db", NULL);
  g_autoptr (SmaltiStore) store = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_writable (path))
    return g_strdup (_ ("not writable: choose another place with --store"));
  if (!g_file_test (database, G_FILE_TEST_EXISTS))
    return g_strdup (_ ("writable, not begun yet"));
  store = smalti_store_open (path, &error);
  return store != NULL ? g_strdup (_ ("writable")) : g_strdup (error->message);
}

static char *
dnnl_text (void)
{
  const dnnl_version_t *version = dnnl_version ();

  return g_strdup_printf ("%d.%d.%d", version->major, version->minor, version->patch);
}

static char *
yaml_text (void)
{
  return g_strdup (yaml_get_version_string ());
}

static char *
glib_text (void)
{
  return g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
}

typedef struct
{
  const char *id, *title;
  char *value;
} Fact;

static GArray *
collect (const CliInvocation *invocation, const Examination *self)
{
  GArray *facts = g_array_new (FALSE, FALSE, sizeof (Fact));
  g_autofree char *path = store_path (invocation);
  g_autofree char *memory = cli_text_bytes (self->info.memory_bytes);
  g_autofree char *peak = cli_text_bytes (self->check.arena_bytes);
  g_autofree char *check = NULL;

#define FACT(id_, title_, value_) g_array_append_vals (facts, &(Fact){ id_, title_, value_ }, 1)
  FACT ("version", _ ("Smalti"), g_strdup (SMALTI_VERSION));
  FACT ("workbench", _ ("workbench"),
        g_strdup (SMALTI_HAVE_WORKBENCH ? _ ("built") : _ ("not built: GTK 4 was not there")));
  FACT ("device", _ ("device"), g_strdup (self->info.name));
  FACT ("features", _ ("features"), g_strdup (self->info.features));
  FACT ("processors", _ ("processors"), g_strdup_printf ("%u", smalti_device_n_processors ()));
  FACT ("threads", _ ("threads"), g_strdup_printf ("%u", self->info.n_threads));
  FACT ("memory", _ ("memory"), g_steal_pointer (&memory));
  FACT ("precision", _ ("precision, auto"), g_strdup (self->info.has_bf16 ? "bf16" : "f32"));
  FACT ("cuda", _ ("NVIDIA GPU"), g_strdup (self->cuda));
  FACT ("store", _ ("store"), g_strdup (path));
  FACT ("store_state", "", store_state (path));
  FACT ("onednn", "oneDNN", dnnl_text ());
  FACT ("openblas", "OpenBLAS", g_strdup (openblas_get_config ()));
  FACT ("sqlite", "SQLite", g_strdup (sqlite3_libversion ()));
  FACT ("jpeg", "libjpeg-turbo", g_strdup (G_STRINGIFY (LIBJPEG_TURBO_VERSION)));
  FACT ("pixbuf", "GdkPixbuf", g_strdup (gdk_pixbuf_version));
  FACT ("yaml", "libyaml", yaml_text ());
  FACT ("glib", "GLib", glib_text ());
  if (isnan (self->check.bf16_difference))
    check = g_strdup_printf (_ ("f32 within %.1e of the reference"), self->check.loss_difference);
  else
    check = g_strdup_printf (_ ("f32 within %.1e of the reference, bf16 within %.1e"), self->check.loss_difference,
                             self->check.bf16_difference);
  FACT ("check", _ ("self-check"), g_steal_pointer (&check));
  FACT ("check_state", "",
        g_strdup (self->check.passed ? _ ("passed") : _ ("FAILED: do not trust results of this machine")));
  FACT ("check_plan", _ ("its planned memory"), g_steal_pointer (&peak));
#undef FACT
  return facts;
}

static void
show (const GArray *facts)
{
  const char *const headers[] = { "", "" };
  SmaltiTextTable *table = smalti_text_table_new (headers, 2);
  g_autofree char *rows = NULL;

  for (guint i = 0; i < facts->len; i++)
    {
      smalti_text_table_add (table, g_strdup (g_array_index (facts, Fact, i).title));
      smalti_text_table_add (table, g_strdup (g_array_index (facts, Fact, i).value));
    }
  rows = smalti_text_table_finish (table);
  cli_say ("%s", rows);
}

static void
show_json (const GArray *facts, const Examination *self)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint i = 0; i < facts->len; i++)
    cli_json_string (builder, g_array_index (facts, Fact, i).id, g_array_index (facts, Fact, i).value);
  cli_json_bool (builder, "has_cuda", self->has_cuda);
  cli_json_bool (builder, "has_bf16", self->info.has_bf16);
  cli_json_int (builder, "memory_bytes", self->info.memory_bytes);
  cli_json_bool (builder, "passed", self->check.passed);
  cli_json_number (builder, "f32_difference", self->check.loss_difference);
  cli_json_number (builder, "bf16_difference", self->check.bf16_difference);
  cli_json_int (builder, "arena_bytes", self->check.arena_bytes);
  cli_json_end (builder);
}

static gboolean
run (CliInvocation *invocation, GError **error)
{
  const char *device = cli_text (invocation, "device");
  Examination self = { device != NULL ? device : "auto", cli_whole (invocation, "threads", 0) };
  gboolean ok = cli_work (examine, &self, error);

  if (ok)
    {
      GArray *facts = collect (invocation, &self);

      if (cli_output_json ())
        show_json (facts, &self);
      else
        show (facts);
      for (guint i = 0; i < facts->len; i++)
        g_free (g_array_index (facts, Fact, i).value);
      g_array_unref (facts);
      ok = self.check.passed;
      if (!ok)
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_DEVICE, _ ("“%s” does not compute what the reference does."),
                     self.info.name);
    }
  g_free (self.cuda);
  g_free (self.info.name);
  g_free (self.info.features);
  return ok;
}

const CliCommand cli_doctor_command = {
  .name = "doctor",
  .summary = N_ ("Tell what this machine and this build have, and check that they compute right"),
  .uses = CLI_COMPUTES | CLI_STORES,
  .example = { { "smalti doctor --device cpu", N_ ("The processor, whether there is a GPU or not.") } },
  .run = run,
};
