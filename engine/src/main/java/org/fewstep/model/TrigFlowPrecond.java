package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * TrigFlow's preconditioning of a network F (Lu and Song 2024, arXiv:2410.11081, section 3): x_t = cos(t) x0 + sin(t) z with
 * z normal of standard deviation s = sigma_data and t in [0, pi/2], where t = 0 is data.
 *
 * <pre>
 * c_in = 1 / s,  c_noise(t) = t
 * dx/dt = s F(x / s, t)                        velocity of the probability flow
 * x0    = cos(t) x - sin(t) s F(x / s, t)      denoiser, and the consistency function where F is trained as one
 * </pre>
 *
 * <p>At t = 0 the second line is the identity whatever F is. sigma of EDM is s tan(t), its state x_t / cos(t).
 */
public final class TrigFlowPrecond extends Module implements VelocityNet, Denoiser {
    private final VelocityNet model;
    private final double sigmaData;

    /** Takes over the network F, which this module closes. */
    public <N extends Module & VelocityNet> TrigFlowPrecond(N model, double sigmaData) {
        if (!(sigmaData > 0)) {
            throw new IllegalArgumentException(
                    "trigflow: got sigma_data " + sigmaData + "; expected a positive number");
        }
        this.model = child("model", model);
        this.sigmaData = sigmaData;
    }

    /** Standard deviation s of the data, and of the noise at t = pi/2. */
    public double sigmaData() {
        return sigmaData;
    }

    /** The network's own output F(x / s, t) for x (B, ...) and t (B). */
    public Tensor f(Tensor x, Tensor t, Cond cond) {
        return model.v(Ops.scale(x, 1 / sigmaData), t, cond);
    }

    @Override
    public Tensor v(Tensor x, Tensor t, Cond cond) {
        return Ops.scale(f(x, t, cond), sigmaData);
    }

    /**
     * The prediction of x0 with a time a sample, differentiable in it.
     *
     * @param x state (B, ...)
     * @param t time (B) in [0, pi/2]
     */
    public Tensor x0(Tensor x, Tensor t, Cond cond) {
        Tensor cos = PerSampleColumn.of(Ops.cos(t), x);
        Tensor sin = PerSampleColumn.of(Ops.sin(t), x);
        return Ops.sub(Ops.mul(cos, x), Ops.mul(sin, v(x, t, cond)));
    }

    /** The prediction at a point of any path: its noise over signal gives the time, tan(t) = sigma / (s alpha). */
    @Override
    public Tensor x0(Tensor x, GridPoint at, Cond cond) {
        double noise = at.sigma() / sigmaData;
        double length = Math.hypot(at.alpha(), noise);
        if (!(at.alpha() >= 0 && noise >= 0 && length > 0)) {
            throw new IllegalArgumentException("trigflow: got alpha " + at.alpha() + ", sigma " + at.sigma()
                    + "; expected both at least 0 and one above it");
        }
        double t = Math.atan2(noise, at.alpha());
        Tensor times = Tensor.full(x.device(), x.dtype(), t, Shape.of(x.dim(0)));
        return x0(Ops.scale(x, 1 / length), times, cond);
    }
}
