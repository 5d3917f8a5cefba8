/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of a run, section by section. A method and a backbone bring their own tables, so that changing one of
 * them replaces the settings of its section. */
#include "core/run/spec-private.h"

#include <gio/gio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/device/device.h"
#include "core/eval/benchmark.h"

G_DEFINE_BOXED_TYPE (SmaltiSpec, smalti_spec, smalti_spec_ref, smalti_spec_unref)

const char *const smalti_section_names[SMALTI_N_SECTIONS] = { "", "data", "method", "backbone", "train", "eval" };

SmaltiSection
smalti_section_find (const char *name)
{
  SmaltiSection section = SMALTI_SECTION_TOP;

  while (section < SMALTI_N_SECTIONS && strcmp (smalti_section_names[section], name) != 0)
    section++;
  return section;
}

gboolean
smalti_section_is_named (SmaltiSection section)
{
  return section == SMALTI_SECTION_METHOD || section == SMALTI_SECTION_BACKBONE;
}

SmaltiSpec *
smalti_spec_new (const SmaltiPretextClass *method, const SmaltiBackboneClass *backbone)
{
  SmaltiSpec *self = g_new0 (SmaltiSpec, 1);

  self->ref_count = 1;
  self->method = method;
  self->backbone = backbone;
  self->values[SMALTI_SECTION_TOP] = smalti_values_new (smalti_spec_params);
  self->values[SMALTI_SECTION_DATA] = smalti_values_new (smalti_data_params);
  self->values[SMALTI_SECTION_METHOD] = smalti_values_new (method->params);
  self->values[SMALTI_SECTION_BACKBONE] = smalti_values_new (backbone->params);
  self->values[SMALTI_SECTION_TRAIN] = smalti_values_new (smalti_train_params ());
  self->values[SMALTI_SECTION_EVAL] = smalti_values_new (smalti_eval_params);
  return self;
}

SmaltiSpec *
smalti_spec_ref (SmaltiSpec *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_spec_unref (SmaltiSpec *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    smalti_values_unref (self->values[s]);
  g_free (self);
}

SmaltiSpec *
smalti_spec_copy (const SmaltiSpec *self)
{
  SmaltiSpec *copy = g_new0 (SmaltiSpec, 1);

  copy->ref_count = 1;
  copy->method = self->method;
  copy->backbone = self->backbone;
  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    copy->values[s] = smalti_values_copy (self->values[s]);
  return copy;
}

const SmaltiPretextClass *
smalti_spec_get_method (const SmaltiSpec *self)
{
  return self->method;
}

const SmaltiBackboneClass *
smalti_spec_get_backbone (const SmaltiSpec *self)
{
  return self->backbone;
}

SmaltiValues *
smalti_spec_get_values (const SmaltiSpec *self, const char *name)
{
  SmaltiSection section = smalti_section_find (name);

  g_assert (section < SMALTI_N_SECTIONS);
  return self->values[section];
}

/* Names that exist, as a table, so that the nearest one is found as it is for keys. */
static SmaltiParam *
class_names (SmaltiSection section)
{
  GArray *names = g_array_new (TRUE, TRUE, sizeof (SmaltiParam));

  if (section == SMALTI_SECTION_METHOD)
    for (const SmaltiPretextClass *const *c = smalti_pretexts (); *c != NULL; c++)
      g_array_append_vals (names, &(SmaltiParam){ .key = (*c)->id }, 1);
  else
    for (const SmaltiBackboneClass *const *c = smalti_backbones (); *c != NULL; c++)
      g_array_append_vals (names, &(SmaltiParam){ .key = (*c)->id }, 1);
  return (SmaltiParam *)g_array_free (names, FALSE);
}

static void
unknown_class (SmaltiSection section, const char *name, GError **error)
{
  g_autofree SmaltiParam *names = class_names (section);
  g_autoptr (GString) all = g_string_new (NULL);
  const char *nearest = smalti_param_nearest (names, name);

  for (const SmaltiParam *n = names; n->key != NULL; n++)
    g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", n->key);
  if (nearest != NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                 section == SMALTI_SECTION_METHOD ? _ ("There is no method “%s”; did you mean “%s”? There are: %s.")
                                                  : _ ("There is no backbone “%s”; did you mean “%s”? There are: %s."),
                 name, nearest, all->str);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                 section == SMALTI_SECTION_METHOD ? _ ("There is no method “%s”; there are: %s.")
                                                  : _ ("There is no backbone “%s”; there are: %s."),
                 name, all->str);
}

gboolean
smalti_spec_set_class (SmaltiSpec *self, SmaltiSection section, const char *name, GError **error)
{
  const SmaltiPretextClass *method = NULL;
  const SmaltiBackboneClass *backbone = NULL;

  if (section == SMALTI_SECTION_METHOD)
    method = smalti_pretext_find (name);
  else
    backbone = smalti_backbone_find (name);
  if (method == NULL && backbone == NULL)
    {
      unknown_class (section, name, error);
      return FALSE;
    }
  if (method == self->method || backbone == self->backbone)
    return TRUE; /* its settings stay */
  if (method != NULL)
    self->method = method;
  else
    self->backbone = backbone;
  smalti_values_unref (self->values[section]);
  self->values[section] = smalti_values_new (method != NULL ? method->params : backbone->params);
  return TRUE;
}

