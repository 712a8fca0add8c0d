package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.Arrays;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.fewstep.path.VeSchedule;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.PredictorCorrector;
import org.fewstep.solver.PredictorCorrector.Corrector;
import org.fewstep.solver.PredictorCorrector.Norms;
import org.fewstep.solver.PredictorCorrector.Predictor;
import org.fewstep.solver.PredictorCorrector.Rates;
import org.fewstep.tensor.Tensor;

/** score_sde's predictor-corrector samplers on the exact score. */
final class PredictorCorrectorAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        boolean vp = params.choice("sde", "vp", "ve").equals("vp");
        NoiseSchedule schedule = vp
                ? new VpSchedule(params.number("beta_min"), params.number("beta_max"))
                : new VeSchedule(params.number("sigma_min"), params.number("sigma_max"));
        Predictor predictor = switch (params.choice(
                "predictor", "none", "euler_maruyama", "reverse_diffusion", "ancestral_sampling")) {
            case "none" -> Predictor.NONE;
            case "euler_maruyama" -> Predictor.EULER_MARUYAMA;
            case "reverse_diffusion" -> Predictor.REVERSE_DIFFUSION;
            default -> Predictor.ANCESTRAL;
        };
        Corrector corrector = switch (params.choice("corrector", "none", "langevin", "ald")) {
            case "none" -> Corrector.NONE;
            case "langevin" -> Corrector.LANGEVIN;
            default -> Corrector.ANNEALED_LANGEVIN;
        };
        int steps = params.integer("N");
        double eps = params.number("eps");
        requireTimes(run, steps, eps);
        PredictorCorrector sampler = new PredictorCorrector(
                predictor,
                corrector,
                params.integer("corrector_steps"),
                params.number("snr"),
                params.bool("probability_flow"),
                params.bool("denoise"),
                Norms.BATCH,
                Rates.PUBLISHED);
        SolverRun exact = new SolverRun(run.gmm(), schedule);
        Tensor all = run.tensor("noise");
        Tensor like = Tensor.of(run.device(), run.dtype(), new double[all.dim(1) * all.dim(2)], all.dim(1), all.dim(2));
        Tensor start = SolverRun.noise(run, "noise", 0).draw(0, like);
        if (!vp) {
            start = scale(start, params.number("sigma_max"));
        }
        NoiseSource noise = SolverRun.noise(run, "noise", 1);
        Tensor x = sampler.sample(exact.field(Prediction.SCORE), schedule, steps, eps, start, noise);
        run.expected().offer("x", x);
        run.expected().offer("score_evals", exact.evaluations().size());
    }

    /** The file's times only repeat the params. */
    private static void requireTimes(GoldenRun run, int steps, double eps) {
        double[] times = run.numbers("timesteps");
        boolean same = times.length == steps;
        for (int i = 0; same && i < steps; i++) {
            same = Math.abs(times[i] - (1 + (eps - 1) * i / (steps - 1))) < 1e-12;
        }
        if (!same) {
            throw new AssertionError("timesteps: got " + Arrays.toString(times) + "; expected " + steps
                    + " equal steps from 1 to " + eps);
        }
    }
}
