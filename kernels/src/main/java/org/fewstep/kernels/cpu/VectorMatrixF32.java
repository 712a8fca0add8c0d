package org.fewstep.kernels.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A matrix as an operand: number l of a line stands at {@code at + line * lineStep + l * kStep} of x. */
final class VectorMatrixF32 implements VectorOperandF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final int ROW = VectorLanesF32.ROW;

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
            int[] places = Scratch.mine().i32(PLACES, L);
            for (int i = 0; i < L; i++) {
                places[i] = i * lineStep;
            }
            for (int i = 0; i < width; i += L) {
                gathered(x, from + i * lineStep, kStep, places, kc, width, to, toAt + i);
            }
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

    private static void gathered(
            float[] x, int from, int kStep, int[] places, int kc, int width, float[] to, int toAt) {
        for (int l = 0; l < kc; l++) {
            FloatVector.fromArray(S, x, from + l * kStep, places, 0).intoArray(to, toAt + l * width);
        }
    }
}
