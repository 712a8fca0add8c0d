package org.fewstep.path;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;

import org.fewstep.tensor.Tensor;

/**
 * A velocity trained on one path, read along another one: exact for the marginal velocity, since both paths pass the
 * same distributions up to scale.
 *
 * <p>With t(r) the trained time of equal signal-to-noise ratio and s(r) = sigma_wanted(r) / sigma_trained(t(r)),
 * u_wanted(x, r) = (s'/s) x + s t' u_trained(x / s, t) (Lipman et al. 2024, arXiv:2412.06264;
 * facebookresearch/flow_matching, schedule_transform). Undefined where a sigma is 0.
 *
 * @param trained path of the velocity
 * @param wanted path to follow
 */
public record Retimed(Path trained, Path wanted) {
    /** A velocity that takes one time a sample. */
    @FunctionalInterface
    public interface Velocity {
        /** The velocity of states x (B, ...) at times t (B). */
        Tensor at(Tensor x, double[] t);
    }

    /**
     * Where one wanted time lies on the trained path.
     *
     * @param t trained time
     * @param scale s
     * @param dt derivative of t in the wanted time
     * @param dScale derivative of s in the wanted time
     */
    public record Point(double t, double scale, double dt, double dScale) {}

    /**
     * The point for a wanted time r.
     *
     * @throws IllegalArgumentException where a sigma is 0
     */
    public Point at(double r) {
        double alphaNew = wanted.alpha(r);
        double sigmaNew = wanted.sigma(r);
        double t = trained.timeAtSnr(alphaNew / sigmaNew);
        double alpha = trained.alpha(t);
        double sigma = trained.sigma(t);
        double dt = sigma
                * sigma
                * (sigmaNew * wanted.dAlpha(r) - alphaNew * wanted.dSigma(r))
                / (sigmaNew * sigmaNew * (sigma * trained.dAlpha(t) - alpha * trained.dSigma(t)));
        double dScale = (sigma * wanted.dSigma(r) - sigmaNew * trained.dSigma(t) * dt) / (sigma * sigma);
        if (!Double.isFinite(dt) || !Double.isFinite(dScale)) {
            throw new IllegalArgumentException(
                    "retimed: got time " + r + " of the " + wanted.name() + " path, time " + t + " of the "
                            + trained.name() + " path; expected a point where no sigma is 0; stop short of it");
        }
        return new Point(t, sigmaNew / sigma, dt, dScale);
    }

    /**
     * The velocity along the wanted path.
     *
     * @param u velocity along the trained path
     * @param x states on the wanted path (B, ...)
     * @param r wanted times (B)
     */
    public Tensor velocity(Velocity u, Tensor x, double[] r) {
        int batch = r.length;
        double[] t = new double[batch];
        double[] shrink = new double[batch];
        double[] ofX = new double[batch];
        double[] ofU = new double[batch];
        for (int i = 0; i < batch; i++) {
            Point p = at(r[i]);
            t[i] = p.t;
            shrink[i] = 1 / p.scale;
            ofX[i] = p.dScale / p.scale;
            ofU[i] = p.scale * p.dt;
        }
        Tensor v = u.at(mul(x, Tensor.perSample(shrink, x)), t);
        return add(mul(x, Tensor.perSample(ofX, x)), mul(v, Tensor.perSample(ofU, x)));
    }
}
