package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The last rows of a block, at most 8, without the idle rows of {@link VectorTile12F32}; otherwise as there. */
final class VectorTile8F32 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int PITCH = VectorLanesF32.PITCH;
    private static final int ROW = VectorLanesF32.ROW;

    private VectorTile8F32() {}

    /** As {@link VectorTile12F32#byK}. */
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
    }

    /** As {@link VectorTile12F32#byRows}. */
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
    }
}
