package org.fewstep.cli;

import java.util.List;

/** Checks of numbers on the command line. */
final class Numbers {
    private static final int MOST_SAMPLES = 100_000;
    private static final int MOST_STEPS = 10_000;

    private Numbers() {}

    /** A number of samples. */
    static void requireCount(String option, int n) {
        if (n < 1 || n > MOST_SAMPLES) {
            throw new IllegalArgumentException(option + ": got " + n + "; expected 1 to " + MOST_SAMPLES);
        }
    }

    /** Numbers of steps, each once. */
    static void requireSteps(String option, List<Integer> steps) {
        for (int count : steps) {
            if (count < 1 || count > MOST_STEPS) {
                throw new IllegalArgumentException(option + ": got " + count + "; expected 1 to " + MOST_STEPS);
            }
        }
        if (steps.stream().distinct().count() != steps.size()) {
            throw new IllegalArgumentException(option + ": got " + steps + "; expected each number once");
        }
    }
}
