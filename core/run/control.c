/* SPDX-License-Identifier: Apache-2.0 */
#include "core/run/control-private.h"

struct _SmaltiControl
{
  gint ref_count; /* atomic */
  GMutex mutex;
  GCond asked;
  GQueue requests; /* under the mutex */
};

SmaltiControl *
smalti_control_new (void)
{
  SmaltiControl *self = g_new0 (SmaltiControl, 1);

  self->ref_count = 1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->asked);
  g_queue_init (&self->requests);
  return self;
}

SmaltiControl *
smalti_control_ref (SmaltiControl *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
smalti_control_unref (SmaltiControl *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_queue_clear_full (&self->requests, (GDestroyNotify)smalti_request_free);
  g_cond_clear (&self->asked);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
smalti_control_ask (SmaltiControl *self, SmaltiRequestKind kind, const char *key, const char *value)
{
  SmaltiRequest *request = g_new0 (SmaltiRequest, 1);

  request->kind = kind;
  request->key = g_strdup (key);
  request->value = g_strdup (value);
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->requests, request);
  g_cond_signal (&self->asked);
  g_mutex_unlock (&self->mutex);
}

SmaltiRequest *
smalti_control_take (SmaltiControl *self)
{
  SmaltiRequest *request;

  g_mutex_lock (&self->mutex);
  request = g_queue_pop_head (&self->requests);
  g_mutex_unlock (&self->mutex);
  return request;
}

void
smalti_control_wait (SmaltiControl *self, gint64 microseconds)
{
  gint64 until = g_get_monotonic_time () + microseconds;

  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->requests) && g_cond_wait_until (&self->asked, &self->mutex, until))
    ;
  g_mutex_unlock (&self->mutex);
}
