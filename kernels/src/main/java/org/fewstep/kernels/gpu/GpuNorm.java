package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Norm;

/** Calls of norm.cl. */
final class GpuNorm {
    static final int VERSIONS = 2;

    private GpuNorm() {}

    static void plan(Norm w, Launches to) {
        if (w.rows() == 0) {
            return;
        }
        Choice choice = to.choose(w, Teams.choices(to.facts(), w.n()));
        boolean teams = choice.version() == 2;
        String kernel = w.code().rstd() ? "norm_rstd" : w.code().along() ? "norm_along" : "norm_value";
        Launch launch = to.add("norm.cl", w.dtype(), teams ? kernel + "_teams" : kernel)
                .ints(w.rows(), w.n(), w.code().centred() ? 1 : 0)
                .real(w.dtype(), w.eps());
        Teams.overRows(launch, to, choice, w.rows(), w.n());
        launch.buffer(w.x());
        Buffer g = w.g();
        if (g != null) {
            launch.buffer(g);
        }
        launch.buffer(w.out());
    }
}
