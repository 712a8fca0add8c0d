package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;

/**
 * DPM-Solver-fast with ancestral noise. Each step of the grid is one evaluation; a step of order k of the solver spans k of
 * them, the orders are 3, 3, ..., 2, 1 or 3, ..., 3, 1 or 3, ..., 3, 2 by the remainder of their number by 3. With the split
 * of rho' = sigma' / alpha' into down and up as in {@link EulerAncestral},
 *
 * <pre>
 * y' = (step of DPM-Solver-k from rho to max(down, last rho)) + noise sqrt(rho'^2 - max(down, last rho)^2) xi
 * </pre>
 *
 * <p>The stages lie at equal parts of the move in lambda, so of the grid's points only those at the ends of steps count;
 * k-diffusion has these at equal distances in lambda, as {@link #grid} does. Where the last step ends at sigma = 0 its last
 * evaluation is a step of order 1, which gives x0. Order 3 at eta = 0, but for a last step of order 1, whose error is small
 * near data; weak order 1 otherwise.
 *
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @paper Lu et al. 2022: DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10 Steps,
 *     arXiv:2206.00927
 */
public record DpmFast(double eta, double noise) implements Solver {
    private static final int ORDER = 3;

    public DpmFast {
        AncestralSplit.require("dpm-fast", eta, noise);
    }

    /** Without noise. */
    public DpmFast() {
        this(0, 1);
    }

    @Override
    public String name() {
        return "dpm-fast";
    }

    /** The grid of so many evaluations on which the steps of the solver, and the stages inside, are equally long in lambda. */
    public static TimeGrid grid(NoiseSchedule schedule, int evaluations, double from, double to) {
        return FastOrders.logSnrGrid(schedule, FastOrders.of(ORDER, evaluations), from, to);
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates edm = new EdmCoordinates(name(), Prediction.EPS, grid);
        int at = 0;
        for (int order : FastOrders.of(ORDER, grid.steps())) {
            int end = at + order;
            if (order > 1 && grid.point(end).sigma() == 0) {
                step(edm, grid, at, end - 1);
                at = end - 1;
            }
            step(edm, grid, at, end);
            at = end;
        }
        return edm.build();
    }

    private void step(EdmCoordinates edm, TimeGrid grid, int start, int end) {
        GridPoint from = grid.point(start);
        GridPoint to = grid.point(end);
        double last = grid.point(grid.steps()).rho();
        double down =
                Math.max(last, AncestralSplit.of(from.rho(), to.rho(), eta).down());
        NoiseFormStep step = NoiseFormStep.of(end - start, grid.schedule(), from, down);
        int x = edm.state();
        List<Integer> eps = new ArrayList<>();
        for (int stage = 0; stage < step.at().size(); stage++) {
            GridPoint point = step.at().get(stage);
            int state = stage == 0 ? x : edm.move(from, 1, x, point, terms(edm, step.weights(stage - 1), eps, 0));
            eps.add(edm.evaluate(state, point));
        }
        double up = noise * Math.sqrt((to.rho() - down) * (to.rho() + down));
        edm.step(from, to, edm.move(from, 1, x, to, terms(edm, step.weights(eps.size() - 1), eps, up)));
    }

    private static Instruction.Term[] terms(EdmCoordinates edm, double[] weights, List<Integer> eps, double up) {
        List<Instruction.Term> terms = new ArrayList<>();
        for (int j = 0; j < weights.length; j++) {
            terms.add(edm.term(weights[j], eps.get(j)));
        }
        terms.add(edm.noise(up));
        return terms.toArray(Instruction.Term[]::new);
    }
}
