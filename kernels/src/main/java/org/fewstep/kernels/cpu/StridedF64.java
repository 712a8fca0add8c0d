// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
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
        while (rows.nextBlock()) {
            int place = rows.place();
            int length = rows.length();
            int points = length * rows.count();
            if (inOrder(rows)) {
                System.arraycopy(from, place, to, at, points);
            } else if (rows.pitch() == 0) {
                loadRun(from, place, rows.stride(), to, at, length);
                repeat(to, at, length, points);
            } else if (length == 2) {
                loadPairs(from, place, rows, to, at, at + points);
            } else if (length < rows.count()) {
                // Many short runs: down the columns, where the loops are long.
                for (int j = 0; j < length; j++) {
                    int source = place + j * rows.stride();
                    for (int i = at + j; i < at + points; i += length) {
                        to[i] = from[source];
                        source += rows.pitch();
                    }
                }
            } else {
                for (int i = at; i < at + points; i += length) {
                    loadRun(from, place, rows.stride(), to, i, length);
                    place += rows.pitch();
                }
            }
            at += points;
        }
    }

    /** The runs of the block are two long. */
    private static void loadPairs(double[] from, int place, StridedRows rows, double[] to, int lo, int hi) {
        int pitch = rows.pitch();
        int stride = rows.stride();
        int source = place;
        for (int i = lo; i < hi; i += 2) {
            to[i] = from[source];
            to[i + 1] = from[source + stride];
            source += pitch;
        }
    }

    /** Fills {@code points} from {@code at} on with copies of the first {@code length} of them. */
    private static void repeat(double[] to, int at, int length, int points) {
        for (int done = length; done < points; done *= 2) {
            System.arraycopy(to, at, to, at + done, Math.min(done, points - done));
        }
    }

    private static void loadRun(double[] from, int place, int stride, double[] to, int at, int length) {
        if (stride == 1 && length >= SHORT) {
            System.arraycopy(from, place, to, at, length);
        } else if (stride == 0) {
            Arrays.fill(to, at, at + length, from[place]);
        } else {
            int source = place;
            for (int i = at; i < at + length; i++) {
                to[i] = from[source];
                source += stride;
            }
        }
    }

    /** The reverse of {@link #load}. */
    static void store(double[] from, Layout layout, int[] shape, int lo, int hi, double[] to) {
        StridedRows rows = Scratch.mine().rows().over(layout, shape, lo, hi);
        int at = 0;
        while (rows.nextBlock()) {
            int place = rows.place();
            int length = rows.length();
            int points = length * rows.count();
            if (inOrder(rows)) {
                System.arraycopy(from, at, to, place, points);
            } else if (length < rows.count()) {
                for (int j = 0; j < length; j++) {
                    int target = place + j * rows.stride();
                    for (int i = at + j; i < at + points; i += length) {
                        to[target] = from[i];
                        target += rows.pitch();
                    }
                }
            } else {
                for (int i = at; i < at + points; i += length) {
                    storeRun(from, i, to, place, rows.stride(), length);
                    place += rows.pitch();
                }
            }
            at += points;
        }
    }

    private static void storeRun(double[] from, int at, double[] to, int place, int stride, int length) {
        if (stride == 1 && length >= SHORT) {
            System.arraycopy(from, at, to, place, length);
        } else {
            int target = place;
            for (int i = at; i < at + length; i++) {
                to[target] = from[i];
                target += stride;
            }
        }
    }

    /** Whether the block's points follow each other in the buffer. */
    private static boolean inOrder(StridedRows rows) {
        return rows.stride() == 1 && (rows.count() == 1 ? rows.length() >= SHORT : rows.pitch() == rows.length());
    }
}
