package org.fewstep.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonString;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file that JMH writes with {@code -rf json}. Benchmarks outside {@code org.fewstep.bench} and times that are
 * no times are errors.
 */
public final class JmhFile {
    private static final String ROOT = "org.fewstep.bench.";
    private static final String PEERS = ROOT + "peers.";
    private static final String SUFFIX = "Benchmark";
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    private JmhFile() {}

    /**
     * All measurements, in file order.
     *
     * @throws BadFileException when the file is not what JMH writes, or measures something twice
     */
    public static List<Measurement> read(Path file) {
        return measurements(Json.open(file));
    }

    /** As {@link #read} of a text that messages call {@code source}. */
    static List<Measurement> parse(byte[] utf8, String source) {
        return measurements(JsonCursor.root(Json.parse(utf8, source), source));
    }

    private static List<Measurement> measurements(JsonCursor root) {
        List<Measurement> all = new ArrayList<>();
        for (JsonCursor entry : root.elements()) {
            Measurement m = measurement(entry);
            for (Measurement before : all) {
                if (before.sameWork(m) && before.who().equals(m.who())) {
                    throw entry.fail(
                            "a second measurement of the same", "one a benchmark and parameters", "merged files?");
                }
            }
            all.add(m);
        }
        if (all.isEmpty()) {
            throw root.fail("no measurements", "at least one", "did the run fail?");
        }
        return all;
    }

    private static Measurement measurement(JsonCursor entry) {
        JsonCursor name = entry.get("benchmark");
        String full = name.asString();
        int method = full.lastIndexOf('.');
        int type = method < 0 ? -1 : full.lastIndexOf('.', method - 1);
        if (!full.startsWith(ROOT)
                || type < ROOT.length() - 1
                || !full.substring(0, method).endsWith(SUFFIX)) {
            throw name.fail(BadFileException.quote(full), ROOT + "...Benchmark.METHOD", "a file of another project?");
        }
        String engine = Measurement.FEWSTEP;
        if (full.startsWith(PEERS)) {
            int end = full.indexOf('.', PEERS.length());
            if (end > type) {
                throw name.fail(BadFileException.quote(full), PEERS + "NAME...", "a class without a library?");
            }
            engine = full.substring(PEERS.length(), end);
        }
        String work = full.substring(type + 1, method - SUFFIX.length());
        if (!full.endsWith(".run")) {
            work += full.substring(method);
        }
        Map<String, String> params = new LinkedHashMap<>();
        JsonCursor given = entry.find("params");
        if (given != null) {
            for (String key : given.keys()) {
                params.put(key, given.get(key).asString());
            }
        }
        String provider = params.remove("provider");
        String mode = params.remove("mode");
        JsonCursor metric = entry.get("primaryMetric");
        double unit = unit(metric.get("scoreUnit"));
        JsonCursor percentiles = metric.get("scorePercentiles");
        double min = time(percentiles.get("0.0"), unit);
        double median = time(percentiles.get("50.0"), unit);
        if (min > median) {
            throw percentiles.fail("a minimum above the median", "the reverse", "was the file changed by hand?");
        }
        double error = numberOrNaN(metric.get("scoreError")) * unit;
        if (error < 0) {
            throw metric.get("scoreError").fail("a negative error", "at least 0", "was the file changed by hand?");
        }
        return new Measurement(
                engine,
                work,
                params,
                provider == null ? "" : provider,
                mode == null ? "" : mode,
                entry.get("jdkVersion").asString(),
                entry.get("forks").asInt(),
                time(metric.get("score"), unit),
                error,
                min,
                median,
                allocated(entry.find("secondaryMetrics")));
    }

    private static double unit(JsonCursor unit) {
        return switch (unit.asString()) {
            case "s/op" -> 1;
            case "ms/op" -> 1e-3;
            case "us/op" -> 1e-6;
            case "ns/op" -> 1e-9;
            default ->
                throw unit.fail(
                        BadFileException.quote(unit.asString()),
                        "s/op, ms/op, us/op or ns/op",
                        "time it with -bm avgt");
        };
    }

    private static double time(JsonCursor number, double unit) {
        double value = number.asDouble();
        if (!(value > 0)) {
            throw number.fail(Double.toString(value), "a time above 0", "was the file changed by hand?");
        }
        return value * unit;
    }

    /** JMH writes NaN as a string. */
    private static double numberOrNaN(JsonCursor number) {
        if (number.value() instanceof JsonString text && text.value().equals("NaN")) {
            return Double.NaN;
        }
        return number.asDouble();
    }

    private static double allocated(@Nullable JsonCursor secondary) {
        JsonCursor metric = secondary == null ? null : secondary.find(ALLOCATION);
        return metric == null ? Double.NaN : numberOrNaN(metric.get("score"));
    }
}
