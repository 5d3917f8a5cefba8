/* SPDX-License-Identifier: Apache-2.0 */
/* Reads for the items of a run list what their rows do not say: measures, settings, metrics. On the store's thread, some runs
 * at a time, and again only of those that went on since. */
#pragma once

#include "ui/run-list.h"
#include "ui/store-client.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_RUN_VALUES (smalti_run_values_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRunValues, smalti_run_values, SMALTI, RUN_VALUES, GObject)

/* Ids of what can be read. "validation": the best of it, an accuracy where there is one, else the loss; "benchmark": the best
 * layer's top-1; and with a name after the colon, a key of the spec or a metric. */
#define SMALTI_RUN_VALUE_VALIDATION "validation"
#define SMALTI_RUN_VALUE_BENCHMARK "benchmark"
#define SMALTI_RUN_VALUE_SETTING "setting:"
#define SMALTI_RUN_VALUE_LAST "last:"
#define SMALTI_RUN_VALUE_BEST "best:"

/* Of a metric the smallest is the best, and not the largest. */
gboolean         smalti_metric_is_loss       (const char           *metric);

/* Signal "read": some items have new values. */
SmaltiRunValues *smalti_run_values_new       (SmaltiStoreClient    *client,
                                              SmaltiRunList        *runs);
/* What to read from now on; reads it of all. */
void             smalti_run_values_set_ids   (SmaltiRunValues      *self,
                                              const char *const    *ids);
/* Looks for runs that went on, and reads them; nothing otherwise. */
void             smalti_run_values_update    (SmaltiRunValues      *self);

G_END_DECLS
