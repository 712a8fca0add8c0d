package org.fewstep.kernels.gpu;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.Reduce;

/** Calls of reduce.cl. */
final class GpuReduce {
    private static final String FILE = "reduce.cl";

    /** Numbers a block, as in the file. */
    private static final int BLOCK = 256;

    private GpuReduce() {}

    static void plan(Reduce w, Launches to) {
        long results = (long) w.outer() * w.inner();
        if (results == 0) {
            return;
        }
        DType dtype = w.dtype();
        if (w.code() == Reduce.Code.MAX || w.code() == Reduce.Code.ARG_MAX) {
            to.add(FILE, dtype, w.code() == Reduce.Code.MAX ? "max_all" : "arg_max_all")
                    .over(results, w.inner() == 1 ? to.few() : to.many())
                    .ints(w.outer(), w.n(), w.inner())
                    .buffer(w.in())
                    .buffer(w.out());
            return;
        }
        int blocks = Math.max(1, (w.n() + BLOCK - 1) / BLOCK);
        Driver.Memory partial = to.room(dtype, results * blocks);
        to.add(FILE, dtype, w.code() == Reduce.Code.SUM ? "sum_blocks" : "sum_squares_blocks")
                .over(results * blocks, w.inner() == 1 ? to.few() : to.many())
                .ints(w.outer(), w.n(), w.inner(), blocks)
                .buffer(w.in())
                .memory(partial);
        to.add(FILE, dtype, "sum_pairs")
                .over(results, to.many())
                .ints(w.outer(), blocks, w.inner())
                .real(dtype, w.scale())
                .memory(partial)
                .buffer(w.out());
    }
}
