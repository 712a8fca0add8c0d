package org.fewstep.solver;

import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;

/**
 * EDM's Heun with restarts: when the run reaches the lower end of an interval of noise levels it goes back to the upper end
 * by adding noise, and down again. With rho = sigma / alpha and y = x / alpha, {@code repeats} times
 *
 * <pre>
 * y_max = y_min + noise sqrt(rho_max^2 - rho_min^2) xi
 * y_min = Heun from rho_max down to rho_min on {@code points} levels at equal steps of rho^(1/7)
 * </pre>
 *
 * <p>rho_min is the level of the grid nearest to the interval's; of two intervals nearest to one level the later one
 * counts. The published code draws noise in every step of Heun's method and lets it go to waste; here it is drawn at
 * restarts alone. Order 2 between restarts; two evaluations a step, one in a step to sigma = 0.
 *
 * @param intervals in any order; none is {@link EdmHeun}
 * @param noise factor of the added noise, usually 1
 * @paper Xu et al. 2023: Restart Sampling for Improving Generative Processes, arXiv:2306.14878
 */
public record Restart(List<Interval> intervals, double noise) implements Solver {
    private static final double RHO = 7;

    /**
     * An interval of noise levels that is passed several times.
     *
     * @param points of the way down, both ends included, at least 2
     * @param repeats how often to go back
     * @param min lower end
     * @param max upper end
     */
    public record Interval(int points, int repeats, double min, double max) {
        public Interval {
            if (points < 2 || repeats < 0 || !(min >= 0) || !(max > min) || Double.isInfinite(max)) {
                throw new IllegalArgumentException("restart: got " + points + " points, " + repeats
                        + " repeats, levels " + min + " to " + max
                        + "; expected at least 2 points, repeats of at least 0, 0 <= min < max, finite");
            }
        }
    }

    public Restart {
        AncestralSplit.require("restart", 0, noise);
        intervals = List.copyOf(intervals);
    }

    /** With the noise that the levels ask for. */
    public Restart(Interval... intervals) {
        this(List.of(intervals), 1);
    }

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public StepPlan plan(TimeGrid grid) {
        EdmCoordinates.requireFalling(name(), grid);
        PlanBuilder plan = new PlanBuilder(name(), Prediction.V);
        for (int i = 0; i < grid.steps(); i++) {
            step(plan, grid, grid.point(i), grid.point(i + 1));
            Interval here = null;
            for (Interval interval : intervals) {
                here = nearest(grid, interval.min) == i + 1 ? interval : here;
            }
            for (int k = 0; here != null && k < here.repeats; k++) {
                restart(plan, grid, here, grid.point(i + 1));
            }
        }
        return plan.build();
    }

    /** The first of the points nearest to a level. */
    private static int nearest(TimeGrid grid, double level) {
        int nearest = 0;
        for (int i = 1; i <= grid.steps(); i++) {
            double distance = Math.abs(grid.point(i).rho() - level);
            nearest = distance < Math.abs(grid.point(nearest).rho() - level) ? i : nearest;
        }
        return nearest;
    }

    private void restart(PlanBuilder plan, TimeGrid grid, Interval interval, GridPoint min) {
        if (!(interval.max > min.rho())) {
            throw new IllegalArgumentException("restart: got upper end " + interval.max + " of an interval at level "
                    + min.rho() + " of the grid; expected a higher one; take more steps or a longer interval");
        }
        GridPoint max = grid.schedule().atLevel(interval.max);
        double fresh = noise * max.alpha() * Math.sqrt((max.rho() - min.rho()) * (max.rho() + min.rho()));
        int back = plan.combine(plan.term(max.alpha() / min.alpha(), plan.state()), plan.term(fresh, plan.noise()));
        plan.step(min, max, back);
        double[] levels = EdmDiscretization.edm(interval.points, min.rho(), interval.max, RHO);
        GridPoint from = max;
        for (int j = 1; j < levels.length; j++) {
            GridPoint to = j == levels.length - 1 ? min : grid.schedule().atLevel(levels[j]);
            step(plan, grid, from, to);
            from = to;
        }
    }

    private static void step(PlanBuilder plan, TimeGrid grid, GridPoint from, GridPoint to) {
        plan.step(from, to, EdmHeun.step(plan, grid.schedule(), plan.state(), from, to, 1));
    }
}
