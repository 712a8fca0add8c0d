package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Combine;

/** Calls of combine.cl. */
final class GpuCombine {
    private GpuCombine() {}

    static void plan(Combine w, Launches to) {
        if (w.points() == 0) {
            return;
        }
        Launch launch = to.add("combine.cl", w.dtype(), "combine")
                .over(w.points(), to.many())
                .ints(w.points(), w.terms());
        for (int j = 0; j < Combine.MOST_TERMS; j++) {
            launch.real(w.dtype(), j < w.terms() ? w.coefficient(j) : 0);
        }
        for (int j = 0; j < Combine.MOST_TERMS; j++) {
            launch.buffer(input(w, j));
        }
        launch.buffer(w.out());
    }

    /** Inputs that a sum does not have are not read, but an argument must be there. */
    private static Buffer input(Combine w, int j) {
        return j < w.terms() ? w.x(j) : w.out();
    }
}
