package org.fewstep.train;

import java.util.Arrays;
import org.fewstep.data.DataOrder;
import org.fewstep.data.Dataset;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Samples at one end of a recipe that it does not train on: of files the part that is left, of data made by code other draws. Sample
 * i depends on the seed and i alone.
 *
 * @param data that are not trained on
 * @param seed of the choice
 */
public record HeldOut(Dataset data, long seed) {
    /** Numbers that a seed has to itself in data without end. */
    private static final long STRIDE = 1L << 32;

    /**
     * Those of a recipe's bridge at t = 0.
     *
     * @throws IllegalArgumentException when the recipe starts from noise
     */
    public static HeldOut source(Recipe recipe, long seed) {
        DataSettings source = recipe.source();
        if (source == null) {
            throw new IllegalArgumentException(
                    "held out: got recipe " + recipe.name() + ", which starts from noise; expected one with a source");
        }
        return new HeldOut(source.test(DataSettings.Side.SOURCE), seed);
    }

    /** Those of a recipe's data. */
    public static HeldOut data(Recipe recipe, long seed) {
        return new HeldOut(recipe.data().test(), seed);
    }

    /**
     * Samples 0 .. n - 1: in a random order, all of a finite set before one comes again.
     *
     * @param n at least 0
     * @return n samples one after another, each row-major
     */
    public float[] read(int n) {
        return read(n, null);
    }

    /**
     * The same with their labels.
     *
     * @param n at least 0
     * @param labels (n), written where the data have classes; or null
     * @return n samples one after another, each row-major
     */
    public float[] read(int n, int @Nullable [] labels) {
        long[] indices;
        if (data.size() == Dataset.ENDLESS) {
            long first = (seed & (Long.MAX_VALUE / STRIDE)) * STRIDE;
            indices = new long[n];
            Arrays.setAll(indices, i -> first + i);
        } else {
            indices = n == 0 ? new long[0] : new DataOrder(data.size(), n, new Rng(seed).stream("held-out")).batch(0);
        }
        int dim = Arrays.stream(data.sampleShape()).reduce(1, Math::multiplyExact);
        float[] values = new float[Math.multiplyExact(n, dim)];
        data.read(indices, values, labels);
        return values;
    }
}
