package org.fewstep.kernels.cpu;

/**
 * Arrays for the inner work of kernels, one set a thread, kept between calls.
 *
 * <p>A kernel uses a slot only within one part on one thread; what lives across {@link Threads#run} on the calling
 * thread takes a slot from {@link #CALLER} up. Content is undefined.
 */
final class Scratch {
    /** First slot for what the caller of {@link Threads#run} keeps while its parts run. */
    static final int CALLER = 8;

    private static final int SLOTS = 12;

    /** Slots of {@link #rows}, and the one of a bias row beside them. */
    static final int PACKED = 0;

    static final int TILE = 1;
    static final int BIAS = 4;

    /** Arrays above this size are not kept. */
    private static final int KEPT = 1 << 20;

    private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

    private final float[][] f32 = new float[SLOTS][0];
    private final double[][] f64 = new double[SLOTS][0];
    private final int[][] i32 = new int[SLOTS][0];
    private final float[][][] rows = new float[2][0][];

    private Scratch() {}

    /** This thread's set. */
    static Scratch mine() {
        return MINE.get();
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
    float[][] rows(int slot, int count, int length) {
        float[][] arrays = rows[slot];
        if (arrays.length < count) {
            int had = arrays.length;
            arrays = java.util.Arrays.copyOf(arrays, count);
            for (int i = had; i < count; i++) {
                arrays[i] = new float[length];
            }
            rows[slot] = arrays;
        }
        return arrays;
    }
}
