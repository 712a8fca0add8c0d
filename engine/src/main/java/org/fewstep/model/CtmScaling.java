package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * How a network F of a state, a level t and a lower level s is scaled into a consistency trajectory function: the map G(x, t,
 * s) of the probability-flow ODE, levels being sigma of x = x0 + sigma z.
 *
 * <pre>
 * g(x, t, s) = c_skip x + c_out F(c_in x, ln(t) / 4, ln(s) / 4),  or F alone
 * G(x, t, s) = k x + (1 - s / t) g(x, t, s)
 * k          = s / t,  or sqrt(((s - e)^2 + d^2) / ((t - e)^2 + d^2))
 * </pre>
 *
 * <p>G(x, t, t) = x whatever F is. Where k = s / t, g(x, t, t) is the denoiser; for the second form the denoiser is g + (e^2 +
 * d^2 - e t) / ((t - e)^2 + d^2) x.
 *
 * @param outer the factor k
 * @param inner the scaling of g
 * @param sigmaData d, standard deviation of the data, above 0
 * @param sigmaMin e, the least level, at least 0
 * @paper Kim et al.: Consistency Trajectory Models, 2023, arXiv:2310.02279, equations 6 and 9
 */
public record CtmScaling(Outer outer, Inner inner, double sigmaData, double sigmaMin) {
    /** The factor of the state in G. */
    public enum Outer {
        /** s / t: an Euler step with g as the denoiser. */
        EULER,
        /** The ratio of the standard deviations of the states. */
        VARIANCE
    }

    /** The scaling of g. */
    public enum Inner {
        /** EDM's. */
        EDM,
        /** That of a consistency function. */
        CONSISTENCY,
        /** g is F. */
        NONE
    }

    private SigmaScaling scaling() {
        return new SigmaScaling(sigmaData, inner == Inner.CONSISTENCY ? sigmaMin : 0);
    }

    /**
     * g(x, t, s) (B, ...).
     *
     * @param x (B, ...)
     * @param t (B), above 0
     * @param s (B), above 0
     */
    public Tensor inner(FlowMapNet net, Tensor x, Tensor t, Tensor s, Cond cond) {
        Tensor toNoise = Ops.scale(Ops.log(s), 0.25);
        VelocityNet at = (state, noise, c) -> net.u(state, noise, toNoise, c);
        if (inner != Inner.NONE) {
            return scaling().of(at, x, t, cond);
        }
        Tensor in = Ops.rsqrt(Ops.scaleShift(Ops.square(PerSampleColumn.of(t, x)), 1, sigmaData * sigmaData));
        return at.v(Ops.mul(x, in), Ops.scale(Ops.log(t), 0.25), cond);
    }

    /** G(x, t, s) (B, ...), arguments as in {@link #inner}. */
    public Tensor map(FlowMapNet net, Tensor x, Tensor t, Tensor s, Cond cond) {
        Tensor from = PerSampleColumn.of(t, x);
        Tensor to = PerSampleColumn.of(s, x);
        Tensor ratio = Ops.div(to, from);
        Tensor keep = outer == Outer.EULER ? ratio : Ops.sqrt(Ops.div(variance(to), variance(from)));
        Tensor move = Ops.scaleShift(ratio, -1, 1);
        return Ops.mulAdd(move, inner(net, x, t, s, cond), Ops.mul(keep, x));
    }

    /** The denoiser E[x0 | x] that g stands for at s = t. */
    public Tensor denoised(FlowMapNet net, Tensor x, Tensor t, Tensor s, Cond cond) {
        Tensor g = inner(net, x, t, s, cond);
        if (outer == Outer.EULER) {
            return g;
        }
        Tensor from = PerSampleColumn.of(t, x);
        double constant = sigmaMin * sigmaMin + sigmaData * sigmaData;
        Tensor factor = Ops.div(Ops.scaleShift(from, -sigmaMin, constant), variance(from));
        return Ops.mulAdd(factor, x, g);
    }

    /** (t - e)^2 + d^2. */
    private Tensor variance(Tensor t) {
        return Ops.scaleShift(Ops.square(Ops.scaleShift(t, 1, -sigmaMin)), 1, sigmaData * sigmaData);
    }
}
