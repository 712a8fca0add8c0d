package org.fewstep.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A matrix as an operand: number l of a line stands at {@code at + line * lineStep + l * kStep} of x. */
final class VectorMatrixF32 implements VectorOperandF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int ROW = VectorLanesF32.ROW;

    /** Gathers in one turn of a loop. */
    private static final int TOGETHER = 7;

    /** Scratch slot of the places of a vector's lines. */
    private static final int PLACES = 0;

    private float[] x = new float[0];
    private int at;
    private int lineStep;
    private int kStep;
    private boolean whole;

    /**
     * Makes this the operand given.
     *
     * @param whole a line lies in one piece: kStep is 1 for any number of lines
     */
    VectorMatrixF32 set(float[] x, int at, int lineStep, int kStep, boolean whole) {
        this.x = x;
        this.at = at;
        this.lineStep = lineStep;
        this.kStep = kStep;
        this.whole = whole;
        return this;
    }

    float[] x() {
        return x;
    }

    int at() {
        return at;
    }

    int lineStep() {
        return lineStep;
    }

    int kStep() {
        return kStep;
    }

    @Override
    public boolean whole() {
        return whole;
    }

    @Override
    public void byK(int first, int lines, int k0, int kc, int width, float[] to, int toAt) {
        int from = at + first * lineStep + k0 * kStep;
        if (lines < width || width % L != 0) {
            partial(from, lines, kc, width, to, toAt);
        } else if (lineStep == 1) {
            for (int i = 0; i < width; i += L) {
                straight(x, from + i, kStep, kc, width, to, toAt + i);
            }
        } else {
            gathered(x, from, lineStep, kStep, Scratch.mine().i32(PLACES, L), kc, width, to, toAt);
        }
    }

    @Override
    public void byRows(int first, int lines, int k0, int kc, int width, float[] to, int toAt) {
        for (int i = 0; i < lines; i++) {
            System.arraycopy(x, at + (first + i) * lineStep + k0, to, toAt + i * ROW, kc);
        }
        for (int i = lines; i < width; i++) {
            Arrays.fill(to, toAt + i * ROW, toAt + i * ROW + kc, 0);
        }
    }

    private void partial(int from, int lines, int kc, int width, float[] to, int toAt) {
        for (int l = 0; l < kc; l++) {
            int place = from + l * kStep;
            int row = toAt + l * width;
            for (int i = 0; i < lines; i++) {
                to[row + i] = x[place + i * lineStep];
            }
            for (int i = lines; i < width; i++) {
                to[row + i] = 0;
            }
        }
    }

    private static void straight(float[] x, int from, int kStep, int kc, int width, float[] to, int toAt) {
        for (int l = 0; l < kc; l++) {
            FloatVector.fromArray(S, x, from + l * kStep).intoArray(to, toAt + l * width);
        }
    }

    /**
     * So long that HotSpot compiles it alone, with a profile of its own. Inlined without one it would keep a method of the
     * JDK's gather as a call, for good, and make every vector an object. A ninth gather in the method would pass
     * the limit of nodes for inlining.
     */
    private static void gathered(
            float[] x, int from, int lineStep, int kStep, int[] places, int kc, int width, float[] to, int toAt) {
        for (int i = 0; i < L; i++) {
            places[i] = i * lineStep;
        }
        for (int i = 0; i < width; i += L) {
            int l = 0;
            for (; l + TOGETHER <= kc; l += TOGETHER) {
                int p = from + i * lineStep + l * kStep;
                int q = toAt + i + l * width;
                FloatVector.fromArray(S, x, p, places, 0).intoArray(to, q);
                FloatVector.fromArray(S, x, p + kStep, places, 0).intoArray(to, q + width);
                FloatVector.fromArray(S, x, p + 2 * kStep, places, 0).intoArray(to, q + 2 * width);
                FloatVector.fromArray(S, x, p + 3 * kStep, places, 0).intoArray(to, q + 3 * width);
                FloatVector.fromArray(S, x, p + 4 * kStep, places, 0).intoArray(to, q + 4 * width);
                FloatVector.fromArray(S, x, p + 5 * kStep, places, 0).intoArray(to, q + 5 * width);
                FloatVector.fromArray(S, x, p + 6 * kStep, places, 0).intoArray(to, q + 6 * width);
            }
            for (; l < kc; l++) {
                int p = from + i * lineStep + l * kStep;
                FloatVector.fromArray(S, x, p, places, 0).intoArray(to, toAt + i + l * width);
            }
        }
    }
}
