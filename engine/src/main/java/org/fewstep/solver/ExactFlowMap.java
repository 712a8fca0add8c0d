package org.fewstep.solver;

import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import org.fewstep.path.GaussianMixture;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * The flow map X_{s,t} of a mixture between any two times of a schedule, by a fine integration of its exact velocity b: what
 * flow map methods should find.
 *
 * @param data the mixture
 * @param schedule its noise
 * @param solver of the ODE
 */
public record ExactFlowMap(GaussianMixture data, NoiseSchedule schedule, DormandPrince solver) {
    /**
     * A map with its derivatives.
     *
     * @param end X_{s,t}(x)
     * @param average the average velocity u = (X - x) / (t - s)
     * @param startVelocity b_s(x)
     * @param endVelocity b_t(X), which is dX/dt
     * @param averageInEnd du/dt = (b_t(X) - u) / (t - s)
     */
    public record Transport(
            Tensor end, Tensor average, Tensor startVelocity, Tensor endVelocity, Tensor averageInEnd) {}

    /** With relative tolerance 1e-11 and absolute tolerance 1e-12, for F64. */
    public ExactFlowMap(GaussianMixture data, NoiseSchedule schedule) {
        this(data, schedule, new DormandPrince(1e-11, 1e-12));
    }

    /** b_t(x) of x (B, D). */
    public Tensor velocity(Tensor x, double t) {
        return data.v(x, PathCoefficients.of(schedule, t));
    }

    /** X_{s,t}(x) of x (B, D); t on either side of s, and not s. */
    public Tensor map(Tensor x, double s, double t) {
        return solver.solve((state, point) -> velocity(state, point.t()), schedule, x, s, t)
                .end();
    }

    /** The map of x (B, D) with its derivatives; t on either side of s, and not s. */
    public Transport transport(Tensor x, double s, double t) {
        try (NoGrad off = NoGrad.open()) {
            Tensor end = map(x, s, t);
            Tensor average = scale(sub(end, x), 1 / (t - s));
            Tensor endVelocity = velocity(end, t);
            Tensor averageInEnd = scale(sub(endVelocity, average), 1 / (t - s));
            return new Transport(end, average, velocity(x, s), endVelocity, averageInEnd);
        }
    }
}
