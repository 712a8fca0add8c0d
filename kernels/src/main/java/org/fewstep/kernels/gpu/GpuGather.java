package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Gather;

/** Calls of gather.cl. */
final class GpuGather {
    private GpuGather() {}

    static void plan(Gather w, Launches to) {
        boolean pick = w.code() == Gather.Code.PICK;
        long results = (long) w.width() * (pick ? w.count() : w.tableRows());
        if (results == 0) {
            return;
        }
        to.add("gather.cl", w.dtype(), pick ? "gather_pick" : "gather_scatter_add")
                .over(results, to.many())
                .ints(w.tableRows(), w.count(), w.width())
                .buffer(w.index())
                .buffer(w.in())
                .buffer(w.out());
    }
}
