package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.path.Prediction;
import org.fewstep.solver.SaSolver;
import org.fewstep.solver.Tau;
import org.fewstep.solver.TimeGrid;

/** SA-Solver, as in sa_solver.py. */
final class SaAdapter implements Adapter {
    /** Where the published implementation ends. */
    private static final double END = 1e-3;

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        DiffusionCase diffusion = new DiffusionCase(run);
        Tau tau = tau(params.object("tau"));
        SaSolver sa = new SaSolver(
                params.choice("algorithm_type", "data_prediction", "noise_prediction")
                                .equals("data_prediction")
                        ? Prediction.X0
                        : Prediction.EPS,
                params.integer("predictor_order"),
                params.integer("corrector_order"),
                tau,
                params.choice("mode", "few_steps", "more_steps").equals("few_steps")
                        ? SaSolver.Mode.FEW_STEPS
                        : SaSolver.Mode.MORE_STEPS,
                params.choice("pc_mode", "PEC", "PECE").equals("PECE"));
        TimeGrid grid = diffusion.powerGrid(params.integer("steps"), END, params.number("skip_order"));
        SolverRun solver = new SolverRun(run.gmm(), diffusion.schedule());
        diffusion.offer(
                solver,
                grid.points(),
                solver.states(sa.plan(grid), run.tensor("x_T"), SolverRun.noise(run, "noise", 1)));
        run.expected()
                .offer(
                        "tau_at_outer_t",
                        grid.points().stream().mapToDouble(tau::at).toArray());
    }

    private static Tau tau(JsonCursor about) {
        String kind = about.get("kind").asString();
        double tau = about.get("tau").asDouble();
        switch (kind) {
            case "const" -> {
                about.onlyKeys(Set.of("kind", "tau"));
                return Tau.constant(tau);
            }
            case "piecewise_edm_sigma" -> {
                about.onlyKeys(Set.of("kind", "tau", "sigma_lo", "sigma_hi"));
                return Tau.between(
                        tau,
                        about.get("sigma_lo").asDouble(),
                        about.get("sigma_hi").asDouble());
            }
            default ->
                throw about.get("kind")
                        .fail("\"" + kind + "\"", "const or piecewise_edm_sigma", "no adapter knows this tau");
        }
    }
}
