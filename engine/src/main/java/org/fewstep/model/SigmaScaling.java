package org.fewstep.model;

import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * How a network F is scaled into a function of a state x = x0 + sigma z with sigma as its time.
 *
 * <pre>
 * f(x, sigma) = c_skip x + c_out F(c_in x, ln(sigma) / 4)
 * c_skip = s^2 / ((sigma - e)^2 + s^2)     c_out = (sigma - e) s / sqrt(sigma^2 + s^2)     c_in = 1 / sqrt(sigma^2 + s^2)
 * </pre>
 *
 * <p>With e = 0 these are EDM's scalings of a denoiser (Karras et al. 2022, arXiv:2206.00364, equation 7). With e =
 * sigma_min they are those of a consistency function (Song et al. 2023, arXiv:2303.01469, appendix C): f(x, e) = x whatever
 * F is. The root of c_out has sigma, not sigma - e, as published.
 *
 * @param sigmaData s, standard deviation of the data, above 0
 * @param sigmaMin e, the level at which f is the identity, at least 0
 */
public record SigmaScaling(double sigmaData, double sigmaMin) {
    public SigmaScaling {
        if (!(sigmaData > 0) || !(sigmaMin >= 0) || Double.isInfinite(sigmaData) || Double.isInfinite(sigmaMin)) {
            throw new IllegalArgumentException("sigma scaling: got sigma_data " + sigmaData + ", sigma_min " + sigmaMin
                    + "; expected finite numbers, the first above 0, the second at least 0");
        }
    }

    /** EDM's scalings of a denoiser. */
    public static SigmaScaling edm(double sigmaData) {
        return new SigmaScaling(sigmaData, 0);
    }

    /** Factor of the state. */
    public double skip(double sigma) {
        double above = sigma - sigmaMin;
        return sigmaData * sigmaData / (above * above + sigmaData * sigmaData);
    }

    /** Factor of the network's output. */
    public double out(double sigma) {
        return (sigma - sigmaMin) * sigmaData * in(sigma);
    }

    /** Factor of the network's input. */
    public double in(double sigma) {
        return 1 / Math.sqrt(sigma * sigma + sigmaData * sigmaData);
    }

    /** What the network gets as its time. */
    public double noise(double sigma) {
        return Math.log(sigma) / 4;
    }

    /** f of a network F, with a level a sample, differentiable in state and level. */
    public PredictionNet around(VelocityNet net) {
        return (x, sigma, cond) -> of(net, x, sigma, cond);
    }

    /** A discriminator on the features of a network F, with a level a sample: C(c_in x, ln(sigma) / 4). */
    public FeatureCritic critic(FeatureCritic critic) {
        return new Scaled(critic, sigmaData);
    }

    private record Scaled(FeatureCritic critic, double sigmaData) implements FeatureCritic {
        @Override
        public Tensor logits(Tensor x, Tensor sigma, Cond cond) {
            return critic.logits(state(x, sigma), time(sigma), cond);
        }

        @Override
        public List<Tensor> features(Tensor x, Tensor sigma, Cond cond) {
            return critic.features(state(x, sigma), time(sigma), cond);
        }

        @Override
        public Tensor judge(List<Tensor> features) {
            return critic.judge(features);
        }

        private Tensor state(Tensor x, Tensor sigma) {
            Tensor s = PerSampleColumn.of(sigma, x);
            return Ops.mul(x, Ops.rsqrt(Ops.scaleShift(Ops.square(s), 1, sigmaData * sigmaData)));
        }

        private static Tensor time(Tensor sigma) {
            return Ops.scale(Ops.log(sigma), 0.25);
        }
    }

    /**
     * f(x, sigma).
     *
     * @param net F, called with c_noise as its time
     * @param x (B, ...)
     * @param sigma (B), above 0
     * @return (B, ...)
     */
    public Tensor of(VelocityNet net, Tensor x, Tensor sigma, Cond cond) {
        double variance = sigmaData * sigmaData;
        Tensor s = PerSampleColumn.of(sigma, x);
        Tensor above = sigmaMin == 0 ? s : Ops.scaleShift(s, 1, -sigmaMin);
        Tensor in = Ops.rsqrt(Ops.scaleShift(Ops.square(s), 1, variance));
        Tensor skip = Ops.scale(Ops.reciprocal(Ops.scaleShift(Ops.square(above), 1, variance)), variance);
        Tensor out = Ops.scale(Ops.mul(above, in), sigmaData);
        Tensor noise = Ops.scale(Ops.log(sigma), 0.25);
        return Ops.mulAdd(out, net.v(Ops.mul(x, in), noise, cond), Ops.mul(skip, x));
    }

    /**
     * The denoiser of EDM's scalings in TrigFlow's coordinates, as a velocity at a time t in (0, pi/2): with sigma = s tan(t)
     * and x_t = cos(t) x all coefficients cancel but a sign, v = -s F(x_t / s, ln(s tan t) / 4). Finite up to both ends.
     *
     * @throws IllegalStateException where sigma_min is not 0
     */
    public VelocityNet trigFlow(VelocityNet net) {
        if (sigmaMin != 0) {
            throw new IllegalStateException("trigflow: got scalings with sigma_min " + sigmaMin
                    + "; expected EDM's, with 0, the only ones that cancel");
        }
        return (x, t, cond) -> {
            Tensor sigma = Ops.scale(Ops.div(Ops.sin(t), Ops.cos(t)), sigmaData);
            Tensor noise = Ops.scale(Ops.log(sigma), 0.25);
            return Ops.scale(net.v(Ops.scale(x, 1 / sigmaData), noise, cond), -sigmaData);
        };
    }
}
