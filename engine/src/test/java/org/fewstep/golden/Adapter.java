package org.fewstep.golden;

import java.util.Set;

/** Computes the cases of one kind and offers every value that they may expect. */
interface Adapter {
    /** Computes the case in the run's scope. */
    void run(GoldenRun run);

    /** Models that the file may have beside {@code model}. */
    default Set<String> roles() {
        return Set.of();
    }

    /** Top-level keys that a file may have as documentation. */
    default Set<String> documentation() {
        return Set.of();
    }

    /** True for entries of {@code expected} that are inputs of their variant. */
    default boolean isOption(String path) {
        return false;
    }

    /** The arrays whose largest magnitude counts in an array's bound: those of equal name here. */
    default String variant(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** True for cases that mean nothing in F32: schedules, exact plans, fine integrations. */
    default boolean f64Only() {
        return false;
    }

    /** Relative bound in F32. */
    default double f32Bound() {
        return 2e-4;
    }
}
