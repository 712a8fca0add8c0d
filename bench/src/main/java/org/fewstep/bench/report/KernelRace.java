package org.fewstep.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.fewstep.bench.machine.Machine;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonValue;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.gpu.Roof;
import org.fewstep.kernels.gpu.Timing;
import org.jspecify.annotations.Nullable;

/** Times of kernel versions against each other and against what their device was measured to do. */
public final class KernelRace {
    /** The columns. */
    public static final List<String> HEADERS = List.of(
            "work",
            "shape",
            "type",
            "version",
            "median",
            "spread",
            "GB/s",
            "GFLOP/s",
            "limit",
            "share",
            "default / this",
            "error");

    /**
     * One version.
     *
     * @param work label of the workload
     * @param type dtype and precision
     * @param version with the file it is from, where it is no shipped one
     * @param bytes that the work states
     * @param flops that the work states
     * @param error greatest difference from the F64 oracle, as a part of the greatest expected number
     * @param tolerance of that
     * @param wrong the first wrong number, or null
     * @param timing null where it is wrong
     * @param ratio median of the family's own choice over this one's; NaN where there is none
     * @param roof of the dtype
     */
    public record Row(
            String work,
            String shape,
            String type,
            String version,
            long bytes,
            long flops,
            double error,
            double tolerance,
            @Nullable String wrong,
            @Nullable Timing timing,
            double ratio,
            Roof roof) {
        /** The cells of the columns. */
        public List<String> cells() {
            Timing t = timing;
            if (t == null) {
                return List.of(
                        work, shape, type, version, "WRONG", "-", "-", "-", "-", "-", "-", String.valueOf(wrong));
            }
            return List.of(
                    work,
                    shape,
                    type,
                    version,
                    Figures.time(t.median()),
                    Figures.percent(t.spread()),
                    figure(bytes * 1e-9 / t.median()),
                    figure(flops * 1e-9 / t.median()),
                    roof.isArithmetic(flops, bytes) ? "arithmetic" : "memory",
                    Figures.percent(roof.seconds(flops, bytes) / t.median()),
                    Double.isNaN(ratio) ? "-" : Figures.ratio(ratio),
                    String.format(Locale.ROOT, "%.1e", error));
        }

        private static String figure(double value) {
            return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
        }

        private JsonObject json() {
            JsonObject.Builder json = JsonObject.builder()
                    .put("work", work)
                    .put("shape", shape)
                    .put("type", type)
                    .put("version", version)
                    .put("bytes", bytes)
                    .put("flops", flops)
                    .put("tolerance", tolerance);
            if (wrong != null) {
                json.put("wrong", wrong);
            } else {
                json.put("error", error);
            }
            Timing t = timing;
            if (t != null) {
                json.put("seconds", t.median())
                        .put("least-seconds", t.least())
                        .put("spread", t.spread())
                        .put("samples", (long) t.samples())
                        .put("share", roof.seconds(flops, bytes) / t.median());
            }
            return json.build();
        }
    }

    private final Machine machine;
    private final String device;
    private final List<Row> rows;

    /**
     * A finished race.
     *
     * @param device in words
     */
    public KernelRace(Machine machine, String device, List<Row> rows) {
        this.machine = machine;
        this.device = device;
        this.rows = List.copyOf(rows);
    }

    /** What a device was measured to do, in words. */
    public static String roof(DType dtype, Roof roof) {
        return String.format(
                Locale.ROOT,
                "%s: a copy moves %.1f GB/s, fused multiply-adds without tensor cores do %.1f GFLOP/s",
                dtype,
                roof.bytes() * 1e-9,
                roof.flops() * 1e-9);
    }

    /** What the columns mean. */
    public static String legend() {
        return "Median of samples of some calls each; spread: distance of the quartiles. GB/s and GFLOP/s are of the bytes and"
                + " operations that the work states. Share: the time that the device's own copy or multiply-adds, measured in"
                + " the same run, would take for them; above 100 % where operands stay in caches, or tensor cores compute."
                + " Error: greatest difference from F64 on the CPU, as a part of the greatest number.";
    }

    /** As Markdown. */
    public String markdown() {
        Page page = new Page();
        page.add(new Page.Heading(1, "Kernel race"));
        page.add(new Page.Paragraph(device + ". Host: " + machine.cpu() + ", " + machine.cores() + " cores, "
                + machine.os() + ", JDK " + machine.jdk() + ", load average " + load(machine.loadBefore()) + " before, "
                + load(machine.loadAfter()) + " after."));
        page.add(new Page.Command(machine.command()));
        page.add(new Page.Paragraph(legend()));
        for (String type : rows.stream().map(Row::type).distinct().toList()) {
            rows.stream()
                    .filter(row -> row.type().equals(type))
                    .findFirst()
                    .ifPresent(row -> page.add(new Page.Paragraph(
                            roof(type.startsWith("F64") ? DType.F64 : DType.F32, row.roof()) + ".")));
        }
        List<List<Page.Cell>> cells = new ArrayList<>();
        for (Row row : rows) {
            cells.add(row.cells().stream().map(Page.Cell::of).toList());
        }
        page.add(new Page.Table(HEADERS, cells));
        return Markdown.of(page);
    }

    private static String load(double load) {
        return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load);
    }

    /** As JSON, without the machine, which has a file of its own. */
    public JsonValue json() {
        List<JsonValue> list = new ArrayList<>();
        for (Row row : rows) {
            JsonObject roof = JsonObject.builder()
                    .put("bytes-a-second", row.roof().bytes())
                    .put("flops-a-second", row.roof().flops())
                    .build();
            JsonObject.Builder all = JsonObject.builder();
            row.json().members().forEach(all::put);
            list.add(all.put("roof", roof).build());
        }
        return JsonObject.builder()
                .put("device", device)
                .put("rows", new JsonArray(list))
                .build();
    }
}
