package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.log;
import static org.fewstep.op.Ops.max;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.softmax;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;

import org.fewstep.tensor.Tensor;

/**
 * Mixtures of isotropic Gaussians at both ends of a bridge x_t = a x0 + b x1 + c z, drawn independently, with every field
 * in closed form. The law of x_t is a mixture of all pairs (i, j) of components, of weight w_i w_j, mean a m_i + b m_j and
 * variance v = a^2 s_i^2 + b^2 s_j^2 + c^2. With d = x - mean and r the posterior weights of the pairs,
 *
 * <pre>
 * x0    = sum r (m_i + a s_i^2 d / v)        score = -sum r d / v
 * x1    = sum r (m_j + b s_j^2 d / v)        eta   = E[z | x] = sum r c d / v
 * velocity = a' x0 + b' x1                   drift = velocity + c' eta
 * </pre>
 *
 * <p>Drift takes c c' as one number, so it is finite at the ends where c' is not. All of it is made of tensor operations,
 * differentiable in x. Cost: B K0 K1 D a call.
 *
 * @param source at t = 0
 * @param target at t = 1, of the same dimension
 * @param bridge between them
 */
public record TwoSidedMixture(GaussianMixture source, GaussianMixture target, Bridge bridge) {
    public TwoSidedMixture {
        if (source.dim() != target.dim()) {
            throw new IllegalArgumentException("two-sided mixture: got a source of dimension " + source.dim()
                    + " and a target of " + target.dim() + "; expected the same");
        }
    }

    /** Dimension D of a sample. */
    public int dim() {
        return source.dim();
    }

    /** The drift b = E[dx/dt | x]: the velocity of the ODE. For x (B, D), times one a sample or one for all. */
    public Tensor drift(Tensor x, double... t) {
        return new Pairs(x, t)
                .average(
                        bridge::dSource,
                        bridge::dData,
                        (time, s0, s1) -> meanSlope(time, s0, s1) + bridge.halfDVariance(time));
    }

    /** The part of the drift that moves the ends, E[a' x0 + b' x1 | x]. */
    public Tensor velocity(Tensor x, double... t) {
        return new Pairs(x, t).average(bridge::dSource, bridge::dData, this::meanSlope);
    }

    /** The gradient of the log density of x (B, D). */
    public Tensor score(Tensor x, double... t) {
        return new Pairs(x, t).average(time -> 0, time -> 0, (time, s0, s1) -> -1);
    }

    /** The latent noise's mean E[z | x] = -c score. */
    public Tensor eta(Tensor x, double... t) {
        return new Pairs(x, t).average(time -> 0, time -> 0, (time, s0, s1) -> bridge.noise(time));
    }

    /** The source's mean E[x0 | x]. */
    public Tensor x0(Tensor x, double... t) {
        return new Pairs(x, t).average(time -> 1, time -> 0, (time, s0, s1) -> bridge.source(time) * s0 * s0);
    }

    /** The target's mean E[x1 | x]. */
    public Tensor x1(Tensor x, double... t) {
        return new Pairs(x, t).average(time -> 0, time -> 1, (time, s0, s1) -> bridge.data(time) * s1 * s1);
    }

    /** Logarithm of the density of x (B, D), shape (B). */
    public Tensor logDensity(Tensor x, double... t) {
        Tensor joint = new Pairs(x, t).logJoint;
        Tensor top = stopGradient(max(joint));
        return reshape(add(top, log(reshape(sum(exp(sub(joint, top)), 1), x.dim(0), 1))), x.dim(0));
    }

    private double meanSlope(double t, double s0, double s1) {
        return bridge.dSource(t) * bridge.source(t) * s0 * s0 + bridge.dData(t) * bridge.data(t) * s1 * s1;
    }

    /** A number that depends on the time and the widths of a pair. */
    @FunctionalInterface
    private interface OfPair {
        double at(double t, double sourceStd, double targetStd);
    }

    /** A number that depends on the time. */
    @FunctionalInterface
    private interface OfTime {
        double at(double t);
    }

    /** The pairs of components seen from x. */
    private final class Pairs {
        private final double[] t;
        private final Tensor like;
        private final Tensor variance; // (B or 1, K)
        private final Tensor offset; // (B, K, D)
        final Tensor logJoint; // (B, K)

        Pairs(Tensor x, double[] t) {
            int d = dim();
            if (x.rank() != 2 || x.dim(1) != d || (t.length != 1 && t.length != x.dim(0))) {
                throw new IllegalArgumentException("two-sided mixture: got x " + x.shape() + " and " + t.length
                        + " times; expected (B, " + d + ") and B times, or one");
            }
            this.t = t.clone();
            this.like = x;
            variance = pairwise((time, s0, s1) -> {
                double a = bridge.source(time) * s0;
                double b = bridge.data(time) * s1;
                double c = bridge.noise(time);
                return a * a + b * b + c * c;
            });
            offset = sub(reshape(x, x.dim(0), 1, d), means(bridge::source, bridge::data));
            double[] logWeight = new double[size()];
            for (int k = 0; k < logWeight.length; k++) {
                logWeight[k] = Math.log(source.weights()[k / columns()])
                        + Math.log(target.weights()[k % columns()])
                        - 0.5 * d * Math.log(2 * Math.PI);
            }
            Tensor weight = Tensor.of(x.device(), x.dtype(), logWeight, 1, logWeight.length);
            Tensor distance = sum(square(offset), 2);
            logJoint = sub(sub(weight, scale(log(variance), 0.5 * d)), div(scale(distance, 0.5), variance));
        }

        private int columns() {
            return target.stds().length;
        }

        private int size() {
            return source.stds().length * columns();
        }

        /** sum r (p m_i + q m_j + slope d / v). */
        Tensor average(OfTime ofSource, OfTime ofTarget, OfPair slope) {
            Tensor shrink = div(pairwise(slope), variance);
            Tensor values = add(means(ofSource, ofTarget), mul(reshape(shrink, shrink.dim(0), size(), 1), offset));
            Tensor r = softmax(logJoint);
            return sum(mul(reshape(r, r.dim(0), size(), 1), values), 1);
        }

        /** A number a pair (B or 1, K). */
        private Tensor pairwise(OfPair value) {
            int k = size();
            double[] all = new double[t.length * k];
            for (int n = 0; n < t.length; n++) {
                for (int i = 0; i < k; i++) {
                    all[n * k + i] = value.at(t[n], source.stds()[i / columns()], target.stds()[i % columns()]);
                }
            }
            return Tensor.of(like.device(), like.dtype(), all, t.length, k);
        }

        /** p m_i + q m_j for each pair (B or 1, K, D). */
        private Tensor means(OfTime ofSource, OfTime ofTarget) {
            int k = size();
            int d = dim();
            double[] all = new double[t.length * k * d];
            for (int n = 0; n < t.length; n++) {
                double p = ofSource.at(t[n]);
                double q = ofTarget.at(t[n]);
                for (int i = 0; i < k; i++) {
                    double[] from = source.means()[i / columns()];
                    double[] to = target.means()[i % columns()];
                    for (int j = 0; j < d; j++) {
                        all[(n * k + i) * d + j] = p * from[j] + q * to[j];
                    }
                }
            }
            return Tensor.of(like.device(), like.dtype(), all, t.length, k, d);
        }
    }
}