static char *
section_title (const SmaltiSpec *self, SmaltiSection section)
{
  switch (section)
    {
    case SMALTI_SECTION_TOP:
      return g_strdup (_ ("the spec"));
    case SMALTI_SECTION_METHOD:
      return g_strdup_printf (_ ("method %s"), self->method->id);
    case SMALTI_SECTION_BACKBONE:
      return g_strdup_printf (_ ("backbone %s"), self->backbone->id);
    case SMALTI_SECTION_DATA:
    case SMALTI_SECTION_TRAIN:
    case SMALTI_SECTION_EVAL:
    case SMALTI_N_SECTIONS:
      break;
    }
  return g_strdup_printf (_ ("section %s"), smalti_section_names[section]);
}

/* All keys of a section, with those that are in no table. */
static SmaltiParam *
section_keys (const SmaltiSpec *self, SmaltiSection section)
{
  GArray *keys = g_array_new (TRUE, TRUE, sizeof (SmaltiParam));

  for (const SmaltiParam *p = smalti_values_get_table (self->values[section]); p->key != NULL; p++)
    g_array_append_vals (keys, p, 1);
  if (smalti_section_is_named (section))
    g_array_append_vals (keys, &(SmaltiParam){ .key = "name" }, 1);
  if (section == SMALTI_SECTION_TOP)
    for (SmaltiSection s = SMALTI_SECTION_DATA; s < SMALTI_N_SECTIONS; s++)
      g_array_append_vals (keys, &(SmaltiParam){ .key = smalti_section_names[s] }, 1);
  return (SmaltiParam *)g_array_free (keys, FALSE);
}

char *
smalti_spec_unknown_key (const SmaltiSpec *self, SmaltiSection section, const char *key)
{
  g_autofree SmaltiParam *keys = section_keys (self, section);
  g_autofree char *title = section_title (self, section);
  g_autoptr (GString) all = g_string_new (NULL);
  const char *nearest;

  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    if (s != section && smalti_param_find (smalti_values_get_table (self->values[s]), key) != NULL)
      {
        if (s == SMALTI_SECTION_TOP)
          return g_strdup_printf (_ ("“%s” is no key of %s; it stands at the top level."), key, title);
        return g_strdup_printf (_ ("“%s” is no key of %s; it belongs to “%s”."), key, title, smalti_section_names[s]);
      }
  nearest = smalti_param_nearest (keys, key);
  if (nearest != NULL)
    return g_strdup_printf (_ ("“%s” is no key of %s; did you mean “%s”?"), key, title, nearest);
  for (const SmaltiParam *k = keys; k->key != NULL; k++)
    g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", k->key);
  if (all->len == 0)
    return g_strdup_printf (_ ("“%s” is no key of %s, which has no settings."), key, title);
  return g_strdup_printf (_ ("“%s” is no key of %s; its keys are: %s."), key, title, all->str);
}

char *
smalti_spec_resolve_path (const char *path, const char *folder)
{
  if (*path == '\0')
    return g_strdup ("");
  if (strcmp (path, "~") == 0 || g_str_has_prefix (path, "~/"))
    return g_build_filename (g_get_home_dir (), path + 1, NULL);
  if (folder == NULL || g_path_is_absolute (path))
    return g_strdup (path);
  return g_canonicalize_filename (path, folder);
}

gboolean
smalti_spec_set (SmaltiSpec *self, const char *key, const char *text, GError **error)
{
  const char *dot = strchr (key, '.');
  g_autofree char *name = dot != NULL ? g_strndup (key, dot - key) : g_strdup ("");
  const char *rest = dot != NULL ? dot + 1 : key;
  SmaltiSection section = smalti_section_find (name);
  g_autofree char *path = NULL;
  const SmaltiParam *param;

  if (section == SMALTI_N_SECTIONS || (dot != NULL && section == SMALTI_SECTION_TOP))
    {
      g_autofree char *message = smalti_spec_unknown_key (self, SMALTI_SECTION_TOP, name);

      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, message);
      return FALSE;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("The value of “%s” is not valid UTF-8 text."), key);
      return FALSE;
    }
  if (smalti_section_is_named (section) && strcmp (rest, "name") == 0)
    return smalti_spec_set_class (self, section, text, error);
  param = smalti_param_find (smalti_values_get_table (self->values[section]), rest);
  if (param == NULL)
    {
      g_autofree char *message
          = section == SMALTI_SECTION_TOP && smalti_section_find (rest) < SMALTI_N_SECTIONS
                ? g_strdup_printf (_ ("“%s” is a section: name one of its keys, as in “%s.KEY”."), rest, rest)
                : smalti_spec_unknown_key (self, section, rest);

      g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, message);
      return FALSE;
    }
  if (param->type == SMALTI_PARAM_PATH)
    {
      g_autofree char *here = g_get_current_dir ();

      path = smalti_spec_resolve_path (text, here);
    }
  return smalti_values_set (self->values[section], rest, path != NULL ? path : text, error);
}

