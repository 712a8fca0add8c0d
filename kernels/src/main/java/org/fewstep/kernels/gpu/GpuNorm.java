package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Norm;

/** Calls of norm.cl. */
final class GpuNorm {
    private GpuNorm() {}

    static void plan(Norm w, Launches to) {
        if (w.rows() == 0) {
            return;
        }
        String kernel = w.code().rstd() ? "norm_rstd" : w.code().along() ? "norm_along" : "norm_value";
        Launch launch = to.add("norm.cl", w.dtype(), kernel)
                .over(w.rows(), to.few())
                .ints(w.rows(), w.n(), w.code().centred() ? 1 : 0)
                .real(w.dtype(), w.eps())
                .buffer(w.x());
        Buffer g = w.g();
        if (g != null) {
            launch.buffer(g);
        }
        launch.buffer(w.out());
    }
}
