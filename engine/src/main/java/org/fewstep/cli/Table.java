package org.fewstep.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells in aligned columns: text to the left, numbers to the right. */
final class Table {
    private static final String GAP = "  ";

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        this.header = List.of(header);
    }

    /** Adds a row; it has as many cells as the header. */
    Table row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(
                    "table: got " + cells.length + " cells; expected " + header.size() + ", one a column");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The lines: header, rule, rows; no line ends with a blank. */
    List<String> lines() {
        int columns = header.size();
        int[] width = new int[columns];
        boolean[] right = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            width[c] = header.get(c).length();
            right[c] = !rows.isEmpty();
            for (List<String> row : rows) {
                width[c] = Math.max(width[c], row.get(c).length());
                right[c] &= isNumber(row.get(c));
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(header, width, right));
        StringBuilder rule = new StringBuilder();
        for (int c = 0; c < columns; c++) {
            rule.append(c == 0 ? "" : GAP).append("-".repeat(width[c]));
        }
        lines.add(rule.toString());
        for (List<String> row : rows) {
            lines.add(line(row, width, right));
        }
        return lines;
    }

    private static boolean isNumber(String cell) {
        return cell.equals("-") || cell.matches("[-+]?[0-9][0-9.,]*(e[-+]?[0-9]+)?( (B|KiB|MiB|GiB|s|ms))?|NaN");
    }

    private static String line(List<String> cells, int[] width, boolean[] right) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < width.length; c++) {
            String cell = cells.get(c);
            String blanks = " ".repeat(width[c] - cell.length());
            line.append(c == 0 ? "" : GAP).append(right[c] ? blanks + cell : cell + blanks);
        }
        return line.toString().stripTrailing();
    }
}
