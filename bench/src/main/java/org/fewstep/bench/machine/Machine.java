package org.fewstep.bench.machine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.fewstep.io.Json;
import org.fewstep.io.JsonArray;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonString;
import org.fewstep.io.JsonValue;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;

/**
 * What ran a benchmark, which JMH's file does not say.
 *
 * @param cpu model of the processor
 * @param cores processors that the JVM sees
 * @param os name, version and architecture
 * @param jdk version and vendor
 * @param fingerprint of this engine's CPU device as a user gets it
 * @param environment variables that other libraries obey, NAME=VALUE
 * @param loadBefore system load average of the last minute before the run, negative where unknown
 * @param loadAfter the same after it
 * @param command that made the file
 */
public record Machine(
        String cpu,
        int cores,
        String os,
        String jdk,
        String fingerprint,
        List<String> environment,
        double loadBefore,
        double loadAfter,
        String command) {
    private static final List<String> PREFIXES =
            List.of("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "ONEDNN_", "DNNL_");

    /** Libraries put before others: their functions replace those of other libraries. */
    private static final String PRELOAD = "LD_PRELOAD";

    public Machine {
        environment = List.copyOf(environment);
    }

    /** This machine and JVM before a run. */
    public static Machine here(String command) {
        String os = System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
        String jdk = System.getProperty("java.version") + ", " + System.getProperty("java.vendor");
        List<String> environment = new ArrayList<>();
        new TreeMap<>(System.getenv()).forEach((name, value) -> {
            if (PREFIXES.stream().anyMatch(name::startsWith)) {
                environment.add(name + "=" + value);
            } else if (name.equals(PRELOAD)) {
                // Where they lie says nothing.
                environment.add(name + "=" + value.replaceAll("[^ :]*/", ""));
            }
        });
        String fingerprint;
        try (CpuDevice device = new CpuDevice(Provider.best(), 1)) {
            fingerprint = device.fingerprint();
        }
        return new Machine(
                model(),
                Runtime.getRuntime().availableProcessors(),
                os,
                jdk,
                fingerprint,
                environment,
                load(),
                -1,
                command);
    }

    /** The same with today's load as the load after the run. */
    public Machine done() {
        return new Machine(cpu, cores, os, jdk, fingerprint, environment, loadBefore, load(), command);
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String model() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            return "unknown (" + System.getProperty("os.arch") + ")"; // not Linux
        }
        return "unknown (" + System.getProperty("os.arch") + ")";
    }

    /** The file beside JMH's: {@code x.json} has {@code x.machine.json}. */
    public static Path beside(Path results) {
        String name = String.valueOf(results.getFileName());
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - ".json".length()) : name;
        return results.resolveSibling(stem + ".machine.json");
    }

    /** Replaces a file by this record. */
    public void write(Path file) {
        List<JsonValue> variables = new ArrayList<>();
        environment.forEach(variable -> variables.add(new JsonString(variable)));
        Json.write(
                file,
                JsonObject.builder()
                        .put("cpu", cpu)
                        .put("cores", (long) cores)
                        .put("os", os)
                        .put("jdk", jdk)
                        .put("fingerprint", fingerprint)
                        .put("environment", new JsonArray(variables))
                        .put("load-before", loadBefore)
                        .put("load-after", loadAfter)
                        .put("command", command)
                        .build());
    }

    /**
     * Reads such a file.
     *
     * @throws org.fewstep.io.BadFileException when it is damaged
     */
    public static Machine read(Path file) {
        JsonCursor root = Json.open(file);
        List<String> environment = new ArrayList<>();
        for (JsonCursor variable : root.get("environment").elements()) {
            environment.add(variable.asString());
        }
        return new Machine(
                root.get("cpu").asString(),
                root.get("cores").asInt(),
                root.get("os").asString(),
                root.get("jdk").asString(),
                root.get("fingerprint").asString(),
                environment,
                root.get("load-before").asDouble(),
                root.get("load-after").asDouble(),
                root.get("command").asString());
    }
}
