/* SPDX-License-Identifier: Apache-2.0 */
/* The one error domain. A message is one translated sentence: what is wrong, where, what to do. */
#pragma once

#include <glib.h>
#include <glib/gi18n-lib.h>

G_BEGIN_DECLS

#define SMALTI_ERROR (smalti_error_quark ())

/**
 * SmaltiError:
 * @SMALTI_ERROR_ARGUMENT: a mistake in the arguments or the spec (exit status 2)
 * @SMALTI_ERROR_DATA: a data set or image that can't be used
 * @SMALTI_ERROR_SHAPE: operators that don't fit together; the message names the node
 * @SMALTI_ERROR_DEVICE: a device that is absent or failed
 * @SMALTI_ERROR_MEMORY: more memory needed than there is
 * @SMALTI_ERROR_STORE: the run store can't be read or written
 * @SMALTI_ERROR_CHECKPOINT: a checkpoint that is damaged or of another network
 * @SMALTI_ERROR_FORMAT: a file that is not what it claims to be
 * @SMALTI_ERROR_IO: the operating system refused; the message names the path
 * @SMALTI_ERROR_DIVERGED: the loss is no longer a number
 * @SMALTI_ERROR_CANCELLED: stopped because the user asked
 */
typedef enum
{
  SMALTI_ERROR_ARGUMENT,
  SMALTI_ERROR_DATA,
  SMALTI_ERROR_SHAPE,
  SMALTI_ERROR_DEVICE,
  SMALTI_ERROR_MEMORY,
  SMALTI_ERROR_STORE,
  SMALTI_ERROR_CHECKPOINT,
  SMALTI_ERROR_FORMAT,
  SMALTI_ERROR_IO,
  SMALTI_ERROR_DIVERGED,
  SMALTI_ERROR_CANCELLED,
} SmaltiError;

GQuark smalti_error_quark (void);

G_END_DECLS
