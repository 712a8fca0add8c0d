package org.fewstep.bench.report;

import java.util.List;
import java.util.stream.Collectors;

/** A page as Markdown with GitHub's tables. */
final class Markdown {
    private Markdown() {}

    static String of(Page page) {
        StringBuilder out = new StringBuilder();
        for (Page.Block block : page.blocks()) {
            if (out.length() > 0) {
                out.append('\n');
            }
            if (block instanceof Page.Heading heading) {
                out.append("#".repeat(heading.level()))
                        .append(' ')
                        .append(plain(heading.text()))
                        .append('\n');
            } else if (block instanceof Page.Paragraph paragraph) {
                out.append(plain(paragraph.text())).append('\n');
            } else if (block instanceof Page.Command command) {
                // Four spaces make code whatever the text holds.
                out.append("    ").append(oneLine(command.text())).append('\n');
            } else if (block instanceof Page.Table table) {
                row(out, table.headers());
                row(out, table.headers().stream().map(header -> "---").toList());
                for (List<Page.Cell> cells : table.rows()) {
                    row(out, cells.stream().map(cell -> plain(cell.text())).toList());
                }
            }
        }
        return out.toString();
    }

    private static void row(StringBuilder out, List<String> cells) {
        out.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** Text without effect on the page around it. */
    static String plain(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : oneLine(text).toCharArray()) {
            if ("\\`*_[]<>|#&!".indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }
}
