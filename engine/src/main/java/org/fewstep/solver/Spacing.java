package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;

/** How the points of a grid are spread between its two ends; see {@link TimeGrid#spaced}. */
public interface Spacing {
    /** Name as in recipes. */
    String name();

    /**
     * The point a fraction of the way.
     *
     * @param from first point
     * @param to last point
     * @param u 0 at the first point, 1 at the last
     */
    GridPoint at(NoiseSchedule schedule, GridPoint from, GridPoint to, double u);
}
