package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;

/**
 * Times at equal steps of the angle: t goes as (1 - cos(pi u)) / 2 from the first to the last, with steps that shrink towards both
 * ends as the root of the way left. In the angle the Brownian interpolant, of width sqrt(t (1 - t)), is smooth: there its
 * drift, singular in t at both ends, is a harmless integrand.
 */
public record CosineSpacing() implements Spacing {
    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public GridPoint at(NoiseSchedule schedule, GridPoint from, GridPoint to, double u) {
        double sine = Math.sin(Math.PI / 2 * u);
        return schedule.at(from.t() + (to.t() - from.t()) * sine * sine);
    }
}
