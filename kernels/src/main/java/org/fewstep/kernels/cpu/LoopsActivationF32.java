package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.MatMul;

/** The activation of a product in a pass of its own over C, for kernels that do not apply it themselves. */
final class LoopsActivationF32 {
    private LoopsActivationF32() {}

    /** Runs the product, then keeps the activation's argument where asked and applies the activation. */
    static void after(Kernel<MatMul> product, MatMul w, Threads threads) {
        product.run(w, threads);
        Elementwise.Code activation = w.activation();
        if (activation == null) {
            return;
        }
        Buffer keep = w.pre();
        float[] c = CpuBuffer.f32(w.c());
        float[] pre = keep == null ? c : CpuBuffer.f32(keep);
        int count = w.batch() * w.m() * w.n();
        int part = ElementwiseF32.PART;
        threads.run((count + part - 1) / part, 2L * count, p -> {
            int lo = p * part;
            int hi = Math.min(count, lo + part);
            if (keep != null) {
                System.arraycopy(c, lo, pre, lo, hi - lo);
            }
            LoopsElementwiseF32.apply(activation, 0, 0, c, c, c, c, lo, hi);
        });
    }
}
