package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loop of F32 products where 16 vector registers are at hand (AVX2): 6 rows by two vectors of C, 12
 * accumulators; otherwise as {@link VectorTile12F32}.
 */
final class VectorTile6F32 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int PITCH = VectorLanesF32.PITCH;
    private static final int ROW = VectorLanesF32.ROW;

    private VectorTile6F32() {}

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
    }
}
