package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.log;
import static org.fewstep.op.Ops.max;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.softmax;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;

import org.fewstep.tensor.Tensor;

/**
 * Data that are a mixture of isotropic Gaussians, with every field of a path in closed form: the exact teacher.
 *
 * <p>With x = alpha x0 + sigma eps, v_k = alpha^2 s_k^2 + sigma^2 and d_k = x - alpha mu_k,
 *
 * <pre>
 * r_k   = softmax_k(ln w_k - (D/2) ln(2 pi v_k) - |d_k|^2 / (2 v_k))
 * x0    = sum_k r_k (mu_k + alpha s_k^2 / v_k d_k)
 * score = -sum_k r_k d_k / v_k
 * eps   = -sigma score
 * v     = alpha' x0 + sigma' eps
 * </pre>
 *
 * <p>All of it is made of tensor operations, so it is differentiable in x. At the data end (sigma = 0) all but the score
 * of a component of zero width are finite. Cost: B K D a call.
 *
 * @param weights of the components (K), above 0, of sum 1
 * @param means of the components (K)(D)
 * @param stds of the components (K), at least 0
 */
public record GaussianMixture(double[] weights, double[][] means, double[] stds) {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    public GaussianMixture {
        int k = weights.length;
        if (k == 0 || means.length != k || stds.length != k) {
            throw new IllegalArgumentException("gaussian mixture: got " + k + " weights, " + means.length + " means, "
                    + stds.length + " stds; expected as many of each, at least one");
        }
        double total = 0;
        for (int i = 0; i < k; i++) {
            if (!(weights[i] > 0) || !(stds[i] >= 0) || means[i].length != means[0].length || means[i].length == 0) {
                throw new IllegalArgumentException("gaussian mixture: got weight " + weights[i] + ", std " + stds[i]
                        + ", mean of " + means[i].length + " numbers in component " + i
                        + "; expected weight above 0, std at least 0, and " + means[0].length + " > 0 numbers");
            }
            total += weights[i];
        }
        if (!(Math.abs(total - 1) <= 1e-6)) {
            throw new IllegalArgumentException(
                    "gaussian mixture: got weights of sum " + total + "; expected 1; divide them by their sum");
        }
    }

    /** N(0, I) as a mixture of one component. */
    public static GaussianMixture standardNormal(int dim) {
        return new GaussianMixture(new double[] {1}, new double[][] {new double[dim]}, new double[] {1});
    }

    /** Dimension D of a sample. */
    public int dim() {
        return means[0].length;
    }

    /** E[x0 | x] for x (B, D). */
    public Tensor x0(Tensor x, PathCoefficients at) {
        Components c = new Components(x, at);
        Tensor alphaVar = mul(c.alpha, c.dataVar); // (B or 1, K)
        Tensor shrink = div(alphaVar, c.variance);
        Tensor fromMean = mul(reshape(shrink, shrink.dim(0), stds.length, 1), c.offset);
        return c.average(add(c.mean, fromMean));
    }

    /** The gradient of the log density of x (B, D). */
    public Tensor score(Tensor x, PathCoefficients at) {
        Components c = new Components(x, at);
        return neg(c.average(div(c.offset, reshape(c.variance, c.variance.dim(0), stds.length, 1))));
    }

    /** E[eps | x] for x (B, D); finite at sigma = 0. */
    public Tensor eps(Tensor x, PathCoefficients at) {
        return mul(score(x, at), neg(column(at.sigma(), x)));
    }

    /** E[dx/dt | x] for x (B, D). */
    public Tensor v(Tensor x, PathCoefficients at) {
        return add(mul(column(at.dAlpha(), x), x0(x, at)), mul(column(at.dSigma(), x), eps(x, at)));
    }

    /** Logarithm of the density of x (B, D), shape (B). */
    public Tensor logDensity(Tensor x, PathCoefficients at) {
        Tensor joint = new Components(x, at).logJoint;
        Tensor top = stopGradient(max(joint));
        return reshape(add(top, log(reshape(sum(exp(sub(joint, top)), 1), x.dim(0), 1))), x.dim(0));
    }

    private static Tensor column(double[] values, Tensor like) {
        return Tensor.of(like.device(), like.dtype(), values, values.length, 1);
    }

    /** The components seen from x. */
    private final class Components {
        final Tensor alpha; // (B or 1, 1)
        final Tensor dataVar; // (1, K)
        final Tensor variance; // (B or 1, K)
        final Tensor mean; // (1, K, D)
        final Tensor offset; // (B, K, D)
        final Tensor logJoint; // (B, K)

        Components(Tensor x, PathCoefficients at) {
            int k = stds.length;
            int d = dim();
            if (x.rank() != 2 || x.dim(1) != d || (at.size() != 1 && at.size() != x.dim(0))) {
                throw new IllegalArgumentException("gaussian mixture: got x " + x.shape() + " and " + at.size()
                        + " points; expected (B, " + d + ") and B points, or one");
            }
            double[] flat = new double[k * d];
            double[] logWeight = new double[k];
            double[] squared = new double[k];
            for (int i = 0; i < k; i++) {
                System.arraycopy(means[i], 0, flat, i * d, d);
                logWeight[i] = Math.log(weights[i]) - 0.5 * d * LOG_2_PI;
                squared[i] = stds[i] * stds[i];
            }
            int n = at.size();
            double[] total = new double[n * k];
            for (int b = 0; b < n; b++) {
                double a = at.alpha()[b];
                double s = at.sigma()[b];
                for (int i = 0; i < k; i++) {
                    total[b * k + i] = a * a * squared[i] + s * s;
                }
            }
            alpha = column(at.alpha(), x);
            dataVar = Tensor.of(x.device(), x.dtype(), squared, 1, k);
            variance = Tensor.of(x.device(), x.dtype(), total, n, k);
            mean = Tensor.of(x.device(), x.dtype(), flat, 1, k, d);
            offset = sub(reshape(x, x.dim(0), 1, d), mul(reshape(alpha, n, 1, 1), mean));
            Tensor distance = sum(square(offset), 2);
            Tensor weight = Tensor.of(x.device(), x.dtype(), logWeight, 1, k);
            logJoint = sub(sub(weight, scale(log(variance), 0.5 * d)), div(scale(distance, 0.5), variance));
        }

        /** Sum over components of r_k times the value (B or 1, K, D). */
        Tensor average(Tensor value) {
            Tensor r = softmax(logJoint);
            return sum(mul(reshape(r, r.dim(0), stds.length, 1), value), 1);
        }
    }
}
