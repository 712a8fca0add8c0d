// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Elementwise;

/** Computes an elementwise code over a range of equal places in all arrays. */
@FunctionalInterface
interface PointsF64 {
    /**
     * {@code y[i] = code(a[i], b[i], c[i])} for i from lo (inclusive) to hi (exclusive). Arrays that the code does not
     * use are any arrays.
     *
     * @param p first attribute
     * @param q second attribute
     */
    void apply(
            Elementwise.Code code, double p, double q, double[] y, double[] a, double[] b, double[] c, int lo, int hi);
}
