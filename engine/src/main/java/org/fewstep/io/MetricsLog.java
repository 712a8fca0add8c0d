package org.fewstep.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The numbers of a training run, as {@code metrics.jsonl} and {@code metrics.csv} in its folder.
 *
 * <p>A row is a step and named values; names are sorted within a row. The JSONL file is the record, one object a line.
 * The CSV file is a function of it: a column a name, in order of first appearance, empty cells where a row lacks a name;
 * it is written anew when a name appears for the first time. NaN and infinities are the words NaN, Infinity, -Infinity
 * (strings in JSON).
 *
 * <p>A run that was killed and resumed leaves the same bytes as an unbroken one, if all rows of a step are written
 * before the checkpoint of that step.
 */
public final class MetricsLog implements AutoCloseable {
    public static final String JSONL = "metrics.jsonl";
    public static final String CSV = "metrics.csv";

    private static final String STEP = "step";
    private static final List<String> WORDS = List.of("NaN", "Infinity", "-Infinity");
    private static final int MAX_BYTES = 1 << 30;

    private final Path csvPath;
    private final Path jsonlPath;
    private final FileChannel jsonl;
    private FileChannel csv;
    private final Set<String> columns = new LinkedHashSet<>();
    private long lastStep;

    private MetricsLog(Path folder, long resumeStep) throws IOException {
        jsonlPath = folder.resolve(JSONL);
        csvPath = folder.resolve(CSV);
        jsonl = FileChannel.open(jsonlPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            jsonl.truncate(keep(resumeStep));
            jsonl.position(jsonl.size());
            csv = rebuildCsv();
        } catch (IOException | RuntimeException e) {
            jsonl.close();
            throw e;
        }
    }

    /**
     * Opens the log of a run: rows beyond {@code resumeStep} and a last line without its end are dropped.
     *
     * @param resumeStep step of the checkpoint the run goes on from; -1 starts an empty log
     * @throws IllegalArgumentException if the folder is missing
     * @throws BadFileException if a row that stays is not one of ours
     */
    public static MetricsLog open(Path folder, long resumeStep) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    "MetricsLog: got the missing folder " + folder + "; expected an existing one; create it first");
        }
        try {
            return new MetricsLog(folder, resumeStep);
        } catch (IOException e) {
            throw new UncheckedIOException("open the metrics in " + folder, e);
        }
    }

    /**
     * Appends a row to both files.
     *
     * @throws IllegalArgumentException if the step is less than that of the row before, or a value is named step
     */
    public void row(long step, Map<String, Double> values) {
        if (step < lastStep || values.containsKey(STEP)) {
            throw new IllegalArgumentException("MetricsLog.row: got step " + step + ", names " + values.keySet()
                    + "; expected a step of at least " + lastStep + " and no value named step; rows go forward");
        }
        lastStep = step;
        Map<String, JsonValue> cells = new TreeMap<>();
        values.forEach((name, value) -> cells.put(name, cell(value)));
        try {
            AtomicFile.writeFully(jsonl, ByteBuffer.wrap(jsonRow(step, cells)));
            if (columns.addAll(cells.keySet())) {
                csv.close();
                csv = rebuildCsv();
            } else {
                AtomicFile.writeFully(csv, ByteBuffer.wrap(csvRow(step, cells).getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("write " + jsonlPath, e);
        }
    }

    /** Forces all rows to the disk, for instance before a checkpoint that counts on them. */
    public void force() {
        try {
            jsonl.force(true);
            csv.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("force " + jsonlPath, e);
        }
    }

    @Override
    public void close() {
        try (jsonl) {
            csv.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close " + jsonlPath, e);
        }
    }

    /** Length of the rows up to a step; notes their columns and the last step. */
    private long keep(long resumeStep) {
        long[] kept = new long[1];
        forEachRow((step, cells, end) -> {
            if (step > resumeStep) {
                return false;
            }
            lastStep = step;
            columns.addAll(cells.keySet());
            kept[0] = end;
            return true;
        });
        return kept[0];
    }

    private FileChannel rebuildCsv() throws IOException {
        AtomicFile.write(csvPath, channel -> {
            StringBuilder text = new StringBuilder(STEP);
            columns.forEach(name -> text.append(',').append(csvName(name)));
            text.append('\n');
            forEachRow((step, cells, end) -> {
                text.append(csvRow(step, cells));
                return true;
            });
            AtomicFile.writeFully(channel, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
        });
        return FileChannel.open(csvPath, StandardOpenOption.APPEND);
    }

    /** Takes a row and the offset of the byte after it; false stops. */
    private interface RowVisitor {
        boolean visit(long step, Map<String, JsonValue> cells, long end);
    }

    private void forEachRow(RowVisitor visitor) {
        byte[] bytes = FileBytes.read(jsonlPath, MAX_BYTES);
        int start = 0;
        long previous = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            JsonValue line =
                    new JsonParser(Arrays.copyOfRange(bytes, start, i), jsonlPath.toString(), start).document();
            JsonCursor row = JsonCursor.root(line, jsonlPath + " at byte " + start);
            long step = row.get(STEP).asLong();
            if (step < previous) {
                throw row.get(STEP).fail("step " + step + " after " + previous, "rising steps", "was it edited?");
            }
            previous = step;
            if (!visitor.visit(step, cells(row), i + 1L)) {
                return;
            }
            start = i + 1;
        }
    }

    private String csvRow(long step, Map<String, JsonValue> cells) {
        StringBuilder text = new StringBuilder().append(step);
        for (String name : columns) {
            text.append(',');
            JsonValue cell = cells.get(name);
            if (cell instanceof JsonNumber number) {
                text.append(number.text());
            } else if (cell instanceof JsonString word) {
                text.append(word.value());
            }
        }
        return text.append('\n').toString();
    }

    private static byte[] jsonRow(long step, Map<String, JsonValue> cells) {
        JsonObject.Builder row = JsonObject.builder().put(STEP, step);
        cells.forEach(row::put);
        return JsonLines.line(row.build());
    }

    /** A name as a cell: in quotes where it would break the row (RFC 4180). */
    private static String csvName(String name) {
        boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    private static JsonValue cell(double value) {
        return Double.isFinite(value) ? JsonNumber.of(value) : new JsonString(Double.toString(value));
    }

    /** The cells of a row of the file; whatever {@link #cell} does not make is an error. */
    private static Map<String, JsonValue> cells(JsonCursor row) {
        Map<String, JsonValue> cells = new TreeMap<>();
        for (String name : row.keys()) {
            if (!name.equals(STEP)) {
                JsonCursor cell = row.get(name);
                if (!(cell.value() instanceof JsonNumber) && !WORDS.contains(cell.asString())) {
                    throw cell.fail(
                            BadFileException.quote(cell.asString()), "a number or one of " + WORDS, "was it edited?");
                }
                cells.put(name, cell.value());
            }
        }
        return cells;
    }
}
