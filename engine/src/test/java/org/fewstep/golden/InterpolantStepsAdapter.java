package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.TwoSidedMixture;
import org.fewstep.solver.BridgeSde;
import org.fewstep.solver.Field;
import org.fewstep.solver.SdeScheme;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** interflow's SDE steps in both directions between N(0, I) and a mixture. */
final class InterpolantStepsAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        GaussianMixture target = run.gmm();
        TwoSidedMixture exact = new TwoSidedMixture(
                GaussianMixture.standardNormal(target.dim()), target, Interpolants.twoSided("linear", "brownian"));
        Field drift = (x, point) -> exact.drift(x, point.t());
        Field score = (x, point) -> exact.score(x, point.t());
        double low = params.number("t_start");
        double high = params.number("t_end");
        double eps = params.number("eps");
        int steps = params.integer("n_step") - 1;
        for (String key : run.expected().keys()) {
            SdeScheme scheme = switch (key) {
                case "euler_maruyama_forward", "euler_maruyama_reverse" -> SdeScheme.EULER_MARUYAMA;
                case "heun_forward", "heun_reverse" -> SdeScheme.HEUN_AHEAD;
                default -> throw new AssertionError("unknown expected key \"" + key + "\": no step of that name");
            };
            boolean falling = key.endsWith("_reverse");
            TimeGrid grid =
                    TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, steps, falling ? high : low, falling ? low : high);
            BridgeSde solver = new BridgeSde(eps, scheme);
            List<Tensor> states = new ArrayList<>(SolverRun.states(
                    solver.plan(grid),
                    solver.field(drift, score, grid),
                    run.tensor("x_init"),
                    SolverRun.noise(run, "noise", 0)));
            states.remove(0);
            run.expected().offer(key, SolverRun.stack(states));
        }
    }
}
