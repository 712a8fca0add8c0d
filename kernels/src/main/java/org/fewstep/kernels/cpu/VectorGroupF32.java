package org.fewstep.kernels.cpu;

/**
 * Some rows of a block, few enough to stay in L1 while the passes of a kernel go over them one after another. One object
 * a thread.
 *
 * <p>Passes are called through an interface: HotSpot compiles each by itself, whereas loops that it inlined into one
 * method would together be too long to keep their vectors in registers.
 */
final class VectorGroupF32 {
    /** One loop over the rows. */
    @FunctionalInterface
    interface Pass {
        void run(VectorGroupF32 rows);
    }

    private static final ThreadLocal<VectorGroupF32> MINE = ThreadLocal.withInitial(VectorGroupF32::new);
    private static final float[] NONE = {};

    /** Scratch slot. */
    private static final int TERMS = 0;

    /** Number of rows, their length, the place of the first in {@link #x} and {@link #y}. */
    int count;

    int n;
    int at;

    /** Place of the first row in {@link #g}. */
    int gAt;

    /** Input, direction, result. */
    float[] x = NONE;

    float[] g = NONE;
    float[] y = NONE;

    /** Numbers of one row each, as the kernel means them. */
    float[] a = NONE;

    float[] b = NONE;
    float[] c = NONE;
    float[] d = NONE;

    /** What a normalisation adds to the variance. */
    float eps;

    /** As many numbers as the rows have, as the kernel means them. */
    float[] t = NONE;

    private VectorGroupF32() {}

    /** This thread's object with these rows; {@link #t} only where terms are wanted. */
    static VectorGroupF32 of(float[] x, float[] g, float[] y, int at, int count, int n, boolean terms) {
        VectorGroupF32 rows = MINE.get();
        rows.x = x;
        rows.g = g;
        rows.y = y;
        rows.at = at;
        rows.gAt = at;
        rows.count = count;
        rows.n = n;
        if (rows.a.length < count) {
            int length = Integer.highestOneBit(count) * 2;
            rows.a = new float[length];
            rows.b = new float[length];
            rows.c = new float[length];
            rows.d = new float[length];
        }
        rows.t = terms ? Scratch.mine().f32(TERMS, count * n) : NONE;
        return rows;
    }

    /** Runs the passes in order. */
    VectorGroupF32 run(Pass[] passes) {
        for (Pass pass : passes) {
            pass.run(this);
        }
        return this;
    }

    /** Lets go of the arrays. */
    void release() {
        x = NONE;
        g = NONE;
        y = NONE;
    }
}
