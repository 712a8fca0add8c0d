package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * EDM's preconditioning of a network F (Karras et al. 2022, arXiv:2206.00364, equation 7): D(x, sigma) = c_skip x + c_out
 * F(c_in x, ln(sigma) / 4) with s = sigma_data, c_skip = s^2 / (sigma^2 + s^2), c_out = sigma s / sqrt(sigma^2 + s^2), c_in
 * = 1 / sqrt(sigma^2 + s^2).
 */
public final class EdmPrecond extends Module implements Denoiser {
    private final VelocityNet model;
    private final double sigmaData;

    /** Takes over the network F, called with the noise label as its time; this module closes it. */
    public <N extends Module & VelocityNet> EdmPrecond(N model, double sigmaData) {
        if (!(sigmaData > 0)) {
            throw new IllegalArgumentException("edm: got sigma_data " + sigmaData + "; expected a positive number");
        }
        this.model = child("model", model);
        this.sigmaData = sigmaData;
    }

    /** The prediction at one noise level for the whole batch; alpha is 1 in EDM's coordinates. */
    @Override
    public Tensor x0(Tensor x, GridPoint at, Cond cond) {
        if (at.alpha() != 1) {
            throw new IllegalArgumentException(
                    "edm: got alpha " + at.alpha() + "; expected 1, the scaling that EDM trains in");
        }
        return of(x, Tensor.full(x.device(), x.dtype(), at.sigma(), Shape.of(x.dim(0))), cond);
    }

    /**
     * The prediction with a noise level a sample, differentiable in it.
     *
     * @param x (B, C, H, W)
     * @param sigma (B), above 0
     */
    public Tensor of(Tensor x, Tensor sigma, Cond cond) {
        Tensor s = PerSampleColumn.of(sigma, x);
        Tensor total = Ops.scaleShift(Ops.square(s), 1, sigmaData * sigmaData);
        Tensor root = Ops.rsqrt(total); // c_in
        Tensor skip = Ops.scale(Ops.reciprocal(total), sigmaData * sigmaData);
        Tensor out = Ops.scale(Ops.mul(s, root), sigmaData);
        Tensor noise = Ops.scale(Ops.log(sigma), 0.25);
        return Ops.mulAdd(out, model.v(Ops.mul(x, root), noise, cond), Ops.mul(skip, x));
    }

    /**
     * The same network in {@link TrigFlowPrecond}'s coordinates, as a velocity at a time t in (0, pi/2): with sigma = s tan(t)
     * and x_t = cos(t) x all coefficients cancel but a sign, v = -s F(x_t / s, ln(s tan t) / 4). Finite up to both ends.
     */
    public VelocityNet trigFlow() {
        return (x, t, cond) -> {
            Tensor sigma = Ops.scale(Ops.div(Ops.sin(t), Ops.cos(t)), sigmaData);
            Tensor noise = Ops.scale(Ops.log(sigma), 0.25);
            return Ops.scale(model.v(Ops.scale(x, 1 / sigmaData), noise, cond), -sigmaData);
        };
    }
}
