package org.fewstep.golden;

import java.util.List;
import java.util.Locale;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.solver.InterpolantSde;
import org.fewstep.solver.InterpolantSde.LastStep;
import org.fewstep.solver.SdeScheme;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** SiT's SDE samplers on the exact velocity; the keys are {@code PATH|FORM|SCHEME}, or name a score. */
final class SitSamplingAdapter implements Adapter {
    private static final String SCORE = "score_from_velocity_t";

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double betaMin = params.number("vp_beta_min", 0.1);
        double betaMax = params.number("vp_beta_max", 20);
        double norm = params.number("diffusion_norm", 1);
        int steps = params.integer("num_steps") - 1;
        double from = params.number("t0");
        double to = params.number("t1");
        Tensor start = run.tensor("x_init");
        for (String key : run.expected().keys()) {
            String[] names = key.split("\\|");
            Path path = InterpolantScheduleAdapter.path(names[0].toLowerCase(Locale.ROOT), betaMin, betaMax);
            if (names.length == 2 && names[1].startsWith(SCORE)) {
                double t = Double.parseDouble(names[1].substring(SCORE.length()));
                run.expected().offer(key, score(run.gmm(), path, start, t));
            } else if (names.length == 3) {
                SdeScheme scheme = switch (names[2]) {
                    case "Euler" -> SdeScheme.EULER_MARUYAMA;
                    case "Heun" -> SdeScheme.HEUN;
                    default -> throw new AssertionError("unknown variant \"" + key + "\": no scheme of that name");
                };
                InterpolantSde solver =
                        new InterpolantSde(InterpolantScheduleAdapter.form(names[1]), norm, scheme, LastStep.NONE, 1);
                List<Tensor> states = new SolverRun(run.gmm(), path)
                        .states(
                                solver.plan(TimeGrid.uniform(path, steps, from, to)),
                                start,
                                SolverRun.noise(run, "noise", 0));
                run.expected().offer(key, states.get(states.size() - 1));
            } else {
                throw new AssertionError("unknown variant \"" + key + "\": expected PATH|FORM|SCHEME or PATH|" + SCORE);
            }
        }
    }

    private static Tensor score(GaussianMixture gmm, Path path, Tensor x, double t) {
        PathCoefficients at = PathCoefficients.of(path, t);
        return Prediction.V.to(Prediction.SCORE, gmm.v(x, at), x, at);
    }
}
