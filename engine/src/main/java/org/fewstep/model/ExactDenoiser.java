package org.fewstep.model;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.cos;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.log;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.neg;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sin;
import static org.fewstep.op.Ops.softmax;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;

import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * The denoiser of a {@link GaussianMixture} with a level a sample as a tensor: a teacher without error, for a training step that
 * is recorded. With x = alpha x0 + sigma z, v_k = alpha^2 s_k^2 + sigma^2, d_k = x - alpha mu_k,
 *
 * <pre>
 * r_k = softmax_k(ln w_k - (D/2) ln v_k - |d_k|^2 / (2 v_k))
 * x0  = sum_k r_k (mu_k + alpha s_k^2 / v_k d_k)          z = sum_k r_k sigma / v_k d_k
 * </pre>
 *
 * <p>Its numbers are constants of this module, which owns them. Cost: B K D a call.
 */
public final class ExactDenoiser extends Module implements PredictionNet {
    private final int count;
    private final int dim;
    private final Parameter means; // (1, K, D)
    private final Parameter variances; // (1, K)
    private final Parameter logWeights; // (1, K)

    /** The denoiser of a mixture; nothing is drawn. */
    public ExactDenoiser(Init init, GaussianMixture data) {
        this.count = data.weights().length;
        this.dim = data.dim();
        double[] flat = new double[count * dim];
        double[] variance = new double[count];
        double[] logWeight = new double[count];
        for (int k = 0; k < count; k++) {
            System.arraycopy(data.means()[k], 0, flat, k * dim, dim);
            variance[k] = data.stds()[k] * data.stds()[k];
            logWeight[k] = Math.log(data.weights()[k]);
        }
        this.means = constant(init, "means", Shape.of(1, count, dim), flat);
        this.variances = constant(init, "variances", Shape.of(1, count), variance);
        this.logWeights = constant(init, "logWeights", Shape.of(1, count), logWeight);
    }

    /** Responsibilities and offsets of the components seen from x at alpha and sigma (B, 1). */
    private final class Seen {
        final Tensor variance; // (B, K)
        final Tensor offset; // (B, K, D)
        final Tensor share; // (B, K, 1)

        Seen(Tensor x, Tensor alpha, Tensor sigma) {
            int batch = x.dim(0);
            variance = add(mul(square(alpha), variances.tensor()), square(sigma));
            offset = sub(reshape(x, batch, 1, dim), mul(reshape(alpha, batch, 1, 1), means.tensor()));
            Tensor distance = div(scale(sum(square(offset), 2), 0.5), variance);
            Tensor prior = sub(logWeights.tensor(), scale(log(variance), 0.5 * dim));
            share = reshape(softmax(sub(prior, distance)), batch, count, 1);
        }

        /** E[x0 | x] (B, D). */
        Tensor x0(Tensor alpha) {
            Tensor shrink = div(mul(alpha, variances.tensor()), variance);
            return sum(mul(share, add(means.tensor(), mul(column(shrink), offset))), 1);
        }

        /** E[z | x] (B, D). */
        Tensor noise(Tensor sigma) {
            return sum(mul(share, mul(column(div(sigma, variance)), offset)), 1);
        }

        private Tensor column(Tensor each) {
            return reshape(each, each.dim(0), count, 1);
        }
    }

    /**
     * E[x0 | x] at x = x0 + sigma z.
     *
     * @param x (B, D)
     * @param sigma (B)
     */
    @Override
    public Tensor of(Tensor x, Tensor sigma, Cond cond) {
        Tensor level = PerSampleColumn.of(sigma, x);
        Tensor one = Tensor.full(x.device(), x.dtype(), 1, level.shape());
        return new Seen(x, one, level).x0(one);
    }

    /** The velocity cos(t) s E[z | x] - sin(t) E[x0 | x] on the quarter circle x = cos(t) x0 + s sin(t) z. */
    public VelocityNet trigFlow(double sigmaData) {
        return (x, t, cond) -> {
            Tensor alpha = PerSampleColumn.of(cos(t), x);
            Tensor sine = PerSampleColumn.of(sin(t), x);
            Tensor sigma = scale(sine, sigmaData);
            Seen seen = new Seen(x, alpha, sigma);
            return sub(scale(mul(alpha, seen.noise(sigma)), sigmaData), mul(sine, seen.x0(alpha)));
        };
    }

    /** The velocity on the straight line between noise and data, finite at both ends. */
    public VelocityNet velocity(LinearPath path) {
        boolean noiseAtOne = path.noiseTime() == 1;
        return (x, t, cond) -> {
            Tensor noise = PerSampleColumn.of(noiseAtOne ? t : scaleShift(t, -1, 1), x);
            Tensor data = scaleShift(noise, -1, 1);
            Seen seen = new Seen(x, data, noise);
            Tensor towardsNoise = sub(seen.noise(noise), seen.x0(data));
            return noiseAtOne ? towardsNoise : neg(towardsNoise);
        };
    }
}
