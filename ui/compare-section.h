/* SPDX-License-Identifier: Apache-2.0 */
/* A section of the Compare page: curves, settings, bars, ... Base of them all: a column of widgets, and a comparison that it
 * takes in only while it is on display, since most sections read files for it. */
#pragma once

#include "ui/comparison.h"
#include "ui/workbench.h"

G_BEGIN_DECLS

#define SMALTI_TYPE_COMPARE_SECTION (smalti_compare_section_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmaltiCompareSection, smalti_compare_section, SMALTI, COMPARE_SECTION, GtkWidget)

struct _SmaltiCompareSectionClass
{
  GtkWidgetClass parent_class;

  /* There is another comparison; the section is on display. */
  void     (*update) (SmaltiCompareSection *self);
  /* It is also of interest when only training went on. */
  gboolean follows;
};

void              smalti_compare_section_set           (SmaltiCompareSection *self,
                                                        SmaltiWorkbench      *workbench,
                                                        SmaltiComparison     *comparison);
SmaltiComparison *smalti_compare_section_get           (SmaltiCompareSection *self);
SmaltiWorkbench  *smalti_compare_section_get_workbench (SmaltiCompareSection *self);
/* Put below what there is. */
void              smalti_compare_section_append        (SmaltiCompareSection *self,
                                                        GtkWidget            *child);

/* What sections are made of. */

/* A drop-down of texts with its label before it; long texts are cut. @choice: (out). */
GtkWidget        *smalti_compare_choice_new            (const char           *label,
                                                        GtkWidget           **choice);
/* (element-type utf8): the texts to choose from. What was chosen stays chosen where it is still there, else @otherwise is;
 * "notify::selected" comes only when another number is. */
void              smalti_compare_choice_fill           (GtkWidget            *choice,
                                                        const GPtrArray      *texts,
                                                        guint                 otherwise);
/* G_MAXUINT: none. */
guint             smalti_compare_choice_get            (GtkWidget            *choice);
/* A row of such choices, in as many lines as they need. */
GtkWidget        *smalti_compare_bar_new               (void);
/* A sentence in place of what can't be shown. */
GtkWidget        *smalti_compare_note_new              (void);
/* @text: (nullable): hides the note. */
void              smalti_compare_note_set              (GtkWidget            *note,
                                                        const char           *text);
/* GtkButton or GtkCheckButton with a mnemonic; GTK 4.8 does not tell screen readers its text by itself. */
GtkWidget        *smalti_compare_named                 (GtkWidget            *button,
                                                        const char           *text);
/* A small patch in a run's colour. */
GtkWidget        *smalti_compare_swatch_new            (guint                 run);
/* (nullable): "Measure…" for a run, where the window that has @widget can do so. */
GtkWidget        *smalti_compare_measure_button_new    (GtkWidget            *widget,
                                                        const SmaltiComparedRun *run);

G_END_DECLS
