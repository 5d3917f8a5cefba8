/* SPDX-License-Identifier: Apache-2.0 */
/* Linked into test programs when they are built with -Db_sanitize=thread. GLib's mutexes are futex calls inside a
 * library that is not instrumented, so the sanitizer would see no order between threads and report every guarded
 * access. These stand before GLib's own, call them, and tell the sanitizer what happened. */
#include <dlfcn.h>
#include <glib-object.h>
#include <sanitizer/tsan_interface.h>

#undef g_mutex_lock
#undef g_mutex_unlock
#undef g_object_unref

#define NEXT(function)                                                                                                 \
  static __typeof__ (function) *real;                                                                                  \
  if (__atomic_load_n (&real, __ATOMIC_RELAXED) == NULL)                                                               \
  __atomic_store_n (&real, (__typeof__ (function) *)dlsym (RTLD_NEXT, #function), __ATOMIC_RELAXED)

void
g_mutex_lock (GMutex *mutex)
{
  NEXT (g_mutex_lock);
  __tsan_mutex_pre_lock (mutex, 0);
  real (mutex);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean got;

  NEXT (g_mutex_trylock);
  __tsan_mutex_pre_lock (mutex, __tsan_mutex_try_lock);
  got = real (mutex);
  __tsan_mutex_post_lock (mutex, __tsan_mutex_try_lock | (got ? 0 : __tsan_mutex_try_lock_failed), 0);
  return got;
}

void
g_mutex_unlock (GMutex *mutex)
{
  NEXT (g_mutex_unlock);
  __tsan_mutex_pre_unlock (mutex, 0);
  real (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

void
g_mutex_clear (GMutex *mutex)
{
  NEXT (g_mutex_clear);
  __tsan_mutex_destroy (mutex, 0);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  NEXT (g_cond_wait);
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  real (cond, mutex);
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean woken;

  NEXT (g_cond_wait_until);
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  woken = real (cond, mutex, end_time);
  __tsan_mutex_pre_lock (mutex, 0);
  __tsan_mutex_post_lock (mutex, 0, 0);
  return woken;
}

/* The fast path of g_once_init_enter() is an atomic load in our own code; it must find a release here. */
void (g_once_init_leave) (volatile void *location, gsize result)
{
  static void (*real) (volatile void *, gsize);

  if (__atomic_load_n (&real, __ATOMIC_RELAXED) == NULL)
    __atomic_store_n (&real, dlsym (RTLD_NEXT, "g_once_init_leave"), __ATOMIC_RELAXED);
  __tsan_release ((void *)location);
  real (location, result);
}

/* Whoever drops the last reference sees what the others did before they dropped theirs. */
void
g_object_unref (gpointer object)
{
  static void (*real) (gpointer);

  if (__atomic_load_n (&real, __ATOMIC_RELAXED) == NULL)
    __atomic_store_n (&real, dlsym (RTLD_NEXT, "g_object_unref"), __ATOMIC_RELAXED);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

/* Accesses made by GLib itself, on structures of its own, are not seen from both sides; leave them out. */
const char *__tsan_default_suppressions (void);

const char *
__tsan_default_suppressions (void)
{
  return "called_from_lib:libglib-2.0.so\n"
         "called_from_lib:libgobject-2.0.so\n"
         "called_from_lib:libgio-2.0.so\n"
         "called_from_lib:libgdk_pixbuf-2.0.so\n";
}
