package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Softmax;

/** Calls of softmax.cl. */
final class GpuSoftmax {
    static final int VERSIONS = 2;

    private GpuSoftmax() {}

    static void plan(Softmax w, Launches to) {
        if (w.rows() == 0 || w.n() == 0) {
            return;
        }
        String kernel = switch (w.code()) {
            case FORWARD -> "softmax_forward";
            case LOG -> "softmax_log";
            case ALONG -> "softmax_along";
        };
        Choice choice = to.choose(w, Teams.choices(to.facts(), w.n()));
        boolean teams = choice.version() == 2;
        Launch launch = to.add("softmax.cl", w.dtype(), teams ? kernel + "_teams" : kernel)
                .ints(w.rows(), w.n());
        Teams.overRows(launch, to, choice, w.rows(), w.n()).buffer(w.x());
        Buffer g = w.g();
        if (g != null) {
            launch.buffer(g);
        }
        launch.buffer(w.out());
    }
}
