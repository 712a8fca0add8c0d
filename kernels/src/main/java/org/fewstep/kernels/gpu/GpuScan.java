package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Scan;

/** Calls of scan.cl. */
final class GpuScan {
    private GpuScan() {}

    static void plan(Scan w, Launches to) {
        long columns = (long) w.outer() * w.inner();
        if (columns == 0 || w.n() == 0) {
            return;
        }
        to.add("scan.cl", w.dtype(), w.code() == Scan.Code.SUM ? "scan_sum" : "scan_sum_reversed")
                .over(columns, w.inner() == 1 ? to.few() : to.many())
                .ints(w.outer(), w.n(), w.inner())
                .buffer(w.in())
                .buffer(w.out());
    }
}
