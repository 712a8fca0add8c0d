// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Layout;

/** Copies between a buffer that is walked by a layout and a dense array. */
final class StridedF64 {
    /** Runs below this length are copied by a loop. */
    private static final int SHORT = 16;

    private StridedF64() {}

    /** {@code to[0 ..] =} points lo (inclusive) to hi (exclusive) of the layout, in row-major order of the shape. */
    static void load(double[] from, Layout layout, int[] shape, int lo, int hi, double[] to) {
        StridedRows rows = Scratch.mine().rows().over(layout, shape, lo, hi);
        int at = 0;
        while (rows.next()) {
            int place = rows.place();
            int stride = rows.stride();
            int end = at + rows.length();
            if (stride == 1 && rows.length() >= SHORT) {
                System.arraycopy(from, place, to, at, rows.length());
            } else if (stride == 0) {
                double value = from[place];
                for (int i = at; i < end; i++) {
                    to[i] = value;
                }
            } else {
                for (int i = at; i < end; i++) {
                    to[i] = from[place];
                    place += stride;
                }
            }
            at = end;
        }
    }

    /** The reverse of {@link #load}. */
    static void store(double[] from, Layout layout, int[] shape, int lo, int hi, double[] to) {
        StridedRows rows = Scratch.mine().rows().over(layout, shape, lo, hi);
        int at = 0;
        while (rows.next()) {
            int place = rows.place();
            int stride = rows.stride();
            int end = at + rows.length();
            if (stride == 1 && rows.length() >= SHORT) {
                System.arraycopy(from, at, to, place, rows.length());
            } else {
                for (int i = at; i < end; i++) {
                    to[place] = from[i];
                    place += stride;
                }
            }
            at = end;
        }
    }
}
