package org.fewstep.solver;

import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.slice;

import org.fewstep.kernels.Scope;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * The log density of samples under a flow: along the ODE dx/dt = v from the data to the noise end T, where the law is taken
 * to be N(0, priorStd^2),
 *
 * <pre>
 * ln p(x) = ln p_T(x_T) + integral from data to T of div v dt
 * </pre>
 *
 * <p>State and integral are solved together, so the error control of an adaptive method sees both. Exact up to the
 * integration when the path reaches its prior; the VP diffusion ends about 1e-3 nats from it.
 *
 * @param divergence exact, or Hutchinson's estimate with one probe for the whole solve
 * @paper Chen et al. 2018: Neural Ordinary Differential Equations, arXiv:1806.07366
 */
public record LogLikelihood(Divergence divergence) {
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    /**
     * What a run gave.
     *
     * @param latent state at the noise end (B, ...), in the innermost scope
     * @param logDensity of each sample in nats (B)
     */
    public record Estimate(Tensor latent, double[] logDensity) {}

    /**
     * By an adaptive method.
     *
     * @param velocity of the ODE; it must let a tangent through
     * @param x samples (B, ...) at time {@code data}
     * @param data time of the samples
     * @param noise time of the prior
     * @param priorStd its standard deviation, above 0
     */
    public Estimate of(
            DormandPrince method,
            Field velocity,
            NoiseSchedule schedule,
            Tensor x,
            double data,
            double noise,
            double priorStd) {
        requireStd(priorStd);
        try (Scope scope = x.device().scope()) {
            Tensor end = method.solve(augmented(velocity, x.shape()), schedule, start(x), data, noise)
                    .end();
            return estimate(end, x.shape(), priorStd, scope);
        }
    }

    /**
     * By fixed steps.
     *
     * @param solver one that wants the velocity
     * @param velocity of the ODE; it must let a tangent through
     * @param grid from the samples' time to the prior's
     * @param x samples (B, ...) at the grid's first time
     * @param priorStd standard deviation of the prior, above 0
     */
    public Estimate of(Solver solver, Field velocity, TimeGrid grid, Tensor x, double priorStd) {
        requireStd(priorStd);
        StepPlan plan = solver.plan(grid);
        if (plan.field() != Prediction.V || plan.draws() > 0) {
            throw new IllegalArgumentException("log likelihood: got solver " + plan.solver() + ", which asks for "
                    + plan.field() + " and draws " + plan.draws()
                    + " noises; expected a deterministic solver of the velocity");
        }
        try (Scope scope = x.device().scope()) {
            Tensor end = Sampler.run(plan, augmented(velocity, x.shape()), start(x));
            return estimate(end, x.shape(), priorStd, scope);
        }
    }

    private static void requireStd(double priorStd) {
        if (!(priorStd > 0) || Double.isInfinite(priorStd)) {
            throw new IllegalArgumentException("log likelihood: got a prior of standard deviation " + priorStd
                    + "; expected a finite number above 0");
        }
    }

    /** Samples as rows, and the integral so far behind each (B, D + 1). */
    private static Tensor start(Tensor x) {
        int batch = x.dim(0);
        Tensor none = Tensor.full(x.device(), x.dtype(), 0, Shape.of(batch, 1));
        return concat(1, reshape(x, batch, x.shape().count() / batch), none);
    }

    private Field augmented(Field velocity, Shape shape) {
        int batch = shape.dim(0);
        int width = shape.count() / batch;
        return (state, point) -> {
            Tensor x = reshape(slice(state, 1, 0, width), shape);
            Divergence.Flow flow = divergence.of(y -> velocity.at(y, point), x);
            return concat(1, reshape(flow.value(), batch, width), flow.divergence());
        };
    }

    private static Estimate estimate(Tensor end, Shape shape, double std, Scope scope) {
        int batch = shape.dim(0);
        int width = shape.count() / batch;
        Tensor latent = reshape(slice(end, 1, 0, width), shape);
        double[] all = end.toDoubles();
        double[] logDensity = new double[batch];
        for (int b = 0; b < batch; b++) {
            double squares = 0;
            for (int j = 0; j < width; j++) {
                double z = all[b * (width + 1) + j] / std;
                squares += z * z;
            }
            logDensity[b] = -0.5 * squares - width * (Math.log(std) + 0.5 * LOG_2_PI) + all[b * (width + 1) + width];
        }
        latent.keep(scope);
        return new Estimate(latent, logDensity);
    }
}
