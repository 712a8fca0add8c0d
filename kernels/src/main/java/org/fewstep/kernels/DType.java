package org.fewstep.kernels;

/** Element type of a {@link Buffer}. */
public enum DType {
    /** IEEE binary32, the default of models and samplers. */
    F32(4, true),
    /** IEEE binary64: oracle, gradient checks, solver orders. */
    F64(8, true),
    /** Two's complement 32-bit integers: indices, labels and random-number counters. */
    I32(4, false);

    private final int bytes;
    private final boolean floating;

    DType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** True for F32 and F64. */
    public boolean floating() {
        return floating;
    }
}
