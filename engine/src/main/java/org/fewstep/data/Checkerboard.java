package org.fewstep.data;

import org.fewstep.tensor.Rng;

/**
 * The uniform law on the eight dark squares of a 4 x 4 board around the origin; the square at the lower left corner is
 * dark.
 *
 * @param halfWidth half the side of the board, above 0
 */
public record Checkerboard(double halfWidth) implements Distribution2d {
    private static final int SQUARES = 4;

    /** Refuses a width that makes no board. */
    public Checkerboard {
        Parameters.requirePositive("checkerboard", "halfWidth", halfWidth);
    }

    /** The board [-2, 2] x [-2, 2], with squares of side 1. */
    public Checkerboard() {
        this(2);
    }

    @Override
    public String name() {
        return "checkerboard";
    }

    @Override
    public void sample(Rng rng, long first, int count, float[] xy) {
        Parameters.requireLength(name(), count, xy);
        int[] square = rng.integers(first, count, 0, SQUARES * SQUARES / 2);
        double[] x = rng.uniform(first, count, 1);
        double[] y = rng.uniform(first, count, 2);
        double side = 2 * halfWidth / SQUARES;
        for (int i = 0; i < count; i++) {
            int row = square[i] / 2;
            int column = 2 * (square[i] % 2) + row % 2;
            xy[2 * i] = (float) ((column + x[i]) * side - halfWidth);
            xy[2 * i + 1] = (float) ((row + y[i]) * side - halfWidth);
        }
    }
}
