package org.fewstep.sample;

import org.fewstep.path.Path;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Solver;
import org.fewstep.solver.Spacing;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;

/**
 * A solver with the spacing of its grid, for a network of a path.
 *
 * <p>Equal steps in time go from the noise end to the data end, both included, where the solver can start from pure noise.
 * Other spacings and solvers have no place for a state without data: their first point is 1e-3 of time from the noise end, and
 * the least noise level before the data end is that of 1e-3 of time.
 *
 * @param solver how to step
 * @param spacing of the times
 */
public record SolverOnGrid(Solver solver, Spacing spacing) {
    private static final double MARGIN = 1e-3;

    /** The grid on a path. */
    public TimeGrid grid(Path path, int steps) {
        return grid(path, steps, 1);
    }

    /**
     * The grid on the part of a path next to data.
     *
     * @param level of the first point, above 0: 1 for the noise end, linear in time down to 0 for the data end
     */
    public TimeGrid grid(Path path, int steps, double level) {
        if (!(level > 0 && level <= 1)) {
            throw new IllegalArgumentException(
                    "solver on grid: got level " + level + "; expected above 0, at most 1, pure noise");
        }
        double span = path.noiseTime() - path.dataTime();
        boolean uniform = spacing.equals(PowerSpacing.UNIFORM);
        double from = level == 1 ? path.noiseTime() : path.dataTime() + level * span;
        if (uniform && solver.startsFromPureNoise()) {
            return TimeGrid.uniform(path, steps, from, path.dataTime());
        }
        double first = level > 1 - MARGIN ? path.noiseTime() - MARGIN * span : from;
        double last = path.dataTime() + Math.min(MARGIN, 0.5 * level) * span;
        return TimeGrid.spaced(path, spacing, steps, first, last, FinalPoint.CLEAN);
    }

    /** The steps on a path. */
    public StepPlan plan(Path path, int steps) {
        return solver.plan(grid(path, steps));
    }
}
