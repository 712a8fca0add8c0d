// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Scan;

/** Reference of the running sums: one pass along the axis, all columns of an outer index side by side. */
final class ScanF64 {
    private ScanF64() {}

    static Prepared prepare(Scan w, Threads threads) {
        int n = w.n();
        int inner = w.inner();
        int size = n * inner;
        if (size == 0) {
            return Prepared.NOTHING;
        }
        double[] x = CpuBuffer.f64(w.in());
        double[] y = CpuBuffer.f64(w.out());
        boolean reversed = w.code() == Scan.Code.SUM_REVERSED;
        int step = reversed ? -inner : inner;
        return Prepared.of(threads, w.outer(), (long) w.outer() * size, o -> {
            int from = o * size + (reversed ? size - inner : 0);
            System.arraycopy(x, from, y, from, inner);
            for (int i = 1; i < n; i++) {
                int at = from + i * step;
                for (int j = at; j < at + inner; j++) {
                    y[j] = y[j - step] + x[j];
                }
            }
        });
    }
}
