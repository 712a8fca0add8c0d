package org.fewstep.bench.work;

import org.fewstep.tensor.Rng;

/** Operands on the host; the same name gives every engine the same numbers. */
public final class Draws {
    private static final Rng SOURCE = new Rng(1);

    private Draws() {}

    /** Numbers uniform between two bounds. */
    public static float[] uniform(String name, int count, double low, double high) {
        double[] unit = SOURCE.stream(name).uniform(0, count, 0);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (low + (high - low) * unit[i]);
        }
        return numbers;
    }

    /** Numbers uniform in (-1, 1). */
    public static float[] signed(String name, int count) {
        return uniform(name, count, -1, 1);
    }
}
