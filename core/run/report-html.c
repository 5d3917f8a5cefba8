/* SPDX-License-Identifier: Apache-2.0 */
/* The report as one HTML file: style, charts and pictures are all in it, so that it can be mailed, kept and opened in
 * ten years. It runs no script. */
#include "core/run/report-private.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/file.h"

#define MAX_PREVIEWS 8

static const char style[]
    = ":root{color-scheme:light dark;--paper:#faf9f7;--card:#fff;--ink:#201f26;--soft:#66636f;--line:#e6e3de;"
      "--good:#1a7f4b;--bad:#c01c28;--c0:#1c71d8;--c1:#d9541e;--c2:#813d9c;--c3:#1f8a70;--c4:#b5790a;--c5:#c2317b;"
      "--c6:#4b5fa8;--c7:#6f7d1c;--random:#8d8a96;--random1:#b9b4c1;--labels:#3d3846}\n"
      "@media (prefers-color-scheme:dark){:root{--paper:#19191d;--card:#232328;--ink:#f1eff4;--soft:#a8a4b2;"
      "--line:#3a3940;--good:#57c98a;--bad:#ff7b70;--c0:#78aeed;--c1:#f7925f;--c2:#c79ae0;--c3:#5fc9ad;--c4:#e5b04c;"
      "--c5:#f08bbb;--c6:#9aa9ea;--c7:#b9c85a;--random:#96929f;--random1:#6c6877;--labels:#e4e1ea}}\n"
      ".c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}"
      ".c6{--c:var(--c6)}.c7{--c:var(--c7)}.random{--c:var(--random)}.random1{--c:var(--random1)}.labels{--c:var(--"
      "labels)}\n"
      "*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}"
      "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 Cantarell,\"Adwaita Sans\",system-ui,"
      "-apple-system,\"Segoe UI\",Roboto,sans-serif;font-variant-numeric:tabular-nums}\n"
      "main{max-width:1120px;margin:0 auto;padding:40px 24px 64px}"
      "header{display:flex;gap:18px;align-items:center;margin-bottom:28px}header svg{width:56px;height:56px;flex:none}"
      "h1{font-size:28px;line-height:1.2;margin:0;letter-spacing:-.01em}header p{margin:4px 0 0;color:var(--soft)}\n"
      "section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:24px;margin:0 0 20px}"
      "h2{font-size:19px;line-height:1.3;margin:0 0 14px}h3{font-size:16px;margin:24px 0 4px}h2+h3{margin-top:0}"
      "h4{font-size:14px;margin:0;font-weight:600}p{margin:0 0 12px}.note{color:var(--soft);font-size:14px;"
      "max-width:78ch;margin:12px 0 0}h3+.note{margin:0 0 12px}\n"
      ".swatch{display:inline-block;width:12px;height:12px;border-radius:3px;background:var(--c);flex:none}"
      "table{border-collapse:collapse;width:100%;font-size:15px}th{text-align:left;font-weight:600}"
      "thead th{font-size:13px;color:var(--soft);font-weight:600;padding:0 12px 8px;white-space:nowrap}"
      "tbody th,tbody td{padding:10px 12px;border-top:1px solid var(--line);vertical-align:middle}"
      "th:first-child,td:first-child{padding-left:0!important}th:last-child,td:last-child{padding-right:0!important}"
      ".number{text-align:right;white-space:nowrap}small{color:var(--soft);font-size:13px}.none{color:var(--soft)}\n"
      ".results tbody th{display:flex;gap:10px;align-items:baseline}.results th "
      "small{display:block;font-weight:400;white-space:nowrap}"
      ".bars{width:22%;min-width:120px}.bar{display:block;width:100%;height:16px}.bar "
      ".room{fill:var(--line);opacity:.5}"
      ".bar .value{fill:var(--c);opacity:.78}.bar .range{stroke:var(--ink);stroke-width:1.5;fill:none;"
      "vector-effect:non-scaling-stroke}.above{color:var(--good)}.below{color:var(--bad)}\n"
      ".charts>.scroll{align-self:center;margin:0;padding:0}.charts{display:grid;grid-template-columns:repeat(auto-"
      "fill,minmax(min(100%,400px),1fr));gap:20px 28px}"
      "figure{margin:0;min-width:0}.chart{display:block;width:100%;height:auto;overflow:visible}"
      ".legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;margin:4px 0 6px;padding:0;font-size:13px;"
      "color:var(--soft)}.legend li{display:flex;align-items:center;gap:6px}.stroke{width:18px;border-top:2px solid "
      "var(--soft)}.dots{width:8px;height:8px;border-radius:50%;background:var(--card);border:2px solid var(--soft)}\n"
      ".chart text{font-size:126px;fill:var(--soft)}.middle{text-anchor:middle}.end{text-anchor:end}"
      ".grid{stroke:var(--line);stroke-width:10}.axis{stroke:var(--soft);stroke-width:10;fill:none;opacity:.6}"
      ".chance{stroke:var(--soft);stroke-width:12;stroke-dasharray:50 50;fill:none}.chart text.chance{stroke:none}"
      ".band{fill:var(--c);opacity:.14}.train,.val{fill:none;stroke:var(--c);stroke-width:20;stroke-linejoin:round;"
      "stroke-linecap:round}.val{stroke-width:14;stroke-dasharray:10 40;opacity:.9}.point{fill:var(--card);"
      "stroke:var(--c);stroke-width:18}.link{fill:none;stroke:var(--c);stroke-width:10;opacity:.4}"
      ".whisker{stroke:var(--c);stroke-width:14;fill:none}.dot{fill:var(--c)}\n"
      ".previews{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:18px}"
      ".previews.single{grid-template-columns:repeat(auto-fill,minmax(130px,1fr))}.preview{min-width:0}"
      ".pictures{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:6px}.pictures figure{position:relative}"
      ".frame{position:relative}.pictures img{display:block;width:100%;height:auto;border-radius:6px}.pictures "
      "figcaption{"
      "font-size:12px;color:var(--soft);text-align:center}.frame svg{position:absolute;inset:0;width:100%;height:100%}"
      ".wrong{fill:none;stroke:var(--bad);stroke-width:3;vector-effect:non-scaling-stroke}.preview p{margin:2px 0 0;"
      "font-size:14px}\n"
      ".scroll{overflow-x:auto;margin:0 -24px;padding:0 24px}.facts{font-size:14px;width:auto;min-width:100%}"
      ".facts thead th,.facts thead td{vertical-align:bottom}.facts thead th{color:var(--ink)}.facts thead .swatch{"
      "margin-right:6px}.facts tbody th{font-weight:400;color:var(--soft);white-space:nowrap}"
      ".facts tbody th,.facts tbody td{padding:6px 12px;vertical-align:top}.layers "
      "td{text-align:right;white-space:nowrap}.layers thead th{text-align:right;white-space:normal}.facts:not(.layers) "
      "td{min-width:120px;max-width:260px;"
      "overflow-wrap:anywhere}code,pre{font:13px/1.5 \"Source Code Pro\",\"Adwaita Mono\",ui-monospace,monospace}"
      "details{margin-top:12px}summary{cursor:pointer;color:var(--soft);font-size:14px}pre{overflow-x:auto;"
      "background:var(--paper);border-radius:8px;padding:12px;margin:8px 0 0}"
      "footer{color:var(--soft);font-size:13px;margin-top:24px}\n"
      "@media (max-width:680px){main{padding:24px 14px 40px}section{padding:18px 16px}.scroll{margin:0 -16px;"
      "padding:0 16px}.results thead{display:none}.results,.results tbody{display:block}.results tr{display:grid;"
      "grid-template-columns:1fr 1fr;gap:8px 12px;padding:14px 0;border-top:1px solid var(--line)}.results "
      "tr:first-child"
      "{border:0;padding-top:0}.results tbody th,.results tbody "
      "td{padding:0;border:0;text-align:left;white-space:normal}"
      ".results tbody th,.results .bars{grid-column:1/-1;width:auto}.results .layer{order:5}.results "
      ".gain{order:6}.results td[data-name]::before{"
      "content:attr(data-name);display:block;font-size:12px;color:var(--soft)}}\n"
      "@media print{body{background:#fff}section{break-inside:avoid;border-color:#ccc}}\n";

