package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;

import java.util.function.DoubleUnaryOperator;
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

    /** x_t for one time a sample; all of shape (B, ...). */
    default Tensor xt(Tensor source, Tensor data, Tensor eps, double[] t) {
        return combine(source, this::source, data, this::data, eps, this::noise, t);
    }

    /** The conditional velocity. */
    default Tensor velocity(Tensor source, Tensor data, Tensor eps, double[] t) {
        return combine(source, this::dSource, data, this::dData, eps, this::dNoise, t);
    }

    private static Tensor combine(
            Tensor y,
            DoubleUnaryOperator a,
            Tensor x,
            DoubleUnaryOperator b,
            Tensor eps,
            DoubleUnaryOperator c,
            double[] t) {
        return add(add(term(y, a, t), term(x, b, t)), term(eps, c, t));
    }

    private static Tensor term(Tensor x, DoubleUnaryOperator coefficient, double[] t) {
        double[] values = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            values[i] = coefficient.applyAsDouble(t[i]);
        }
        return mul(x, Tensor.perSample(values, x));
    }
}
