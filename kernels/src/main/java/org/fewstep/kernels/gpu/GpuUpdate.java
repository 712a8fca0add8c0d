package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Update;

/** Calls of update.cl. */
final class GpuUpdate {
    private static final String FILE = "update.cl";

    /** Numbers a block of a sum, as in the file. */
    private static final int BLOCK = 256;

    private GpuUpdate() {}

    static void plan(Update w, Launches to) {
        switch (w.code()) {
            case ADAM -> adam(w, to);
            case EMA -> ema(w, to);
            case GRAD_NORM -> gradNorm(w, to);
        }
    }

    private static Launch slot(Launch launch, Slot slot) {
        return launch.buffer(slot.buffer()).int32(slot.index());
    }

    private static void adam(Update w, Launches to) {
        DType dtype = w.dtype();
        for (int i = 0; i < w.g().size(); i++) {
            int n = w.g().get(i).size();
            if (n == 0) {
                continue;
            }
            Launch launch = to.add(FILE, dtype, "update_adam")
                    .over(n, to.many())
                    .int32(n)
                    .real(dtype, w.attribute(0))
                    .real(dtype, 1 - w.attribute(0))
                    .real(dtype, w.attribute(1))
                    .real(dtype, 1 - w.attribute(1))
                    .real(dtype, w.attribute(2));
            for (int s = 0; s < 4; s++) {
                slot(launch, w.slot(s));
            }
            launch.buffer(w.clip())
                    .buffer(w.g().get(i))
                    .buffer(w.p().get(i))
                    .buffer(w.m().get(i))
                    .buffer(w.v().get(i));
        }
    }

    private static void ema(Update w, Launches to) {
        for (int i = 0; i < w.g().size(); i++) {
            int n = w.g().get(i).size();
            if (n > 0) {
                slot(to.add(FILE, w.dtype(), "update_ema").over(n, to.many()).int32(n), w.slot(0))
                        .buffer(w.g().get(i))
                        .buffer(w.p().get(i));
            }
        }
    }

    private static void gradNorm(Update w, Launches to) {
        int blocks = 0;
        for (Buffer g : w.g()) {
            blocks += (g.size() + BLOCK - 1) / BLOCK;
        }
        Driver.Memory sums = to.room(w.dtype(), Math.max(1, blocks));
        int at = 0;
        for (Buffer g : w.g()) {
            if (g.size() > 0) {
                int count = (g.size() + BLOCK - 1) / BLOCK;
                to.add(FILE, w.dtype(), "update_square_blocks")
                        .over(count, to.few())
                        .ints(g.size(), at)
                        .buffer(g)
                        .memory(sums);
                at += count;
            }
        }
        slot(to.add(FILE, w.dtype(), "update_norm").over(1, 1).int32(blocks).memory(sums), w.slot(0))
                .buffer(w.clip());
    }
}
