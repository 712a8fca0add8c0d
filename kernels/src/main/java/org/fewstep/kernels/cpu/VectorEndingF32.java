package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.MatMul;
import org.jspecify.annotations.Nullable;

/** What happens to finished sums: the bias is added, the sum kept in {@code pre}, the activation applied. */
record VectorEndingF32(float @Nullable [] bias, Elementwise.@Nullable Code activation, float @Nullable [] pre) {
    static final VectorEndingF32 NONE = new VectorEndingF32(null, null, null);

    static VectorEndingF32 of(MatMul w) {
        Buffer bias = w.bias();
        Buffer pre = w.pre();
        if (bias == null && w.activation() == null) {
            return NONE;
        }
        return new VectorEndingF32(
                bias == null ? null : CpuBuffer.f32(bias), w.activation(), pre == null ? null : CpuBuffer.f32(pre));
    }

    /** What is added to column j; minus zero, which changes no number, where there is no bias. */
    float shift(int j) {
        return bias == null ? -0f : bias[j];
    }

    /** Finishes {@code rows} times {@code columns} sums, bias included, at {@code at} of c, rows {@code step} apart. */
    void finish(float[] c, int at, int rows, int columns, int step) {
        if (activation == null) {
            return;
        }
        int pieces = columns == step ? 1 : rows;
        int length = columns == step ? rows * columns : columns;
        for (int r = 0; r < pieces; r++) {
            int from = at + r * step;
            if (pre != null) {
                System.arraycopy(c, from, pre, from, length);
            }
            VectorElementwiseF32.apply(activation, 0, 0, c, c, c, c, from, from + length);
        }
    }
}
