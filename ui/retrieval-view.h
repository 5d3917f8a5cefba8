/* SPDX-License-Identifier: Apache-2.0 */
/* An image and what each model thinks resembles it: a row of neighbours a model, nearest first, those of the same class
 * framed and marked. Pictures come when they are there. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  SMALTI_AGREES_UNKNOWN, /* without labels */
  SMALTI_AGREES,         /* of the query's class */
  SMALTI_DIFFERS,
} SmaltiAgreement;

typedef struct
{
  const char *name;       /* of the image */
  const char *class_name; /* nullable */
  gdouble similarity;     /* cosine */
  SmaltiAgreement agreement;
} SmaltiRetrieved;

#define SMALTI_TYPE_RETRIEVAL_VIEW (smalti_retrieval_view_get_type ())
G_DECLARE_FINAL_TYPE (SmaltiRetrievalView, smalti_retrieval_view, SMALTI, RETRIEVAL_VIEW, GtkWidget)

/* Signals: "neighbour-activated" (guint row, guint place): someone wants to go on from there. */
GtkWidget *smalti_retrieval_view_new         (void);
/* Takes the rows and the query's picture away and says whose neighbours are to come. @class_name is nullable. */
void       smalti_retrieval_view_set_query   (SmaltiRetrievalView    *self,
                                              const char             *name,
                                              const char             *class_name);
/* Returns the row's number, from 0. */
guint      smalti_retrieval_view_add_row     (SmaltiRetrievalView    *self,
                                              const char             *model,
                                              const SmaltiRetrieved  *neighbours,
                                              guint                   n);
/* What a row says instead, when a model has no answer. */
guint      smalti_retrieval_view_add_reason  (SmaltiRetrievalView    *self,
                                              const char             *model,
                                              const char             *reason);
void       smalti_retrieval_view_set_query_picture (SmaltiRetrievalView *self,
                                              GdkPaintable           *picture);
void       smalti_retrieval_view_set_picture (SmaltiRetrievalView    *self,
                                              guint                   row,
                                              guint                   place,
                                              GdkPaintable           *picture);

G_END_DECLS
