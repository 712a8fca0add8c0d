package org.fewstep.golden;

import java.util.List;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.Deis;
import org.fewstep.solver.DeisRungeKutta;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.Solver;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** DEIS on VP's linear schedule. */
final class DeisAdapter implements Adapter {
    private final double f32Bound;

    DeisAdapter(double f32Bound) {
        this.f32Bound = f32Bound;
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        NoiseSchedule schedule = new VpSchedule(params.number("beta_0"), params.number("beta_1"));
        params.choice("ts_phase", "t");
        double power = params.number("ts_order");
        int steps = params.integer("steps");
        double[] t = new double[steps + 1];
        for (int i = 0; i <= steps; i++) {
            t[i] = Math.pow(1 + (double) i / steps * (Math.pow(1e-3, 1 / power) - 1), power);
        }
        double[] given = run.numbers("outer_t");
        for (int i = 0; i <= steps; i++) {
            if (Math.abs(given[i] - t[i]) > 1e-12) {
                throw new AssertionError("outer_t: got " + given[i] + "; expected " + t[i]);
            }
        }
        TimeGrid grid = TimeGrid.of(schedule, given);
        Solver solver = params.has("method") ? rungeKutta(params) : adams(run, grid);
        List<Tensor> states =
                new SolverRun(run.gmm(), schedule).states(solver.plan(grid), run.tensor("x_T"), NoiseSource.NONE);
        run.expected().offer("x", states.get(steps));
        run.expected().offer("trajectory", SolverRun.stack(states.subList(1, steps + 1)));
    }

    private static Solver rungeKutta(Options params) {
        String name = params.string("method");
        for (DeisRungeKutta.Method method : DeisRungeKutta.Method.values()) {
            if (method.label().equals(name)) {
                return new DeisRungeKutta(method);
            }
        }
        throw params.fail("method", "\"" + name + "\"", "a tableau");
    }

    private static Solver adams(GoldenRun run, TimeGrid grid) {
        Options params = run.params();
        Deis deis = new Deis(
                params.choice("kind", "t_ab", "rho_ab").equals("t_ab") ? Deis.Variable.T : Deis.Variable.RHO,
                params.integer("ab_order"));
        int used = deis.degree() + 1;
        double[] coefficients = new double[grid.steps() * used];
        for (int i = 0; i < grid.steps(); i++) {
            double[] weights = deis.weights(grid, i);
            // Those in rho are listed for v = x / alpha.
            double unit =
                    deis.variable() == Deis.Variable.RHO ? grid.point(i + 1).alpha() : 1;
            for (int j = 0; j < weights.length; j++) {
                coefficients[i * used + j] = weights[j] / unit;
            }
        }
        run.expected().offer("coef", coefficients, grid.steps(), used);
        return deis;
    }

    @Override
    public double f32Bound() {
        return f32Bound;
    }
}
