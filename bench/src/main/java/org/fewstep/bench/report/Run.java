package org.fewstep.bench.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.fewstep.bench.machine.Machine;
import org.fewstep.bench.work.EngineDevice;
import org.jspecify.annotations.Nullable;

/**
 * One JMH run: everything that may be compared with each other.
 *
 * @param name of its file
 * @param machine that ran it, null where that was not recorded
 */
record Run(
        String name,
        List<Measurement> measurements,
        @Nullable Machine machine) {
    Run {
        measurements = List.copyOf(measurements);
    }

    /** JMH's file with the record of the machine beside it. */
    static Run read(Path file) {
        Path beside = Machine.beside(file);
        return new Run(
                String.valueOf(file.getFileName()),
                JmhFile.read(file),
                Files.exists(beside) ? Machine.read(beside) : null);
    }

    /** This engine's measurement by a provider in a mode, or null. */
    @Nullable
    Measurement own(String work, Map<String, String> params, String provider, String mode) {
        for (Measurement m : measurements) {
            if (m.engine().equals(Measurement.FEWSTEP)
                    && m.work().equals(work)
                    && m.params().equals(params)
                    && m.provider().equals(provider)
                    && m.mode().equals(mode)) {
                return m;
            }
        }
        return null;
    }

    /** This engine's best measurement as users get it, of all modes, or null. */
    @Nullable
    Measurement best(String work, Map<String, String> params) {
        Measurement best = null;
        for (Measurement m : measurements) {
            if (m.engine().equals(Measurement.FEWSTEP)
                    && m.work().equals(work)
                    && m.params().equals(params)
                    && m.provider().equals(EngineDevice.DEFAULT)
                    && (best == null || m.min() < best.min())) {
                best = m;
            }
        }
        return best;
    }

    /** Another library's measurement, or null. */
    @Nullable
    Measurement peer(String engine, String work, Map<String, String> params) {
        for (Measurement m : measurements) {
            if (m.engine().equals(engine) && m.work().equals(work) && m.params().equals(params)) {
                return m;
            }
        }
        return null;
    }

    /** Whether anything of a library was measured. */
    boolean has(String engine) {
        return measurements.stream().anyMatch(m -> m.engine().equals(engine));
    }

    /** Feature version of the JDK: 17, 25. */
    int jdk() {
        String version = measurements.get(0).jdk();
        int end = 0;
        while (end < version.length() && end < 4 && Character.isDigit(version.charAt(end))) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(version.substring(0, end));
    }
}
