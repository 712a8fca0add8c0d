package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The last rows of a block, at most 4, without the idle rows of {@link VectorTile12F32}; otherwise as there. */
final class VectorTile4F32 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int PITCH = VectorLanesF32.PITCH;
    private static final int ROW = VectorLanesF32.ROW;

    private VectorTile4F32() {}

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
    }
}
