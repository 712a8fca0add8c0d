// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Gather;

/** Reference of row gather and scatter-add. */
final class GatherF64 {
    /** Rows or columns a part. */
    private static final int PART = 64;

    private GatherF64() {}

    static void run(Gather w, Threads threads) {
        int[] index = CpuBuffer.i32(w.index());
        double[] x = CpuBuffer.f64(w.in());
        double[] y = CpuBuffer.f64(w.out());
        int width = w.width();
        int count = w.count();
        for (int i = 0; i < count; i++) {
            if (index[i] < 0 || index[i] >= w.tableRows()) {
                throw new IllegalArgumentException(w.label() + ": got index " + index[i] + " at " + i
                        + "; expected 0 <= index < " + w.tableRows() + ", the rows of the table");
            }
        }
        long nanos = (long) count * width / 2;
        switch (w.code()) {
            case PICK ->
                threads.run((count + PART - 1) / PART, nanos, part -> {
                    for (int i = part * PART; i < Math.min(count, (part + 1) * PART); i++) {
                        System.arraycopy(x, index[i] * width, y, i * width, width);
                    }
                });
            case SCATTER_ADD -> {
                Arrays.fill(y, 0, w.tableRows() * width, 0);
                threads.run((width + PART - 1) / PART, nanos, part -> {
                    int left = part * PART;
                    int right = Math.min(width, left + PART);
                    for (int i = 0; i < count; i++) {
                        for (int j = left; j < right; j++) {
                            y[index[i] * width + j] += x[i * width + j];
                        }
                    }
                });
            }
        }
    }
}
