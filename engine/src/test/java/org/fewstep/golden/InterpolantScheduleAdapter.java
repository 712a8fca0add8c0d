package org.fewstep.golden;

import static org.fewstep.golden.ScheduleAdapter.map;

import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.VpPath;
import org.fewstep.solver.DiffusionForm;

/** SiT's paths, noise at 0, and the forms of its diffusion. */
final class InterpolantScheduleAdapter implements Adapter {
    /** One of SiT's paths by name. */
    static Path path(Options params) {
        double betaMin = params.number("beta_min", 0.1);
        double betaMax = params.number("beta_max", 20);
        return path(params.choice("path", "linear", "gvp", "vp"), betaMin, betaMax);
    }

    /** One of SiT's paths by name, in lower case. */
    static Path path(String name, double betaMin, double betaMax) {
        return switch (name) {
            case "linear" -> LinearPath.NOISE_AT_ZERO;
            case "gvp" -> new CosinePath();
            case "vp" -> new VpPath(betaMin, betaMax);
            default -> throw new AssertionError("unknown path \"" + name + "\": expected linear, gvp or vp");
        };
    }

    /** A form by SiT's name, misspelling included. */
    static DiffusionForm form(String name) {
        return switch (name) {
            case "constant" -> DiffusionForm.CONSTANT;
            case "SBDM" -> DiffusionForm.SBDM;
            case "sigma" -> DiffusionForm.SIGMA;
            case "linear" -> DiffusionForm.LINEAR;
            case "decreasing" -> DiffusionForm.DECREASING;
            case "inccreasing-decreasing" -> DiffusionForm.INCREASING_DECREASING;
            default -> throw new AssertionError("unknown diffusion form \"" + name + "\": no form of that name");
        };
    }

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Path path = path(run.params());
        double[] t = run.numbers("t");
        ExpectedArrays expected = run.expected();
        expected.offer("alpha", map(t, path::alpha));
        expected.offer("sigma", map(t, path::sigma));
        expected.offer("lambda", map(t, path::lambda));
        expected.offer("sigma_over_alpha", map(t, time -> path.at(time).rho()));
        expected.offer("alpha_dot", map(t, path::dAlpha));
        expected.offer("sigma_dot", map(t, path::dSigma));
        expected.offer("compute_drift_x1", map(t, time -> -path.driftRate(time)));
        expected.offer("compute_drift_var", map(t, time -> 0.5 * path.squaredDiffusion(time)));
        for (String key : expected.keys()) {
            if (key.startsWith("w_")) {
                DiffusionForm form = form(key.substring(2));
                expected.offer(key, map(t, time -> form.at(path, time, 1)));
            }
        }
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
