/* SPDX-License-Identifier: Apache-2.0 */
/* A zip archive in memory whose entries are stored, not compressed: what PyTorch writes since 1.6, so that a tensor
 * lies in the file as it lies in memory. Zip64 is understood, compression and encryption are refused. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _SmaltiZip SmaltiZip;

/* @data must outlive it. Believes nothing: every offset and length is checked, and entries together never are larger
 * than the archive. SMALTI_ERROR_FORMAT, whose message is a reason ("it ends too early") without the file's name. */
SmaltiZip *smalti_zip_new (const guint8 *data, gsize size, GError **error);
void smalti_zip_free (SmaltiZip *self);
/* The first entry whose name ends with @suffix, or %NULL. */
const char *smalti_zip_find (SmaltiZip *self, const char *suffix);
/* The bytes of an entry within the archive, after its checksum was compared (one that is 0 was not computed: PyTorch
 * can be told so). %NULL with an error when it is not there, is compressed or damaged. An empty entry has bytes, too.
 */
const guint8 *smalti_zip_get (SmaltiZip *self, const char *name, gsize *size, GError **error);
gboolean smalti_zip_has (SmaltiZip *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmaltiZip, smalti_zip_free)

G_END_DECLS