/* Four tiles, one of them turned: what the program is about. */
static const char mark[]
    = "<svg viewBox=\"0 0 56 56\" aria-hidden=\"true\"><rect x=\"2\" y=\"2\" width=\"24\" height=\"24\" "
      "rx=\"5\" fill=\"#1c71d8\"/><rect x=\"30\" y=\"2\" width=\"24\" height=\"24\" rx=\"5\" "
      "fill=\"#f5a623\"/><rect x=\"2\" y=\"30\" width=\"24\" height=\"24\" rx=\"5\" "
      "fill=\"#1f8a70\"/><rect x=\"31\" y=\"31\" width=\"22\" height=\"22\" rx=\"5\" fill=\"#d9541e\" "
      "transform=\"rotate(14 42 42)\"/></svg>";

void
smalti_html_append (GString *page, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_markup_vprintf_escaped (format, arguments);
  va_end (arguments);
  g_string_append (page, text);
}

static void
add_head (GString *page, const GPtrArray *runs)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d %H:%M");
  g_autofree char *title = runs->len == 1 ? g_strdup (((const SmaltiReportRun *)runs->pdata[0])->title)
                                          : g_strdup_printf (_ ("Comparison of %u runs"), runs->len);

  smalti_html_append (page,
                      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
                      "<meta name=\"generator\" content=\"Smalti %s\"/><title>%s – Smalti</title>\n<style>\n",
                      SMALTI_VERSION, title);
  g_string_append (page, style);
  g_string_append (page, "</style></head>\n<body><main><header>");
  g_string_append (page, mark);
  smalti_html_append (page, "<div><h1>%s</h1><p>", title);
  smalti_html_append (page, _ ("Written by Smalti %s on %s."), SMALTI_VERSION, date);
  g_string_append (page, "</p></div></header>\n");
}

