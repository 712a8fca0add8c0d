package org.fewstep.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.path.LinearPath;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.solver.BridgeSde;
import org.fewstep.solver.Field;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.RungeKutta38;
import org.fewstep.solver.SdeScheme;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** interflow's samplers between two mixtures on the exact fields. */
final class TwoSidedSdeAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        TwoSidedMixture model = model(run);
        Field drift = (x, point) -> model.drift(x, point.t());
        Field score = (x, point) -> model.score(x, point.t());
        String method = params.choice("method", "em", "heun", "rev", "ode");
        double low = params.number("t_lo");
        double high = params.number("t_hi");
        requireGrid(run, low, high, params.integer("n_points"));
        boolean falling = method.equals("rev");
        TimeGrid grid = TimeGrid.uniform(
                LinearPath.NOISE_AT_ZERO, params.integer("n_points") - 1, falling ? high : low, falling ? low : high);
        Tensor start = run.tensor("x_init");
        List<Tensor> states;
        double eps = params.number("eps", 0);
        if (method.equals("ode")) {
            states = SolverRun.states(new RungeKutta38().plan(grid), drift, start, NoiseSource.NONE);
        } else {
            SdeScheme scheme = method.equals("heun") ? SdeScheme.HEUN_AHEAD : SdeScheme.EULER_MARUYAMA;
            BridgeSde solver = new BridgeSde(eps, scheme);
            states = SolverRun.states(
                    solver.plan(grid), solver.field(drift, score, grid), start, SolverRun.noise(run, "noise", 0));
        }
        run.expected().offer("x", states.get(states.size() - 1));
        run.expected().offer("trajectory", SolverRun.stack(states));
    }

    /** The file's grid only repeats the params. */
    private static void requireGrid(GoldenRun run, double low, double high, int points) {
        double[] grid = run.numbers("t_grid");
        TimeGrid own = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, points - 1, low, high);
        double[] times = own.points().stream().mapToDouble(p -> p.t()).toArray();
        boolean same = grid.length == times.length;
        for (int i = 0; same && i < grid.length; i++) {
            same = Math.abs(grid[i] - times[i]) < 1e-12;
        }
        if (!same) {
            throw new AssertionError("t_grid: got " + Arrays.toString(grid) + "; expected " + Arrays.toString(times));
        }
    }

    private static TwoSidedMixture model(GoldenRun run) {
        JsonCursor model = run.model("model");
        GoldenRun.requireKind(model, "two_sided_gmm");
        model.onlyKeys(Set.of("kind", "source", "target", "path", "gamma"));
        return new TwoSidedMixture(
                run.gmm("model", "source"),
                run.gmm("model", "target"),
                Interpolants.twoSided(
                        model.get("path").asString(), model.get("gamma").asString()));
    }
}
