package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loop of F32 products where 32 vector registers are at hand (AVX-512, NEON): 12 rows by two vectors of C, 24
 * accumulators, held over a whole block of k.
 *
 * <p>{@code to[i][j] = start[i][j] + sum over l of a(i, l) b[l][j] + plus[j]}, each element one chain of fma in the order
 * of l. The loop has neither branches nor tails: a first block starts from zeros, a block without bias adds minus zero,
 * which changes no number. So no call meets code that HotSpot has compiled for the other case.
 */
final class VectorTile12F32 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int PITCH = VectorLanesF32.PITCH;
    private static final int ROW = VectorLanesF32.ROW;

    private VectorTile12F32() {}

    /**
     * Runs on A packed k by k: {@code a(i, l)} at {@code aAt + l * PITCH + i}.
     *
     * @param b ({@code kc}, 2 vectors), rows {@code bStep} apart
     * @param startStep distance of the rows of {@code start}; 0 repeats one row
     */
    static void byK(
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int bStep,
            int kc,
            float[] start,
            int startAt,
            int startStep,
            float[] plus,
            float[] to,
            int toAt,
            int toStep) {
        FloatVector c0x = FloatVector.fromArray(S, start, startAt);
        FloatVector c0y = FloatVector.fromArray(S, start, startAt + L);
        FloatVector c1x = FloatVector.fromArray(S, start, startAt + startStep);
        FloatVector c1y = FloatVector.fromArray(S, start, startAt + startStep + L);
        FloatVector c2x = FloatVector.fromArray(S, start, startAt + 2 * startStep);
        FloatVector c2y = FloatVector.fromArray(S, start, startAt + 2 * startStep + L);
        FloatVector c3x = FloatVector.fromArray(S, start, startAt + 3 * startStep);
        FloatVector c3y = FloatVector.fromArray(S, start, startAt + 3 * startStep + L);
        FloatVector c4x = FloatVector.fromArray(S, start, startAt + 4 * startStep);
        FloatVector c4y = FloatVector.fromArray(S, start, startAt + 4 * startStep + L);
        FloatVector c5x = FloatVector.fromArray(S, start, startAt + 5 * startStep);
        FloatVector c5y = FloatVector.fromArray(S, start, startAt + 5 * startStep + L);
        FloatVector c6x = FloatVector.fromArray(S, start, startAt + 6 * startStep);
        FloatVector c6y = FloatVector.fromArray(S, start, startAt + 6 * startStep + L);
        FloatVector c7x = FloatVector.fromArray(S, start, startAt + 7 * startStep);
        FloatVector c7y = FloatVector.fromArray(S, start, startAt + 7 * startStep + L);
        FloatVector c8x = FloatVector.fromArray(S, start, startAt + 8 * startStep);
        FloatVector c8y = FloatVector.fromArray(S, start, startAt + 8 * startStep + L);
        FloatVector c9x = FloatVector.fromArray(S, start, startAt + 9 * startStep);
        FloatVector c9y = FloatVector.fromArray(S, start, startAt + 9 * startStep + L);
        FloatVector c10x = FloatVector.fromArray(S, start, startAt + 10 * startStep);
        FloatVector c10y = FloatVector.fromArray(S, start, startAt + 10 * startStep + L);
        FloatVector c11x = FloatVector.fromArray(S, start, startAt + 11 * startStep);
        FloatVector c11y = FloatVector.fromArray(S, start, startAt + 11 * startStep + L);
        for (int l = 0; l < kc; l++) {
            int p = bAt + l * bStep;
            int q = aAt + l * PITCH;
            FloatVector x = FloatVector.fromArray(S, b, p);
            FloatVector y = FloatVector.fromArray(S, b, p + L);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            c0x = a0.fma(x, c0x);
            c0y = a0.fma(y, c0y);
            FloatVector a1 = FloatVector.broadcast(S, a[q + 1]);
            c1x = a1.fma(x, c1x);
            c1y = a1.fma(y, c1y);
            FloatVector a2 = FloatVector.broadcast(S, a[q + 2]);
            c2x = a2.fma(x, c2x);
            c2y = a2.fma(y, c2y);
            FloatVector a3 = FloatVector.broadcast(S, a[q + 3]);
            c3x = a3.fma(x, c3x);
            c3y = a3.fma(y, c3y);
            FloatVector a4 = FloatVector.broadcast(S, a[q + 4]);
            c4x = a4.fma(x, c4x);
            c4y = a4.fma(y, c4y);
            FloatVector a5 = FloatVector.broadcast(S, a[q + 5]);
            c5x = a5.fma(x, c5x);
            c5y = a5.fma(y, c5y);
            FloatVector a6 = FloatVector.broadcast(S, a[q + 6]);
            c6x = a6.fma(x, c6x);
            c6y = a6.fma(y, c6y);
            FloatVector a7 = FloatVector.broadcast(S, a[q + 7]);
            c7x = a7.fma(x, c7x);
            c7y = a7.fma(y, c7y);
            FloatVector a8 = FloatVector.broadcast(S, a[q + 8]);
            c8x = a8.fma(x, c8x);
            c8y = a8.fma(y, c8y);
            FloatVector a9 = FloatVector.broadcast(S, a[q + 9]);
            c9x = a9.fma(x, c9x);
            c9y = a9.fma(y, c9y);
            FloatVector a10 = FloatVector.broadcast(S, a[q + 10]);
            c10x = a10.fma(x, c10x);
            c10y = a10.fma(y, c10y);
            FloatVector a11 = FloatVector.broadcast(S, a[q + 11]);
            c11x = a11.fma(x, c11x);
            c11y = a11.fma(y, c11y);
        }
        FloatVector px = FloatVector.fromArray(S, plus, 0);
        FloatVector py = FloatVector.fromArray(S, plus, L);
        c0x.add(px).intoArray(to, toAt);
        c0y.add(py).intoArray(to, toAt + L);
        c1x.add(px).intoArray(to, toAt + toStep);
        c1y.add(py).intoArray(to, toAt + toStep + L);
        c2x.add(px).intoArray(to, toAt + 2 * toStep);
        c2y.add(py).intoArray(to, toAt + 2 * toStep + L);
        c3x.add(px).intoArray(to, toAt + 3 * toStep);
        c3y.add(py).intoArray(to, toAt + 3 * toStep + L);
        c4x.add(px).intoArray(to, toAt + 4 * toStep);
        c4y.add(py).intoArray(to, toAt + 4 * toStep + L);
        c5x.add(px).intoArray(to, toAt + 5 * toStep);
        c5y.add(py).intoArray(to, toAt + 5 * toStep + L);
        c6x.add(px).intoArray(to, toAt + 6 * toStep);
        c6y.add(py).intoArray(to, toAt + 6 * toStep + L);
        c7x.add(px).intoArray(to, toAt + 7 * toStep);
        c7y.add(py).intoArray(to, toAt + 7 * toStep + L);
        c8x.add(px).intoArray(to, toAt + 8 * toStep);
        c8y.add(py).intoArray(to, toAt + 8 * toStep + L);
        c9x.add(px).intoArray(to, toAt + 9 * toStep);
        c9y.add(py).intoArray(to, toAt + 9 * toStep + L);
        c10x.add(px).intoArray(to, toAt + 10 * toStep);
        c10y.add(py).intoArray(to, toAt + 10 * toStep + L);
        c11x.add(px).intoArray(to, toAt + 11 * toStep);
        c11y.add(py).intoArray(to, toAt + 11 * toStep + L);
    }

    /** Runs on A kept row by row: {@code a(i, l)} at {@code aAt + i * ROW + l}; otherwise as {@link #byK}. */
    static void byRows(
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int bStep,
            int kc,
            float[] start,
            int startAt,
            int startStep,
            float[] plus,
            float[] to,
            int toAt,
            int toStep) {
        FloatVector c0x = FloatVector.fromArray(S, start, startAt);
        FloatVector c0y = FloatVector.fromArray(S, start, startAt + L);
        FloatVector c1x = FloatVector.fromArray(S, start, startAt + startStep);
        FloatVector c1y = FloatVector.fromArray(S, start, startAt + startStep + L);
        FloatVector c2x = FloatVector.fromArray(S, start, startAt + 2 * startStep);
        FloatVector c2y = FloatVector.fromArray(S, start, startAt + 2 * startStep + L);
        FloatVector c3x = FloatVector.fromArray(S, start, startAt + 3 * startStep);
        FloatVector c3y = FloatVector.fromArray(S, start, startAt + 3 * startStep + L);
        FloatVector c4x = FloatVector.fromArray(S, start, startAt + 4 * startStep);
        FloatVector c4y = FloatVector.fromArray(S, start, startAt + 4 * startStep + L);
        FloatVector c5x = FloatVector.fromArray(S, start, startAt + 5 * startStep);
        FloatVector c5y = FloatVector.fromArray(S, start, startAt + 5 * startStep + L);
        FloatVector c6x = FloatVector.fromArray(S, start, startAt + 6 * startStep);
        FloatVector c6y = FloatVector.fromArray(S, start, startAt + 6 * startStep + L);
        FloatVector c7x = FloatVector.fromArray(S, start, startAt + 7 * startStep);
        FloatVector c7y = FloatVector.fromArray(S, start, startAt + 7 * startStep + L);
        FloatVector c8x = FloatVector.fromArray(S, start, startAt + 8 * startStep);
        FloatVector c8y = FloatVector.fromArray(S, start, startAt + 8 * startStep + L);
        FloatVector c9x = FloatVector.fromArray(S, start, startAt + 9 * startStep);
        FloatVector c9y = FloatVector.fromArray(S, start, startAt + 9 * startStep + L);
        FloatVector c10x = FloatVector.fromArray(S, start, startAt + 10 * startStep);
        FloatVector c10y = FloatVector.fromArray(S, start, startAt + 10 * startStep + L);
        FloatVector c11x = FloatVector.fromArray(S, start, startAt + 11 * startStep);
        FloatVector c11y = FloatVector.fromArray(S, start, startAt + 11 * startStep + L);
        for (int l = 0; l < kc; l++) {
            int p = bAt + l * bStep;
            int q = aAt + l;
            FloatVector x = FloatVector.fromArray(S, b, p);
            FloatVector y = FloatVector.fromArray(S, b, p + L);
            FloatVector a0 = FloatVector.broadcast(S, a[q]);
            c0x = a0.fma(x, c0x);
            c0y = a0.fma(y, c0y);
            FloatVector a1 = FloatVector.broadcast(S, a[q + ROW]);
            c1x = a1.fma(x, c1x);
            c1y = a1.fma(y, c1y);
            FloatVector a2 = FloatVector.broadcast(S, a[q + 2 * ROW]);
            c2x = a2.fma(x, c2x);
            c2y = a2.fma(y, c2y);
            FloatVector a3 = FloatVector.broadcast(S, a[q + 3 * ROW]);
            c3x = a3.fma(x, c3x);
            c3y = a3.fma(y, c3y);
            FloatVector a4 = FloatVector.broadcast(S, a[q + 4 * ROW]);
            c4x = a4.fma(x, c4x);
            c4y = a4.fma(y, c4y);
            FloatVector a5 = FloatVector.broadcast(S, a[q + 5 * ROW]);
            c5x = a5.fma(x, c5x);
            c5y = a5.fma(y, c5y);
            FloatVector a6 = FloatVector.broadcast(S, a[q + 6 * ROW]);
            c6x = a6.fma(x, c6x);
            c6y = a6.fma(y, c6y);
            FloatVector a7 = FloatVector.broadcast(S, a[q + 7 * ROW]);
            c7x = a7.fma(x, c7x);
            c7y = a7.fma(y, c7y);
            FloatVector a8 = FloatVector.broadcast(S, a[q + 8 * ROW]);
            c8x = a8.fma(x, c8x);
            c8y = a8.fma(y, c8y);
            FloatVector a9 = FloatVector.broadcast(S, a[q + 9 * ROW]);
            c9x = a9.fma(x, c9x);
            c9y = a9.fma(y, c9y);
            FloatVector a10 = FloatVector.broadcast(S, a[q + 10 * ROW]);
            c10x = a10.fma(x, c10x);
            c10y = a10.fma(y, c10y);
            FloatVector a11 = FloatVector.broadcast(S, a[q + 11 * ROW]);
            c11x = a11.fma(x, c11x);
            c11y = a11.fma(y, c11y);
        }
        FloatVector px = FloatVector.fromArray(S, plus, 0);
        FloatVector py = FloatVector.fromArray(S, plus, L);
        c0x.add(px).intoArray(to, toAt);
        c0y.add(py).intoArray(to, toAt + L);
        c1x.add(px).intoArray(to, toAt + toStep);
        c1y.add(py).intoArray(to, toAt + toStep + L);
        c2x.add(px).intoArray(to, toAt + 2 * toStep);
        c2y.add(py).intoArray(to, toAt + 2 * toStep + L);
        c3x.add(px).intoArray(to, toAt + 3 * toStep);
        c3y.add(py).intoArray(to, toAt + 3 * toStep + L);
        c4x.add(px).intoArray(to, toAt + 4 * toStep);
        c4y.add(py).intoArray(to, toAt + 4 * toStep + L);
        c5x.add(px).intoArray(to, toAt + 5 * toStep);
        c5y.add(py).intoArray(to, toAt + 5 * toStep + L);
        c6x.add(px).intoArray(to, toAt + 6 * toStep);
        c6y.add(py).intoArray(to, toAt + 6 * toStep + L);
        c7x.add(px).intoArray(to, toAt + 7 * toStep);
        c7y.add(py).intoArray(to, toAt + 7 * toStep + L);
        c8x.add(px).intoArray(to, toAt + 8 * toStep);
        c8y.add(py).intoArray(to, toAt + 8 * toStep + L);
        c9x.add(px).intoArray(to, toAt + 9 * toStep);
        c9y.add(py).intoArray(to, toAt + 9 * toStep + L);
        c10x.add(px).intoArray(to, toAt + 10 * toStep);
        c10y.add(py).intoArray(to, toAt + 10 * toStep + L);
        c11x.add(px).intoArray(to, toAt + 11 * toStep);
        c11y.add(py).intoArray(to, toAt + 11 * toStep + L);
    }
}
