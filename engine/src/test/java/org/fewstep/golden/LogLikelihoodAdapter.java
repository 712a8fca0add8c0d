package org.fewstep.golden;

import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.Divergence;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.Field;
import org.fewstep.solver.LogLikelihood;
import org.fewstep.solver.LogLikelihood.Estimate;
import org.fewstep.solver.Midpoint;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** Log densities of a mixture's samples along its exact velocity. */
abstract class LogLikelihoodAdapter implements Adapter {
    private static final DormandPrince FINE = new DormandPrince(1e-11, 1e-11);

    /** The probability-flow ODE of score_sde. */
    static final class Vp extends LogLikelihoodAdapter {
        @Override
        public void run(GoldenRun run) {
            Options params = run.params();
            params.choice("sde", "vp");
            // Both laws come as the probe that was drawn from them.
            params.choice("hutchinson", "Rademacher", "Gaussian");
            double eps = params.number("eps");
            NoiseSchedule schedule = new VpSchedule(params.number("beta_min"), params.number("beta_max"));
            Tensor x = run.tensor("x");
            Estimate estimate = solve(run, schedule, new Divergence.Hutchinson(run.tensor("v")), x, eps, 1, 1);
            ExpectedArrays expected = run.expected();
            offer(run, "logp_hutchinson", estimate, Tolerance.LIKELIHOOD);
            expected.offer("latent", estimate.latent(), Tolerance.INTEGRATED);
            Estimate exact = solve(run, schedule, new Divergence.Exact(), x, eps, 1, 1);
            offer(run, "logp_exact_divergence", exact, Tolerance.INTEGRATED);
            expected.offer(
                    "analytic_logp_at_eps",
                    run.gmm().logDensity(x, PathCoefficients.of(schedule, eps)),
                    Tolerance.LIKELIHOOD);
        }
    }

    /** k-diffusion's, in EDM coordinates. */
    static final class Edm extends LogLikelihoodAdapter {
        @Override
        public void run(GoldenRun run) {
            double min = run.params().number("sigma_min");
            double max = run.params().number("sigma_max");
            NoiseSchedule schedule = new EdmSchedule();
            Tensor x = run.tensor("x");
            Estimate estimate = solve(run, schedule, new Divergence.Hutchinson(run.tensor("v")), x, min, max, max);
            offer(run, "logp_hutchinson", estimate, Tolerance.LIKELIHOOD);
            run.expected()
                    .offer(
                            "analytic_logp_at_sigma_min",
                            run.gmm().logDensity(x, PathCoefficients.of(schedule, min)),
                            Tolerance.LIKELIHOOD);
        }
    }

    /** flow_matching's, from data at 1 to noise at 0. */
    static final class Flow extends LogLikelihoodAdapter {
        @Override
        public void run(GoldenRun run) {
            Path path = LinearPath.NOISE_AT_ZERO;
            Tensor x = run.tensor("x1");
            ExpectedArrays expected = run.expected();
            Estimate exact = solve(run, path, new Divergence.Exact(), x, 1, 0, 1);
            expected.offer("latent_exact", exact.latent(), Tolerance.INTEGRATED);
            offer(run, "logp_exact", exact, Tolerance.LIKELIHOOD);
            expected.offer(
                    "analytic_logp", run.gmm().logDensity(x, PathCoefficients.of(path, 1)), Tolerance.LIKELIHOOD);
            TimeGrid grid = TimeGrid.stepped(path, run.params().number("step_size_hutchinson"), 1, 0);
            Estimate midpoint = new LogLikelihood(new Divergence.Hutchinson(run.tensor("z")))
                    .of(new Midpoint(), velocity(run.gmm(), path), grid, x, 1);
            expected.offer("latent_midpoint", midpoint.latent(), Tolerance.INTEGRATED);
            offer(run, "logp_hutchinson_midpoint", midpoint, Tolerance.LIKELIHOOD);
        }
    }

    static Estimate solve(
            GoldenRun run,
            NoiseSchedule schedule,
            Divergence divergence,
            Tensor x,
            double data,
            double noise,
            double priorStd) {
        return new LogLikelihood(divergence)
                .of(FINE, velocity(run.gmm(), schedule), schedule, x, data, noise, priorStd);
    }

    static Field velocity(GaussianMixture gmm, NoiseSchedule schedule) {
        return (x, point) -> gmm.v(x, PathCoefficients.of(schedule, point.t()));
    }

    static void offer(GoldenRun run, String key, Estimate estimate, Tolerance tolerance) {
        run.expected().offer(key, estimate.logDensity(), tolerance, new int[] {estimate.logDensity().length});
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
