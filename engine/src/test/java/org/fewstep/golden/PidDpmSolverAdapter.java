package org.fewstep.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;
import org.fewstep.solver.Field;
import org.fewstep.solver.PidDpmSolver;
import org.fewstep.tensor.Tensor;

/** k-diffusion's adaptive sampler, which evaluates anew at the start of a trial after a rejected one. */
final class PidDpmSolverAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.params().ignore("grid");
        run.params().choice("sampler", "sample_dpm_adaptive");
        OptionalParams params = new OptionalParams(run);
        int order = params.integer("order", 3);
        PidDpmSolver solver = new PidDpmSolver(
                order,
                params.number("rtol", 0.05),
                params.number("atol", 0.0078),
                params.number("h_init", 0.05),
                new PidDpmSolver.Gains(
                        params.number("pcoeff", 0),
                        params.number("icoeff", 1),
                        params.number("dcoeff", 0),
                        params.number("accept_safety", 0.81)),
                KarrasDiffusionAdapter.eta(params, 0),
                KarrasDiffusionAdapter.noise(params));
        EdmSchedule schedule = new EdmSchedule();
        List<double[]> asked = new ArrayList<>();
        Field exact = new SolverRun(run.gmm(), schedule).field(Prediction.EPS);
        PidDpmSolver.Solution solution = solver.solve(
                (x, point) -> {
                    asked.add(x.toDoubles());
                    return exact.at(x, point);
                },
                schedule,
                run.tensor("x_T"),
                run.params().number("sigma_max"),
                run.params().number("sigma_min"),
                SolverRun.noise(run, "noise", 0));
        int steps = solution.trials().size();
        assertEquals(order * steps - solution.rejected(), solution.evaluations(), "own evaluations");
        offer(run, order, solution, asked);
    }

    private static void offer(GoldenRun run, int order, PidDpmSolver.Solution solution, List<double[]> asked) {
        List<Double> sigmas = new ArrayList<>();
        List<double[]> after = new ArrayList<>();
        double[] state = asked.get(0);
        int evaluation = 0;
        for (PidDpmSolver.Trial trial : solution.trials()) {
            trial.points().stream().map(GridPoint::rho).forEach(sigmas::add);
            evaluation += after.isEmpty() || state == asked.get(evaluation) ? order : order - 1;
            if (trial.accepted()) {
                state = evaluation == asked.size() ? solution.end().toDoubles() : asked.get(evaluation);
            }
            after.add(state);
        }
        ExpectedArrays expected = run.expected();
        Tensor x = solution.end();
        int steps = solution.trials().size();
        expected.offer("x", x, Tolerance.ADAPTIVE);
        double[] points = sigmas.stream().mapToDouble(Double::doubleValue).toArray();
        expected.offer("model_eval_sigma", points, Tolerance.ADAPTIVE, new int[] {points.length});
        expected.offer("step_start_x", PlannedRun.stack(after, x), Tolerance.ADAPTIVE);
        expected.offer("nfe", order * steps);
        expected.offer("info/nfe", order * steps);
        expected.offer("info/steps", steps);
        expected.offer("info/n_accept", solution.accepted());
        expected.offer("info/n_reject", solution.rejected());
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
