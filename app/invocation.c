/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the words of a call against the tables. Options may stand anywhere, before the command's name too; "--" ends
 * them. Our own and not GOptionContext's, so that an unknown word is answered with the nearest one that exists. */
#include "app/command.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/base/param.h"

typedef struct
{
  CliInvocation *self;
  GPtrArray *words; /* what is no option, in order */
  GPtrArray *given; /* names of the options seen, in order */
} Parser;

static void
add_key (GArray *table, const char *key)
{
  g_array_append_vals (table, &(SmaltiParam){ .key = key }, 1);
}

static const char *
nearest_option (const CliCommand *command, const char *name)
{
  g_autoptr (GArray) table = g_array_new (TRUE, TRUE, sizeof (SmaltiParam));

  for (const CliOption *o = cli_global_options; o->name != NULL; o++)
    if (cli_command_takes (command, o))
      add_key (table, o->name);
  for (const CliOption *o = command != NULL ? command->options : NULL; o != NULL && o->name != NULL; o++)
    add_key (table, o->name);
  return smalti_param_nearest ((const SmaltiParam *)table->data, name);
}

static const CliOption *
find_in (const CliOption *table, const char *name, char letter)
{
  for (const CliOption *o = table; o != NULL && o->name != NULL; o++)
    if (name != NULL ? strcmp (o->name, name) == 0 : o->letter == letter)
      return o;
  return NULL;
}

/* Before the command is known any command's option will do: it is looked at again when all words are read. */
static const CliOption *
find_option (const char *name, char letter)
{
  const CliOption *option = find_in (cli_global_options, name, letter);

  for (guint i = 0; option == NULL && cli_commands[i] != NULL; i++)
    option = find_in (cli_commands[i]->options, name, letter);
  return option;
}

static void
add_value (CliInvocation *self, const char *option, const char *text)
{
  GPtrArray *values = g_hash_table_lookup (self->values, option);

  if (values == NULL)
    {
      values = g_ptr_array_new_null_terminated (1, g_free, TRUE);
      g_hash_table_insert (self->values, g_strdup (option), values);
    }
  g_ptr_array_add (values, g_strdup (text));
}

static gboolean
read_number (const char *text, gboolean whole, double *number)
{
  char *end;

  errno = 0;
  *number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && errno == 0 && isfinite (*number) && (!whole || *number == floor (*number));
}

static gboolean
check_number (const CliOption *option, const char *text, GError **error)
{
  gboolean whole = option->kind == CLI_WHOLE;
  double number;

  if (read_number (text, whole, &number) && number >= option->min && number <= option->max)
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
               whole ? _ ("“--%s %s” can't be: %s is a whole number from %g to %g.")
                     : _ ("“--%s %s” can't be: %s is a number from %g to %g."),
               option->name, text, _ (option->value), option->min, option->max);
  return FALSE;
}

static gboolean
check_choice (const CliOption *option, const char *text, GError **error)
{
  g_autofree char *all = NULL;

  if (g_strv_contains (option->choices, text))
    return TRUE;
  all = g_strjoinv (", ", (char **)option->choices);
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“--%s %s” can't be: choose one of: %s."), option->name,
               text, all);
  return FALSE;
}

static gboolean
check_value (const CliOption *option, const char *text, GError **error)
{
  if (option->kind == CLI_WHOLE || option->kind == CLI_NUMBER)
    return check_number (option, text, error);
  if (option->kind == CLI_CHOICE)
    return check_choice (option, text, error);
  if (*text != '\0')
    return TRUE;
  g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“--%s” needs a value: %s."), option->name,
               _ (option->value));
  return FALSE;
}

/* Whether @word may stand as the value of an option: "--out --json" is a forgotten value. */
static gboolean
is_value (const char *word, const CliOption *option)
{
  double number;

  return word != NULL
         && (word[0] != '-' || strcmp (word, "-") == 0
             || ((option->kind == CLI_WHOLE || option->kind == CLI_NUMBER) && read_number (word, FALSE, &number)));
}

