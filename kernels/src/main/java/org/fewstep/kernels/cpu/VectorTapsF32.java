package org.fewstep.kernels.cpu;

import java.util.Arrays;

/**
 * The unfolded image as an operand that is never written out: line l = (c, a, b) holds the pixels under that kernel
 * element for windows 0, 1, ... of padded planes.
 *
 * <p>Windows follow each other as the pixels of a padded plane do, row behind row. So a line lies in one piece; the
 * windows that begin in the last kernelWidth - 1 columns run over the edge and count for nothing.
 */
final class VectorTapsF32 implements VectorOperandF32 {
    private float[] x = {};
    private int[] taps = {};

    /**
     * Makes this the operand given.
     *
     * @param x planes, one behind the other
     * @param taps place of the pixel under each kernel element for window 0
     */
    VectorTapsF32 set(float[] x, int[] taps) {
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
