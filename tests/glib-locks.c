/* SPDX-License-Identifier: Apache-2.0 */
/* GLib's locks once more, on pthreads, for tests under the thread sanitizer. The library's own are futexes in code that
 * is not instrumented: the sanitizer sees neither lock nor unlock, and takes everything they guard for a race. A
 * program that has these in it uses them throughout, since the dynamic linker finds them first. Nothing else is
 * changed: what is reported is about our code. */
#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <time.h>

#undef g_once_init_enter
#undef g_once_init_leave

/* A lock may begin as zeros, without being initialised: its pthread is made by whoever needs it first. */
static gpointer
find (gpointer *place, gpointer (*make) (void), void (*destroy) (gpointer))
{
  gpointer there = __atomic_load_n (place, __ATOMIC_ACQUIRE);
  gpointer fresh;

  if (there != NULL)
    return there;
  fresh = make ();
  if (__atomic_compare_exchange_n (place, &there, fresh, FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
    return fresh;
  destroy (fresh);
  return there;
}

static gpointer
make_mutex (void)
{
  pthread_mutex_t *mutex = g_malloc (sizeof *mutex);

  pthread_mutex_init (mutex, NULL);
  return mutex;
}

static void
destroy_mutex (gpointer mutex)
{
  pthread_mutex_destroy (mutex);
  g_free (mutex);
}

static gpointer
make_cond (void)
{
  pthread_cond_t *cond = g_malloc (sizeof *cond);
  pthread_condattr_t attr;

  pthread_condattr_init (&attr);
  pthread_condattr_setclock (&attr, CLOCK_MONOTONIC);
  pthread_cond_init (cond, &attr);
  pthread_condattr_destroy (&attr);
  return cond;
}

static void
destroy_cond (gpointer cond)
{
  pthread_cond_destroy (cond);
  g_free (cond);
}

#define MUTEX(m) ((pthread_mutex_t *)find (&(m)->p, make_mutex, destroy_mutex))
#define COND(c)  ((pthread_cond_t *)find (&(c)->p, make_cond, destroy_cond))

void
g_mutex_init (GMutex *mutex)
{
  mutex->p = make_mutex ();
}

void
g_mutex_clear (GMutex *mutex)
{
  if (mutex->p != NULL)
    destroy_mutex (mutex->p);
}

void
g_mutex_lock (GMutex *mutex)
{
  pthread_mutex_lock (MUTEX (mutex));
}

void
g_mutex_unlock (GMutex *mutex)
{
  pthread_mutex_unlock (MUTEX (mutex));
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  return pthread_mutex_trylock (MUTEX (mutex)) == 0;
}

void
g_cond_init (GCond *cond)
{
  cond->p = make_cond ();
}

void
g_cond_clear (GCond *cond)
{
  if (cond->p != NULL)
    destroy_cond (cond->p);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  pthread_cond_wait (COND (cond), MUTEX (mutex));
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  struct timespec end = { .tv_sec = end_time / G_USEC_PER_SEC, .tv_nsec = end_time % G_USEC_PER_SEC * 1000 };

  return pthread_cond_timedwait (COND (cond), MUTEX (mutex), &end) != ETIMEDOUT;
}

void
g_cond_signal (GCond *cond)
{
  pthread_cond_signal (COND (cond));
}

void
g_cond_broadcast (GCond *cond)
{
  pthread_cond_broadcast (COND (cond));
}

static pthread_mutex_t once_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t once_cond = PTHREAD_COND_INITIALIZER;
static GSList *under_way;

gboolean
g_once_init_enter (volatile void *location)
{
  gsize *place = (gsize *)location;
  gboolean ours = FALSE;

  pthread_mutex_lock (&once_mutex);
  while (__atomic_load_n (place, __ATOMIC_ACQUIRE) == 0 && !ours)
    if (g_slist_find (under_way, place) == NULL)
      {
        under_way = g_slist_prepend (under_way, place);
        ours = TRUE;
      }
    else
      pthread_cond_wait (&once_cond, &once_mutex);
  pthread_mutex_unlock (&once_mutex);
  return ours;
}

void
g_once_init_leave (volatile void *location, gsize result)
{
  pthread_mutex_lock (&once_mutex);
  __atomic_store_n ((gsize *)location, result, __ATOMIC_RELEASE);
  under_way = g_slist_remove (under_way, (gpointer)location);
  pthread_cond_broadcast (&once_cond);
  pthread_mutex_unlock (&once_mutex);
}
