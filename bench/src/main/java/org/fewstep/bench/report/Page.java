package org.fewstep.bench.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Headings, paragraphs, commands and tables in order; a writer turns them into text. */
final class Page {
    /** A part of a page. */
    sealed interface Block permits Heading, Paragraph, Command, Table {}

    /**
     * A heading.
     *
     * @param level 1 to 3
     */
    record Heading(int level, String text) implements Block {}

    record Paragraph(String text) implements Block {}

    /** A command line, shown as code. */
    record Command(String text) implements Block {}

    /** A table; every row has as many cells as there are headers. */
    record Table(List<String> headers, List<List<Cell>> rows) implements Block {
        Table {
            headers = List.copyOf(headers);
            rows = List.copyOf(rows);
            for (List<Cell> row : rows) {
                if (row.size() != headers.size()) {
                    throw new IllegalArgumentException(
                            "table: got a row of " + row.size() + " cells; expected " + headers.size());
                }
            }
        }
    }

    /**
     * A cell.
     *
     * @param bar drawn where the writer can, else null
     */
    record Cell(String text, @Nullable Bar bar) {
        static Cell of(@Nullable String text) {
            return new Cell(text == null ? "-" : text, null);
        }
    }

    /**
     * A time as a bar from 0 to its mean, with its error and with ticks at minimum and median; all as shares of the
     * longest bar it is shown with.
     */
    record Bar(double min, double median, double mean, double error) {}

    private final List<Block> blocks = new ArrayList<>();

    void add(Block block) {
        blocks.add(block);
    }

    List<Block> blocks() {
        return blocks;
    }
}
