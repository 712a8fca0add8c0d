package org.fewstep.bench.report;

import java.util.List;
import java.util.Locale;

/** A page as one HTML file without scripts or references, bars drawn. */
final class Html {
    private static final String STYLE = "body{font-family:sans-serif;max-width:75em;margin:2em auto;padding:0 1em}"
            + "table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left}"
            + "pre{background:#f3f3f3;padding:.6em;white-space:pre-wrap}svg{vertical-align:middle}";
    private static final int WIDTH = 160;
    private static final int HEIGHT = 12;

    private Html() {}

    static String of(Page page) {
        StringBuilder out = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
        for (Page.Block block : page.blocks()) {
            if (block instanceof Page.Heading heading && heading.level() == 1) {
                out.append("<title>").append(plain(heading.text())).append("</title>\n");
                break;
            }
        }
        out.append("<style>").append(STYLE).append("</style>\n");
        for (Page.Block block : page.blocks()) {
            if (block instanceof Page.Heading heading) {
                element(out, "h" + heading.level(), heading.text());
            } else if (block instanceof Page.Paragraph paragraph) {
                element(out, "p", paragraph.text());
            } else if (block instanceof Page.Command command) {
                element(out, "pre", command.text());
            } else if (block instanceof Page.Table table) {
                table(out, table);
            }
        }
        return out.append("</html>\n").toString();
    }

    private static void element(StringBuilder out, String tag, String text) {
        out.append('<')
                .append(tag)
                .append('>')
                .append(plain(text))
                .append("</")
                .append(tag)
                .append(">\n");
    }

    private static void table(StringBuilder out, Page.Table table) {
        out.append("<table>\n<tr>");
        table.headers()
                .forEach(header -> out.append("<th>").append(plain(header)).append("</th>"));
        out.append("</tr>\n");
        for (List<Page.Cell> row : table.rows()) {
            out.append("<tr>");
            for (Page.Cell cell : row) {
                out.append("<td>").append(plain(cell.text()));
                Page.Bar bar = cell.bar();
                if (bar != null) {
                    out.append(' ');
                    bar(out, bar);
                }
                out.append("</td>");
            }
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private static void bar(StringBuilder out, Page.Bar bar) {
        out.append(String.format(
                Locale.ROOT,
                "<svg width=\"%d\" height=\"%d\" role=\"img\"><rect y=\"2\" width=\"%.1f\" height=\"8\" fill=\"#9bc\"/>",
                WIDTH,
                HEIGHT,
                WIDTH * bar.mean()));
        if (!Double.isNaN(bar.error())) {
            line(out, "M%1$.1f 6H%2$.1fM%1$.1f 3V9M%2$.1f 3V9", bar.mean() - bar.error(), bar.mean() + bar.error());
        }
        line(out, "M%1$.1f 0V12M%2$.1f 2V10", bar.min(), bar.median());
        out.append("</svg>");
    }

    private static void line(StringBuilder out, String path, double from, double to) {
        out.append("<path stroke=\"#135\" d=\"")
                .append(String.format(Locale.ROOT, path, place(from), place(to)))
                .append("\"/>");
    }

    private static double place(double share) {
        return WIDTH * Math.max(0, Math.min(1, share));
    }

    /** Text without effect on the page around it. */
    static String plain(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
