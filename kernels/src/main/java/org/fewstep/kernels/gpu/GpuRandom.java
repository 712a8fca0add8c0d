package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Random;

/** Calls of random.cl. */
final class GpuRandom {
    private GpuRandom() {}

    static void plan(Random w, Launches to) {
        long blocks = (long) w.samples() * ((w.width() + 3) / 4);
        if (blocks == 0) {
            return;
        }
        to.add("random.cl", w.dtype(), w.code() == Random.Code.NORMAL ? "random_normal" : "random_uniform")
                .over(blocks, to.many())
                .ints((int) w.seed(), (int) (w.seed() >>> 32), w.samples(), w.width())
                .buffer(w.counter())
                .buffer(w.out());
    }
}
