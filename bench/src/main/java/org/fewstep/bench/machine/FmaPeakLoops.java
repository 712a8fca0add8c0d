package org.fewstep.bench.machine;

/** Sixteen dependent steps for each of 768 numbers in a loop that HotSpot vectorises: near the peak, not at it. */
final class FmaPeakLoops extends FmaPeak {
    private static final int NUMBERS = 768;
    private static final int STEPS = 16;
    private static final int ROUNDS = (int) (FLOPS / (2L * STEPS * NUMBERS));

    private final float[] x = new float[NUMBERS];

    @Override
    public float run() {
        for (int i = 0; i < NUMBERS; i++) {
            x[i] = 2 + i;
        }
        for (int round = 0; round < ROUNDS; round++) {
            round(x, 0.5f);
        }
        return x[0] + x[NUMBERS - 1];
    }

    private static void round(float[] x, float half) {
        for (int i = 0; i < NUMBERS; i++) {
            float y = Math.fma(x[i], half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            y = Math.fma(y, half, half);
            x[i] = Math.fma(y, half, half);
        }
    }

    @Override
    public String how() {
        return "loops, without the vector module: a lower bound";
    }
}