static gboolean
any_measured (const GPtrArray *runs, const char *protocol)
{
  for (guint i = 0; i < runs->len; i++)
    if (smalti_report_best (runs->pdata[i], protocol) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
any_baseline (const GPtrArray *runs)
{
  for (guint i = 0; i < runs->len; i++)
    if (smalti_report_baseline (runs, runs->pdata[i]) != NULL)
      return TRUE;
  return FALSE;
}

static void
add_results (GString *page, const GPtrArray *runs)
{
  smalti_html_append (page, "<section><h2>%s</h2>\n", _ ("What the features are worth"));
  smalti_report_add_results (page, runs);
  if (any_measured (runs, NULL))
    smalti_html_append (page, "<p class=\"note\">%s%s</p>\n",
                        _ ("Share of held-out images whose class is found from features of the frozen network, at the "
                           "layer that does it best, with 95% intervals (Wilson). The layer was chosen on the same "
                           "images, which flatters every run alike."),
                        any_baseline (runs) ? _ (
                            " Over random: points more than the same network, shown the same, before it has learned "
                            "anything (interval by Newcombe).")
                                            : "");
  else
    smalti_html_append (page, "<p class=\"note\">%s</p>\n",
                        _ ("None of these runs is measured yet: “smalti eval RUN --data DIR” does it, with labelled "
                           "images."));
  g_string_append (page, "</section>\n");
}

static void
add_layers (GString *page, const GPtrArray *runs)
{
  static const char *const protocols[] = { "linear", "knn" };

  if (!any_measured (runs, NULL))
    return;
  smalti_html_append (page, "<section><h2>%s</h2>\n<div class=\"charts\">", _ ("Layer by layer"));
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      smalti_report_add_layers (page, runs, protocols[i]);
      smalti_report_add_layer_table (page, runs, protocols[i]);
    }
  g_string_append (page, "</div></section>\n");
}

/* Losses of different methods have nothing to do with each other: each has its own charts. */
static gboolean
add_curves (GString *page, SmaltiStore *store, const GPtrArray *runs, GError **error)
{
  gsize start = page->len, empty;
  gboolean any = FALSE;

  smalti_html_append (page, "<section><h2>%s</h2>\n", _ ("How they learned"));
  for (const SmaltiPretextClass *const *c = smalti_pretexts (); *c != NULL; c++)
    {
      gsize before = page->len;

      smalti_html_append (page, "<h3>%s</h3>\n", _ ((*c)->title));
      for (guint i = 0; i < runs->len; i++)
        {
          const SmaltiReportRun *run = runs->pdata[i];

          if (smalti_spec_get_method (run->spec) == *c && run->notes->len > 0)
            smalti_html_append (page, "<p class=\"note\">%s: %s</p>\n", run->title, (const char *)run->notes->pdata[0]);
        }
      g_string_append (page, "<div class=\"charts\">\n");
      empty = page->len;
      if (!smalti_report_add_curves (page, store, runs, *c, "loss", _ ("Loss"), FALSE, error)
          || !smalti_report_add_curves (page, store, runs, *c, "accuracy", _ ("Right answers"), TRUE, error))
        return FALSE;
      if (page->len == empty)
        g_string_truncate (page, before);
      else
        {
          any = TRUE;
          g_string_append (page, "</div>\n");
        }
    }
  if (any)
    smalti_html_append (page, "<p class=\"note\">%s</p></section>\n",
                        _ ("Lines are means over neighbouring steps, the bands behind them reach from the least to the "
                           "largest; circles are held-out images."));
  else
    g_string_truncate (page, start);
  return TRUE;
}

/* Pictures */

static gboolean
add_picture (GString *page, const SmaltiImage *image, const char *name, const SmaltiPreview *framed, GError **error)
{
  g_autoptr (GBytes) png = smalti_image_to_png (image, error);
  g_autofree char *base64 = NULL;

  if (png == NULL)
    return FALSE;
  base64 = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  smalti_html_append (
      page, "<figure><div class=\"frame\"><img width=\"%d\" height=\"%d\" alt=\"%s\" src=\"data:image/png;base64,",
      image->width, image->height, name);
  g_string_append (page, base64);
  g_string_append (page, "\"/>");
  if (framed != NULL && framed->grid > 0)
    {
      smalti_html_append (page, "<svg viewBox=\"0 0 %u %u\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
                          10 * framed->grid, 10 * framed->grid);
      for (guint cell = 0; cell < MIN (framed->grid * framed->grid, G_N_ELEMENTS (framed->wrong)); cell++)
        if (framed->wrong[cell])
          smalti_html_append (page, "<rect class=\"wrong\" x=\"%u.3\" y=\"%u.3\" width=\"9.4\" height=\"9.4\"/>",
                              10 * (cell % framed->grid), 10 * (cell / framed->grid));
      g_string_append (page, "</svg>");
    }
  smalti_html_append (page, "</div><figcaption>%s</figcaption></figure>", name);
  return TRUE;
}

static gboolean
add_preview (GString *page, const SmaltiPreview *preview, gboolean puzzle, GError **error)
{
  g_string_append (page, "<div class=\"preview\"><div class=\"pictures\">");
  if (!add_picture (page, preview->input,
                    preview->answer == NULL ? ""
                    : puzzle                ? _ ("shuffled")
                                            : _ ("grey"),
                    NULL, error)
      || (preview->answer != NULL && !add_picture (page, preview->answer, _ ("answer"), preview, error))
      || (preview->truth != NULL && !add_picture (page, preview->truth, _ ("truth"), NULL, error)))
    return FALSE;
  smalti_html_append (page, "</div><p>%s</p></div>\n", preview->caption);
  return TRUE;
}

static gboolean
add_previews (GString *page, const GPtrArray *runs, GError **error)
{
  gboolean any = FALSE;

  for (guint i = 0; i < runs->len; i++)
    {
      const SmaltiReportRun *run = runs->pdata[i];
      const SmaltiPreview *first = run->previews->len > 0 ? run->previews->pdata[0] : NULL;

      if (first == NULL)
        continue;
      if (!any)
        smalti_html_append (page, "<section><h2>%s</h2>\n", _ ("What they answered"));
      any = TRUE;
      smalti_html_append (page, "<h3>%s</h3><p class=\"note\">", run->title);
      smalti_html_append (page, _ ("The same images every time; these are the answers after step %" PRIu64 "."),
                          run->preview_step);
      smalti_html_append (page, "</p><div class=\"previews%s\">\n", first->answer == NULL ? " single" : "");
      for (guint p = 0; p < MIN (run->previews->len, MAX_PREVIEWS); p++)
        if (!add_preview (page, run->previews->pdata[p], first->grid > 0, error))
          return FALSE;
      g_string_append (page, "</div>\n");
    }
  if (any)
    g_string_append (page, "</section>\n");
  return TRUE;
}

gboolean
smalti_report_write_html (SmaltiStore *store, const gint64 *runs, guint n_runs, const char *path, GError **error)
{
  g_autoptr (GPtrArray) collected = smalti_report_collect (store, runs, n_runs, error);
  g_autoptr (GString) page = g_string_new (NULL);

  if (collected == NULL)
    return FALSE;
  add_head (page, collected);
  add_results (page, collected);
  add_layers (page, collected);
  if (!add_curves (page, store, collected, error) || !add_previews (page, collected, error))
    return FALSE;
  smalti_report_add_differences (page, collected);
  smalti_report_add_provenance (page, collected);
  g_string_append (page, "</main></body></html>\n");
  return smalti_file_replace (path, page->str, page->len, error);
}