char *
smalti_spec_get_text (const SmaltiSpec *self, const char *key)
{
  const char *dot = strchr (key, '.');
  g_autofree char *name = dot != NULL ? g_strndup (key, dot - key) : g_strdup ("");
  const char *rest = dot != NULL ? dot + 1 : key;
  SmaltiSection section = smalti_section_find (name);

  if (section == SMALTI_SECTION_METHOD && strcmp (rest, "name") == 0)
    return g_strdup (self->method->id);
  if (section == SMALTI_SECTION_BACKBONE && strcmp (rest, "name") == 0)
    return g_strdup (self->backbone->id);
  if (section == SMALTI_N_SECTIONS || smalti_param_find (smalti_values_get_table (self->values[section]), rest) == NULL)
    return NULL;
  return smalti_values_get_text (self->values[section], rest);
}

const char *const smalti_spec_changeable[] = { "train.lr", "train.epochs", NULL };

gboolean
smalti_spec_check_change (const SmaltiSpec *self, const char *key, const char *value, GError **error)
{
  g_autoptr (SmaltiValues) values = NULL;

  if (!g_strv_contains (smalti_spec_changeable, key))
    {
      g_autofree char *keys = g_strjoinv (", ", (char **)smalti_spec_changeable);

      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("“%s” can't be changed while a run is under way; what can is: %s."), key, keys);
      return FALSE;
    }
  if (self != NULL && strcmp (key, "train.epochs") == 0
      && smalti_values_get_float (self->values[SMALTI_SECTION_TRAIN], "minutes") > 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                   _ ("The run is planned by time (train.minutes), so that its epochs can't be changed."));
      return FALSE;
    }
  values = smalti_values_new (smalti_train_params ());
  return smalti_values_set (values, key + strlen ("train."), value, error);
}

void
smalti_spec_find_mistakes (const SmaltiSpec *self, SmaltiSpecReport report, gpointer user_data)
{
  const char *device = smalti_values_get_string (self->values[SMALTI_SECTION_TOP], "device");

  for (SmaltiSection s = 0; s < SMALTI_N_SECTIONS; s++)
    for (const SmaltiParam *p = smalti_values_get_table (self->values[s]); p->key != NULL; p++)
      {
        g_autofree char *text = smalti_values_get_text (self->values[s], p->key);

        if ((p->flags & SMALTI_PARAM_REQUIRED) != 0 && !(s == SMALTI_SECTION_DATA && self->method->is_imported)
            && (*text == '\0' || strcmp (text, "[]") == 0))
          {
            g_autofree char *allowed = smalti_param_allowed (p);
            g_autofree char *message
                = g_strdup_printf (_ ("“%s%s%s” is missing; it must be %s."), smalti_section_names[s],
                                   s == SMALTI_SECTION_TOP ? "" : ".", p->key, allowed);

            report (s, p->key, message, user_data);
          }
      }
  if (!smalti_device_is_known (device))
    {
      g_autofree char *message = g_strdup_printf (
          _ ("There is no device “%s”; it must be one of: auto, cpu, cuda, cuda:1 (and so on), reference."), device);

      report (SMALTI_SECTION_TOP, "device", message, user_data);
    }
}

static void
collect (SmaltiSection section, const char *key, const char *message, gpointer user_data)
{
  GString *messages = user_data;

  g_string_append_printf (messages, "%s%s", messages->len > 0 ? "\n" : "", message);
}

/* The network, built as far as it can be without the images: tiles too small for the backbone, more permutations than
 * there are. Methods with labels need the data's classes, and are checked when it is opened. */
static gboolean
check_network (const SmaltiSpec *self, GError **error)
{
  g_autoptr (SmaltiPretext) pretext = NULL;
  g_autoptr (SmaltiGraph) graph = NULL;
  SmaltiPretextGraph parts;

  if (self->method->needs_labels)
    return TRUE;
  pretext = smalti_pretext_new (self->method, self->values[SMALTI_SECTION_METHOD], NULL, error);
  if (pretext == NULL)
    return FALSE;
  graph = smalti_graph_new (TRUE);
  self->method->build (pretext, graph, self->backbone, self->values[SMALTI_SECTION_BACKBONE], 1, &parts);
  return smalti_graph_check (graph, error);
}

gboolean
smalti_spec_refuse_imported (GError **error)
{
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("Imported weights are not trained here, so there is nothing to run: “smalti models import” "
                          "brings them in, “smalti eval” measures them."));
  return FALSE;
}

gboolean
smalti_spec_check (const SmaltiSpec *self, GError **error)
{
  g_autoptr (GString) messages = g_string_new (NULL);

  smalti_spec_find_mistakes (self, collect, messages);
  if (self->method->is_imported)
    return smalti_spec_refuse_imported (error);
  if (messages->len == 0)
    return check_network (self, error);
  g_set_error_literal (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, messages->str);
  return FALSE;
}
