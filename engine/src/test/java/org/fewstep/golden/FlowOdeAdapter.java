package org.fewstep.golden;

import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.Prediction;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.Euler;
import org.fewstep.solver.Heun;
import org.fewstep.solver.Heun3;
import org.fewstep.solver.Midpoint;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.RungeKutta38;
import org.fewstep.solver.Solver;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** Flow matching's ODE from noise at 0 to data at 1, by fixed steps. */
class FlowOdeAdapter implements Adapter {
    static final Path PATH = LinearPath.NOISE_AT_ZERO;

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        SolverRun solver = new SolverRun(run.gmm(), PATH);
        // The tolerances belong to the adaptive method.
        params.ignore("atol", "rtol");
        Solver method = solver(params.choice("method", "euler", "midpoint", "heun2", "heun3", "rk4"));
        TimeGrid grid = TimeGrid.stepped(PATH, params.number("step_size"), PATH.noiseTime(), PATH.dataTime());
        StepPlan plan = method.plan(grid);
        List<Tensor> states = solver.states(plan, run.tensor("x_init"), NoiseSource.NONE);
        run.expected().offer("x", states.get(states.size() - 1));
        run.expected().offer("model_eval_t", times(solver));
        run.expected().offer("nfe", plan.evaluations());
    }

    static double[] times(SolverRun solver) {
        return solver.evaluations().stream().mapToDouble(GridPoint::t).toArray();
    }

    private static Solver solver(String method) {
        return switch (method) {
            case "euler" -> new Euler();
            case "midpoint" -> new Midpoint();
            case "heun2" -> new Heun();
            case "heun3" -> new Heun3();
            default -> new RungeKutta38();
        };
    }

    /** torchdiffeq's dopri5, which steps over the end. */
    static final class Adaptive extends FlowOdeAdapter {
        @Override
        public void run(GoldenRun run) {
            Options params = run.params();
            params.choice("method", "dopri5");
            params.requireNull("step_size");
            SolverRun solver = new SolverRun(run.gmm(), PATH);
            DormandPrince method = new DormandPrince(
                    params.number("rtol", 1e-5),
                    params.number("atol", 1e-5),
                    DormandPrince.End.OVERSHOOT,
                    DormandPrince.Norm.BATCH);
            DormandPrince.Solution solution = method.solve(
                    solver.field(Prediction.V), PATH, run.tensor("x_init"), PATH.noiseTime(), PATH.dataTime());
            run.expected().offer("x", solution.end(), Tolerance.ADAPTIVE);
            double[] times = times(solver);
            run.expected().offer("model_eval_t", times, Tolerance.ADAPTIVE, new int[] {times.length});
            run.expected().offer("nfe", solution.evaluations());
        }

        @Override
        public boolean f64Only() {
            return true;
        }
    }
}
