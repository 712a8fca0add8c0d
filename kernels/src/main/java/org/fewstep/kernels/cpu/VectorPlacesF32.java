package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The unfolded image as an operand that is never written out: line p is the window whose upper left corner is number p of
 * a padded plane, number l of a line its pixel under kernel element l = (c, a, b).
 *
 * <p>Windows follow each other as the pixels of the padded plane do, row behind row. So the l-th pixels of windows p, p +
 * 1, ... are neighbours too; the windows that begin in the last kernelWidth - 1 columns run over the edge and count for
 * nothing.
 */
final class VectorPlacesF32 implements VectorOperandF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    private float[] x = {};
    private int[] taps = {};

    /**
     * Makes this the operand given.
     *
     * @param x planes, one behind the other
     * @param taps place of the pixel under each kernel element for window 0
     */
    VectorPlacesF32 set(float[] x, int[] taps) {
        this.x = x;
        this.taps = taps;
        return this;
    }

    /** The taps of so many channels, in planes of {@code plane} numbers and rows of {@code width}. */
    static int[] taps(int channels, int plane, int width, int kernelHeight, int kernelWidth) {
        int[] taps = new int[channels * kernelHeight * kernelWidth];
        int l = 0;
        for (int c = 0; c < channels; c++) {
            for (int a = 0; a < kernelHeight; a++) {
                for (int b = 0; b < kernelWidth; b++) {
                    taps[l++] = c * plane + a * width + b;
                }
            }
        }
        return taps;
    }

    @Override
    public boolean whole() {
        return false;
    }

    @Override
    public void byK(int first, int lines, int k0, int kc, int strip, float[] to, int toAt) {
        if (lines == strip && strip % L == 0) {
            for (int i = 0; i < strip; i += L) {
                copy(x, first + i, taps, k0, kc, strip, to, toAt + i);
            }
            return;
        }
        for (int l = 0; l < kc; l++) {
            int from = taps[k0 + l] + first;
            int row = toAt + l * strip;
            for (int i = 0; i < strip; i++) {
                to[row + i] = i < lines ? x[from + i] : 0;
            }
        }
    }

    private static void copy(float[] x, int first, int[] taps, int k0, int count, int step, float[] to, int toAt) {
        for (int l = 0; l < count; l++) {
            FloatVector.fromArray(S, x, taps[k0 + l] + first).intoArray(to, toAt + l * step);
        }
    }

    @Override
    public void byRows(int first, int lines, int k0, int kc, int strip, float[] to, int toAt) {
        throw new IllegalStateException("conv2d: windows as rows; expected columns");
    }
}
