// twin: F32
package org.fewstep.kernels.cpu;

/** The greatest of a row of numbers, NaN if one is NaN; eight running maxima, since each waits for the one before. */
final class MaxF64 {
    private MaxF64() {}

    /** Maximum of {@code x[from .. from + n - 1]}; minus infinity if n is 0. */
    static double row(double[] x, int from, int n) {
        double m0 = Double.NEGATIVE_INFINITY;
        double m1 = m0;
        double m2 = m0;
        double m3 = m0;
        double m4 = m0;
        double m5 = m0;
        double m6 = m0;
        double m7 = m0;
        int end = from + n;
        int i = from;
        for (; i <= end - 8; i += 8) {
            m0 = Math.max(m0, x[i]);
            m1 = Math.max(m1, x[i + 1]);
            m2 = Math.max(m2, x[i + 2]);
            m3 = Math.max(m3, x[i + 3]);
            m4 = Math.max(m4, x[i + 4]);
            m5 = Math.max(m5, x[i + 5]);
            m6 = Math.max(m6, x[i + 6]);
            m7 = Math.max(m7, x[i + 7]);
        }
        for (; i < end; i++) {
            m0 = Math.max(m0, x[i]);
        }
        return Math.max(Math.max(Math.max(m0, m4), Math.max(m2, m6)), Math.max(Math.max(m1, m5), Math.max(m3, m7)));
    }
}
