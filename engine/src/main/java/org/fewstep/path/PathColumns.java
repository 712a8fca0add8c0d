package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;

import java.util.List;
import org.fewstep.tensor.Tensor;

/**
 * {@link PathCoefficients} at one time a sample, as tensors: what a loss reads of the times, so that a recorded step can
 * be given new ones.
 *
 * @param t times (B)
 * @param alpha of the data (B, 1, ..., 1)
 * @param sigma of the noise (B, 1, ..., 1)
 * @param dAlpha derivative of alpha in time (B, 1, ..., 1)
 * @param dSigma derivative of sigma in time (B, 1, ..., 1)
 */
public record PathColumns(Tensor t, Tensor alpha, Tensor sigma, Tensor dAlpha, Tensor dSigma) {
    /** The columns at times t (B) beside the state {@code like} (B, ...); worked out in double, rounded once. */
    public static PathColumns of(NoiseSchedule schedule, double[] t, Tensor like) {
        return of(PathCoefficients.of(schedule, t), t, like);
    }

    /** The columns of points with times t (B). */
    public static PathColumns of(PathCoefficients at, double[] t, Tensor like) {
        return new PathColumns(
                reshape(Tensor.perSample(t, like), t.length),
                Tensor.perSample(at.alpha(), like),
                Tensor.perSample(at.sigma(), like),
                Tensor.perSample(at.dAlpha(), like),
                Tensor.perSample(at.dSigma(), like));
    }

    /** x_t = alpha x0 + sigma eps. */
    public Tensor xt(Tensor x0, Tensor eps) {
        return add(mul(x0, alpha), mul(eps, sigma));
    }

    /** The conditional velocity dx_t/dt = alpha' x0 + sigma' eps. */
    public Tensor velocity(Tensor x0, Tensor eps) {
        return add(mul(x0, dAlpha), mul(eps, dSigma));
    }

    /** All columns, in the order of the components. */
    public List<Tensor> tensors() {
        return List.of(t, alpha, sigma, dAlpha, dSigma);
    }
}
