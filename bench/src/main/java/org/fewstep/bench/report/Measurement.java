package org.fewstep.bench.report;

import java.util.Map;
import java.util.TreeMap;

/**
 * One benchmark with one set of parameters; times in seconds a call.
 *
 * @param engine {@link #FEWSTEP} or the name of another library
 * @param work what was done, the same for all engines
 * @param params all but provider and mode, by name
 * @param provider of this engine, empty for others
 * @param mode of this engine: eager or replayed; empty where there is one way, and for others
 * @param jdk version
 * @param forks JVMs
 * @param mean JMH's score
 * @param error half of its 99.9 % interval, NaN where JMH has none
 * @param min least sample
 * @param median middle sample
 * @param allocated bytes a call, NaN where not measured
 */
public record Measurement(
        String engine,
        String work,
        Map<String, String> params,
        String provider,
        String mode,
        String jdk,
        int forks,
        double mean,
        double error,
        double min,
        double median,
        double allocated) {
    /** This engine. */
    public static final String FEWSTEP = "fewstep";

    public Measurement {
        params = new TreeMap<>(params);
    }

    /** The same work with the same parameters. */
    boolean sameWork(Measurement other) {
        return work.equals(other.work) && params.equals(other.params);
    }

    /** Library, and of this engine provider and mode. */
    String who() {
        return engine + (provider.isEmpty() ? "" : "/" + provider) + (mode.isEmpty() ? "" : "/" + mode);
    }

    /** Parameters in one line. */
    String parameters() {
        StringBuilder text = new StringBuilder();
        params.forEach((name, value) -> text.append(text.length() == 0 ? "" : ", ")
                .append(name)
                .append(' ')
                .append(value));
        return text.toString();
    }
}
