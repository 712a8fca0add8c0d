package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;

import org.fewstep.tensor.Tensor;

/**
 * A Gaussian bridge from a source sample y at t = 0 to a data sample x at t = 1: x_t = a(t) y + b(t) x + c(t) eps with the
 * conditional velocity a' y + b' x + c' eps. The source may be any distribution.
 */
public interface Bridge {
    /** Name as in recipes. */
    String name();

    /** Coefficient a of the source. */
    double source(double t);

    /** Coefficient b of the data. */
    double data(double t);

    /** Coefficient c of the noise: the bridge's standard deviation. */
    double noise(double t);

    /** Coefficient of the source in the velocity. */
    double dSource(double t);

    /** Coefficient of the data in the velocity. */
    double dData(double t);

    /** Coefficient of the noise in the velocity; 0 where a method leaves it out. */
    double dNoise(double t);

    /** c c', half the derivative of the noise's variance; finite also where c' is not. */
    default double halfDVariance(double t) {
        return noise(t) * dNoise(t);
    }

    /** x_t for one time a sample; all of shape (B, ...). */
    default Tensor xt(Tensor source, Tensor data, Tensor eps, double[] t) {
        return xt(source, data, eps, BridgeColumns.of(this, t, source));
    }

    /** x_t = a y + b x + c eps with this bridge's columns. */
    default Tensor xt(Tensor source, Tensor data, Tensor eps, BridgeColumns at) {
        return add(add(mul(source, at.source()), mul(data, at.data())), mul(eps, at.noise()));
    }

    /** The conditional velocity. */
    default Tensor velocity(Tensor source, Tensor data, Tensor eps, double[] t) {
        return velocity(source, data, eps, BridgeColumns.of(this, t, source));
    }

    /** The conditional velocity a' y + b' x + c' eps with this bridge's columns. */
    default Tensor velocity(Tensor source, Tensor data, Tensor eps, BridgeColumns at) {
        return add(add(mul(source, at.dSource()), mul(data, at.dData())), mul(eps, at.dNoise()));
    }
}
