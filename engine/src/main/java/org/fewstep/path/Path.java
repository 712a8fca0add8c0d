package org.fewstep.path;

import org.fewstep.tensor.Tensor;

/**
 * An affine path x_t = alpha(t) x0 + sigma(t) eps between data x0 and noise eps on t in [0, 1].
 *
 * <p>Papers disagree on which end is noise, so the path owns it: alpha is 1 and sigma 0 at {@link #dataTime}, and the
 * other way about at {@link #noiseTime}. Networks are called in the time of the path stored with them.
 */
public interface Path extends NoiseSchedule {
    /** Time of pure noise, 0 or 1. */
    double noiseTime();

    /** Time of clean data, 1 or 0. */
    default double dataTime() {
        return 1 - noiseTime();
    }

    /** The same path with time running the other way: t becomes 1 - t and v becomes -v. */
    default Path reversed() {
        return new ReversedPath(this);
    }

    /** x_t for one time a sample; data and noise of shape (B, ...). */
    default Tensor xt(Tensor x0, Tensor eps, double[] t) {
        return xt(x0, eps, PathColumns.of(this, t, x0));
    }

    /** x_t = alpha x0 + sigma eps with this path's columns. */
    default Tensor xt(Tensor x0, Tensor eps, PathColumns at) {
        return at.xt(x0, eps);
    }

    /** The conditional velocity dx_t/dt = alpha'(t) x0 + sigma'(t) eps. */
    default Tensor velocity(Tensor x0, Tensor eps, double[] t) {
        return velocity(x0, eps, PathColumns.of(this, t, x0));
    }

    /** The conditional velocity with this path's columns. */
    default Tensor velocity(Tensor x0, Tensor eps, PathColumns at) {
        return at.velocity(x0, eps);
    }
}
