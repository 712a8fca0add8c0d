package org.fewstep.model;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * EDM's preconditioning of a network F (Karras et al. 2022, arXiv:2206.00364, equation 7): the denoiser D(x, sigma) of {@link
 * SigmaScaling#edm}.
 */
public final class EdmPrecond extends Module implements Denoiser, PredictionNet {
    private final VelocityNet model;
    private final SigmaScaling scaling;

    /** Takes over the network F, called with the noise label as its time; this module closes it. */
    public <N extends Module & VelocityNet> EdmPrecond(N model, double sigmaData) {
        this.model = child("model", model);
        this.scaling = SigmaScaling.edm(sigmaData);
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
    @Override
    public Tensor of(Tensor x, Tensor sigma, Cond cond) {
        return scaling.of(model, x, sigma, cond);
    }

    /** The same network in {@link TrigFlowPrecond}'s coordinates, {@link SigmaScaling#trigFlow}. */
    public VelocityNet trigFlow() {
        return scaling.trigFlow(model);
    }
}
