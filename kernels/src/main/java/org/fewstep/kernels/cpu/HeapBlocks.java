package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.BlockPool;
import org.fewstep.kernels.DType;

/** The CPU device's blocks: float[], double[] and int[] of the Java heap. */
final class HeapBlocks implements BlockPool.Maker {
    static final HeapBlocks MAKER = new HeapBlocks();

    private HeapBlocks() {}

    @Override
    public Object make(DType dtype, int length) {
        return switch (dtype) {
            case F32 -> new float[length];
            case F64 -> new double[length];
            case I32 -> new int[length];
        };
    }

    @Override
    public void poison(DType dtype, Object block) {
        if (block instanceof float[] f) {
            Arrays.fill(f, Float.NaN);
        } else if (block instanceof double[] d) {
            Arrays.fill(d, Double.NaN);
        } else if (block instanceof int[] i) {
            Arrays.fill(i, Integer.MIN_VALUE);
        }
    }
}
