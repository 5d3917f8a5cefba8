/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are either whole or not there. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SmaltiFileWriter:
 *
 * Writes `PATH.tmp-PID` beside @path; smalti_file_writer_commit() syncs it to disk and renames it over @path. A crash at
 * any instant, or freeing the writer without a commit, leaves the old file as it was. A full disk is an error of its own
 * words ("no space left ...") from write or commit.
 */
typedef struct _SmaltiFileWriter SmaltiFileWriter;

SmaltiFileWriter *smalti_file_writer_new    (const char        *path,
                                             GError           **error);
gboolean          smalti_file_writer_write  (SmaltiFileWriter  *self,
                                             gconstpointer      data,
                                             gsize              size,
                                             GError           **error);
gboolean          smalti_file_writer_commit (SmaltiFileWriter  *self,
                                             GError           **error);
void              smalti_file_writer_free   (SmaltiFileWriter  *self);

/* All of it in one call. */
gboolean          smalti_file_replace       (const char        *path,
                                             gconstpointer      data,
                                             gsize              size,
                                             GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiFileWriter, smalti_file_writer_free)

G_END_DECLS
