package org.fewstep.kernels.cpu;

import java.util.Arrays;

/**
 * The transpose of {@link VectorPlacesF32}: line l = (c, a, b) holds the pixels under that kernel element for windows 0,
 * 1, ..., which lie in one piece.
 */
final class VectorTapsF32 implements VectorOperandF32 {
    private float[] x = {};
    private int[] taps = {};

    /** Makes this the operand given, as {@link VectorPlacesF32#set}. */
    VectorTapsF32 set(float[] x, int[] taps) {
        this.x = x;
        this.taps = taps;
        return this;
    }

    @Override
    public boolean whole() {
        return true;
    }

    @Override
    public void byK(int first, int lines, int k0, int kc, int strip, float[] to, int toAt) {
        throw new IllegalStateException("conv2d: kernel elements as columns; expected rows");
    }

    @Override
    public void byRows(int first, int lines, int k0, int kc, int strip, float[] to, int toAt) {
        for (int i = 0; i < strip; i++) {
            int row = toAt + i * VectorLanesF32.ROW;
            if (i < lines) {
                System.arraycopy(x, taps[first + i] + k0, to, row, kc);
            } else {
                Arrays.fill(to, row, row + kc, 0);
            }
        }
    }
}
