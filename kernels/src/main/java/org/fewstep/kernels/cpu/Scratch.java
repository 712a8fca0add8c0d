package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.BlockPool;

/**
 * Arrays for the inner work of kernels, one set a thread, kept between calls.
 *
 * <p>A kernel uses a slot only within one part on one thread; what lives across {@link Threads#run} on the calling
 * thread takes a slot from {@link #CALLER} up. Content is undefined.
 */
final class Scratch {
    /** First slot for what the caller of {@link Threads#run} keeps while its parts run. */
    static final int CALLER = 8;

    /** First of the eighteen slots of attention, whose parts call other kernels' loops. */
    static final int ATTENTION = 14;

    private static final int SLOTS = 32;

    /** Slots of {@link #f32Rows} and {@link #f64Rows}: a packed operand, the accumulators of a product, summation lanes. */
    static final int PACKED = 0;

    static final int TILE = 1;
    static final int LANES = 2;
    private static final int ROW_SLOTS = 3;

    /** Arrays above this size are not kept. */
    private static final int KEPT = 1 << 20;

    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

    private final float[][] f32 = new float[SLOTS][0];
    private final double[][] f64 = new double[SLOTS][0];
    private final int[][] i32 = new int[SLOTS][0];
    private final float[][][] f32Rows = new float[ROW_SLOTS][0][];
    private final double[][][] f64Rows = new double[ROW_SLOTS][0][];

    private final StridedRows rows = new StridedRows();

    private Scratch() {}

    /** This thread's set. */
    static Scratch mine() {
        return MINE.get();
    }

    /** A walk over a layout, to be finished before the next one starts. */
    StridedRows rows() {
        return rows;
    }

    /** An array of at least {@code size} elements. */
    float[] f32(int slot, int size) {
        float[] array = f32[slot];
        if (array.length < size) {
            array = new float[BlockPool.lengthOf(BlockPool.classOf(size))];
            if (array.length <= KEPT) {
                f32[slot] = array;
            }
        }
        return array;
    }

    /** An array of at least {@code size} elements. */
    double[] f64(int slot, int size) {
        double[] array = f64[slot];
        if (array.length < size) {
            array = new double[BlockPool.lengthOf(BlockPool.classOf(size))];
            if (array.length <= KEPT) {
                f64[slot] = array;
            }
        }
        return array;
    }

    /** An array of at least {@code size} elements. */
    int[] i32(int slot, int size) {
        int[] array = i32[slot];
        if (array.length < size) {
            array = new int[BlockPool.lengthOf(BlockPool.classOf(size))];
            if (array.length <= KEPT) {
                i32[slot] = array;
            }
        }
        return array;
    }

    /** At least {@code count} separate arrays, each of {@code length} elements; a slot always has the same length. */
    float[][] f32Rows(int slot, int count, int length) {
        float[][] arrays = f32Rows[slot];
        if (arrays.length < count) {
            int had = arrays.length;
            arrays = Arrays.copyOf(arrays, count);
            for (int i = had; i < count; i++) {
                arrays[i] = new float[length];
            }
            f32Rows[slot] = arrays;
        }
        return arrays;
    }

    /** As {@link #f32Rows}. */
    double[][] f64Rows(int slot, int count, int length) {
        double[][] arrays = f64Rows[slot];
        if (arrays.length < count) {
            int had = arrays.length;
            arrays = Arrays.copyOf(arrays, count);
            for (int i = had; i < count; i++) {
                arrays[i] = new double[length];
            }
            f64Rows[slot] = arrays;
        }
        return arrays;
    }
}