/* Reads the option at argv[*i]; unknown ones are kept by name for when the command is known. */
static gboolean
read_option (Parser *parser, char **argv, int *i, GError **error)
{
  const char *word = argv[*i];
  gboolean is_long = word[1] == '-';
  const char *equals = is_long ? strchr (word, '=') : NULL;
  g_autofree char *name = NULL;
  const CliOption *option;
  const char *value = NULL;

  if (is_long)
    {
      name = equals != NULL ? g_strndup (word + 2, equals - word - 2) : g_strdup (word + 2);
      option = find_option (name, 0);
    }
  else
    {
      name = g_strdup (word + 1);
      option = name[1] == '\0' ? find_option (NULL, name[0]) : NULL;
    }
  g_ptr_array_add (parser->given, g_strdup (option != NULL ? option->name : name));
  if (option == NULL)
    return TRUE;
  if (option->kind == CLI_NONE)
    {
      if (equals != NULL)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“--%s” takes no value."), option->name);
          return FALSE;
        }
      add_value (parser->self, option->name, "");
      return TRUE;
    }
  if (equals != NULL)
    value = equals + 1;
  else if (is_value (argv[*i + 1], option))
    value = argv[++*i];
  if (value == NULL)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“--%s” needs a value: %s."), option->name,
                   _ (option->value));
      return FALSE;
    }
  add_value (parser->self, option->name, value);
  return TRUE;
}

/* The words that begin with the command's name: one or two. Returns how many are the name, 0 when there is no such
 * command. A first word that only begins names of two words ("runs") stands for the first of them. */
static guint
find_command (GPtrArray *words, const CliCommand **command)
{
  const char *first = g_ptr_array_index (words, 0);
  g_autofree char *prefix = g_strconcat (first, " ", NULL);

  *command = cli_command_find (first);
  if (*command != NULL)
    return 1;
  if (words->len > 1)
    {
      g_autofree char *both = g_strconcat (prefix, g_ptr_array_index (words, 1), NULL);

      *command = cli_command_find (both);
      if (*command != NULL)
        return 2;
    }
  return 0;
}

static void
unknown_command (GPtrArray *words, GError **error)
{
  const char *first = g_ptr_array_index (words, 0);
  g_autofree char *prefix = g_strconcat (first, " ", NULL);
  g_autoptr (GArray) firsts = g_array_new (TRUE, TRUE, sizeof (SmaltiParam));
  g_autoptr (GArray) seconds = g_array_new (TRUE, TRUE, sizeof (SmaltiParam));
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  const char *nearest;

  for (guint i = 0; cli_commands[i] != NULL; i++)
    {
      const char *name = cli_commands[i]->name;

      if (g_str_has_prefix (name, prefix))
        add_key (seconds, name + strlen (prefix));
      g_ptr_array_add (keys, g_strndup (name, strcspn (name, " ")));
      add_key (firsts, g_ptr_array_index (keys, keys->len - 1));
    }
  if (seconds->len > 0)
    {
      g_autoptr (GString) all = g_string_new (NULL);

      for (guint i = 0; i < seconds->len; i++)
        g_string_append_printf (all, "%s%s", i > 0 ? ", " : "", g_array_index (seconds, SmaltiParam, i).key);
      if (words->len == 1)
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“smalti %s” needs one more word: %s."), first,
                     all->str);
      else if ((nearest = smalti_param_nearest ((SmaltiParam *)seconds->data, g_ptr_array_index (words, 1))) != NULL)
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                     _ ("There is no “smalti %s %s”; did you mean “smalti %s %s”?"), first,
                     (char *)g_ptr_array_index (words, 1), first, nearest);
      else
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no “smalti %s %s”; there are: %s."),
                     first, (char *)g_ptr_array_index (words, 1), all->str);
      return;
    }
  nearest = smalti_param_nearest ((SmaltiParam *)firsts->data, first);
  if (nearest != NULL)
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no command “%s”; did you mean “%s”?"), first,
                 nearest);
  else
    g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("There is no command “%s”; “smalti help” lists them."),
                 first);
}

