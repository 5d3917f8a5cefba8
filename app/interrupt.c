/* SPDX-License-Identifier: Apache-2.0 */
/* Ctrl-C, twice. The second signal is raised again with its default action, so that a shell sees what ended us. */
#include "app/interrupt.h"

#include <glib-unix.h>
#include <signal.h>

#include "app/progress.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

typedef struct
{
  CliInterrupt *owner;
  int number;
} Watch;

struct _CliInterrupt
{
  void (*ask) (gpointer user_data);
  gpointer user_data;
  gboolean asked;
  Watch watch[G_N_ELEMENTS (signals)];
  guint source[G_N_ELEMENTS (signals)];
};

static gboolean
on_signal (gpointer user_data)
{
  Watch *watch = user_data;
  CliInterrupt *self = watch->owner;

  if (self->asked)
    {
      cli_progress_hide ();
      signal (watch->number, SIG_DFL);
      raise (watch->number);
    }
  self->asked = TRUE;
  self->ask (self->user_data);
  return G_SOURCE_CONTINUE;
}

CliInterrupt *
cli_interrupt_new (void (*ask) (gpointer user_data), gpointer user_data)
{
  CliInterrupt *self = g_new0 (CliInterrupt, 1);

  self->ask = ask;
  self->user_data = user_data;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      self->watch[i] = (Watch){ self, signals[i] };
      self->source[i] = g_unix_signal_add (signals[i], on_signal, &self->watch[i]);
    }
  return self;
}

void
cli_interrupt_free (CliInterrupt *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (self->source[i]);
  g_free (self);
}
