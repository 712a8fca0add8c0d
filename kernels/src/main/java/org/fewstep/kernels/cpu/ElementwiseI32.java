package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Elementwise;

/** Copies and fills of index blocks. */
final class ElementwiseI32 {
    private ElementwiseI32() {}

    static Prepared prepare(Elementwise w, Threads threads) {
        return () -> run(w);
    }

    private static void run(Elementwise w) {
        int[] y = CpuBuffer.i32(w.out().buffer());
        int points = w.points();
        switch (w.code()) {
            case FILL -> {
                if (w.flat()) {
                    Arrays.fill(y, 0, points, (int) w.a());
                } else {
                    StridedRows to = new StridedRows().over(w.out(), w.shape(), 0, points);
                    while (to.next()) {
                        for (int i = 0; i < to.length(); i++) {
                            y[to.place() + i * to.stride()] = (int) w.a();
                        }
                    }
                }
            }
            case COPY -> {
                int[] x = CpuBuffer.i32(w.in(0).buffer());
                StridedRows from = new StridedRows().over(w.in(0), w.shape(), 0, points);
                StridedRows to = new StridedRows().over(w.out(), w.shape(), 0, points);
                while (from.next() && to.next()) {
                    for (int i = 0; i < to.length(); i++) {
                        y[to.place() + i * to.stride()] = x[from.place() + i * from.stride()];
                    }
                }
            }
            default ->
                throw new DeviceException(
                        w.label() + ": got I32; expected F32 or F64; only copy and fill work on indices");
        }
    }
}
