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
        if (spacing.equals(PowerSpacing.UNIFORM) && solver.startsFromPureNoise()) {
            return TimeGrid.uniform(path, steps);
        }
        double margin = MARGIN * (path.dataTime() - path.noiseTime());
        return TimeGrid.spaced(
                path, spacing, steps, path.noiseTime() + margin, path.dataTime() - margin, FinalPoint.CLEAN);
    }

    /** The steps on a path. */
    public StepPlan plan(Path path, int steps) {
        return solver.plan(grid(path, steps));
    }
}
