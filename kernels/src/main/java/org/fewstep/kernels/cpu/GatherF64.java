// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.fewstep.kernels.Gather;

/** Reference of row gather and scatter-add. */
final class GatherF64 {
    /** Rows or columns a part. */
    private static final int PART = 64;

    private GatherF64() {}

    static Prepared prepare(Gather w, Threads threads) {
        int[] index = CpuBuffer.i32(w.index());
        double[] x = CpuBuffer.f64(w.in());
        double[] y = CpuBuffer.f64(w.out());
        int width = w.width();
        int count = w.count();
        long nanos = (long) count * width / 2;
        boolean pick = w.code() == Gather.Code.PICK;
        int parts = ((pick ? count : width) + PART - 1) / PART;
        IntConsumer body = pick
                ? part -> {
                    for (int i = part * PART; i < Math.min(count, (part + 1) * PART); i++) {
                        System.arraycopy(x, index[i] * width, y, i * width, width);
                    }
                }
                : part -> {
                    int left = part * PART;
                    int right = Math.min(width, left + PART);
                    for (int i = 0; i < count; i++) {
                        for (int j = left; j < right; j++) {
                            y[index[i] * width + j] += x[i * width + j];
                        }
                    }
                };
        return () -> {
            check(w, index);
            if (!pick) {
                Arrays.fill(y, 0, w.tableRows() * width, 0);
            }
            threads.run(parts, nanos, body);
        };
    }

    private static void check(Gather w, int[] index) {
        for (int i = 0; i < w.count(); i++) {
            if (index[i] < 0 || index[i] >= w.tableRows()) {
                throw new IllegalArgumentException(w.label() + ": got index " + index[i] + " at " + i
                        + "; expected 0 <= index < " + w.tableRows() + ", the rows of the table");
            }
        }
    }
}