static gboolean
check_options (Parser *parser, GError **error)
{
  const CliCommand *command = parser->self->command;

  for (guint i = 0; i < parser->given->len; i++)
    {
      const char *name = g_ptr_array_index (parser->given, i);
      const CliOption *own = find_in (command != NULL ? command->options : NULL, name, 0);
      const CliOption *global = find_in (cli_global_options, name, 0);
      const CliOption *option = own != NULL ? own : global;
      const char *dashes = strlen (name) > 1 ? "--" : "-";
      GPtrArray *values;

      if (own == NULL && global != NULL && !cli_command_takes (command, global))
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“smalti %s” has no use for “--%s”."),
                       command->name, name);
          return FALSE;
        }
      if (option == NULL)
        {
          const char *nearest = nearest_option (command, name);

          if (nearest != NULL)
            g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                         _ ("There is no option “%s%s”; did you mean “--%s”?"), dashes, name, nearest);
          else if (command != NULL)
            g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                         _ ("There is no option “%s%s”; “smalti help %s” lists what there is."), dashes, name,
                         command->name);
          else
            g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                         _ ("There is no option “%s%s”; “smalti help” lists what there is."), dashes, name);
          return FALSE;
        }
      values = g_hash_table_lookup (parser->self->values, name);
      if (!option->repeats && option->kind != CLI_NONE && values->len > 1)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“--%s” can be given only once."), name);
          return FALSE;
        }
      for (guint k = 0; option->kind != CLI_NONE && k < values->len; k++)
        if (!check_value (option, g_ptr_array_index (values, k), error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
check_complete (const CliInvocation *self, GError **error)
{
  guint n = self->arguments->len;
  const CliArgument *argument = self->command->argument;

  for (const CliOption *o = self->command->options; o != NULL && o->name != NULL; o++)
    if (o->required && !cli_has (self, o->name))
      {
        g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“smalti %s” needs “--%s %s”."),
                     self->command->name, o->name, _ (o->value));
        return FALSE;
      }
  for (guint i = 0; argument[i].name != NULL; i++)
    {
      if (i >= n && !argument[i].optional)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“smalti %s” needs %s."), self->command->name,
                       _ (argument[i].name));
          return FALSE;
        }
      if (argument[i].repeats)
        return TRUE;
      if (argument[i + 1].name == NULL && n > i + 1)
        {
          g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT,
                       _ ("“smalti %s” does not know what to do with “%s”."), self->command->name,
                       cli_argument (self, i + 1));
          return FALSE;
        }
    }
  if (argument[0].name == NULL && n > 0)
    {
      g_set_error (error, SMALTI_ERROR, SMALTI_ERROR_ARGUMENT, _ ("“smalti %s” does not know what to do with “%s”."),
                   self->command->name, cli_argument (self, 0));
      return FALSE;
    }
  return TRUE;
}

CliInvocation *
cli_invocation_new (int argc, char **argv, GError **error)
{
  g_autoptr (CliInvocation) self = g_new0 (CliInvocation, 1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GPtrArray) given = g_ptr_array_new_with_free_func (g_free);
  Parser parser = { self, words, given };
  guint n_name = 0;

  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  self->arguments = g_ptr_array_new_null_terminated (4, g_free, TRUE);
  for (int i = 1; i < argc; i++)
    {
      if (strcmp (argv[i], "--") == 0)
        {
          while (++i < argc)
            g_ptr_array_add (words, argv[i]);
          break;
        }
      if (argv[i][0] != '-' || argv[i][1] == '\0')
        g_ptr_array_add (words, argv[i]);
      else if (!read_option (&parser, argv, &i, error))
        return NULL;
    }
  if (words->len > 0)
    {
      n_name = find_command (words, &self->command);
      /* "smalti runs" is "smalti runs list", "smalti data --help" is "smalti help data". */
      if (n_name == 0 && words->len == 1
          && (strcmp (words->pdata[0], "runs") == 0 || strcmp (words->pdata[0], "models") == 0))
        {
          g_autofree char *list = g_strconcat (words->pdata[0], " list", NULL);

          self->command = cli_command_find (list);
          n_name = 1;
        }
      if (n_name == 0 && !g_hash_table_contains (self->values, "help"))
        {
          unknown_command (words, error);
          return NULL;
        }
      for (guint i = n_name; i < words->len; i++)
        g_ptr_array_add (self->arguments, g_strdup (words->pdata[i]));
    }
  if (!check_options (&parser, error))
    return NULL;
  if (self->command != NULL && !cli_has (self, "help") && !cli_has (self, "version") && !check_complete (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
cli_invocation_free (CliInvocation *self)
{
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_clear_pointer (&self->arguments, g_ptr_array_unref);
  g_free (self);
}

gboolean
cli_has (const CliInvocation *self, const char *option)
{
  g_assert (find_option (option, 0) != NULL);
  return g_hash_table_contains (self->values, option);
}

const char *
cli_text (const CliInvocation *self, const char *option)
{
  GPtrArray *values = g_hash_table_lookup (self->values, option);

  g_assert (find_option (option, 0) != NULL);
  return values != NULL ? g_ptr_array_index (values, values->len - 1) : NULL;
}

double
cli_number (const CliInvocation *self, const char *option, double fallback)
{
  const char *text = cli_text (self, option);

  return text != NULL ? g_ascii_strtod (text, NULL) : fallback;
}

gint64
cli_whole (const CliInvocation *self, const char *option, gint64 fallback)
{
  return (gint64)cli_number (self, option, fallback);
}

const char *const *
cli_list (const CliInvocation *self, const char *option)
{
  GPtrArray *values = g_hash_table_lookup (self->values, option);

  g_assert (find_option (option, 0) != NULL);
  return values != NULL ? (const char *const *)values->pdata : NULL;
}

const char *
cli_argument (const CliInvocation *self, guint i)
{
  return i < self->arguments->len ? g_ptr_array_index (self->arguments, i) : NULL;
}
