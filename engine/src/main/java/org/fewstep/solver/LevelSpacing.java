package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;

/** A spacing of noise levels sigma / alpha, EDM's sigma, whatever the schedule's times are. */
public interface LevelSpacing extends Spacing {
    /**
     * The level a fraction of the way.
     *
     * @param from first level, above 0
     * @param to last level, above 0
     * @param u 0 to 1
     */
    double level(double from, double to, double u);

    /** The levels of n equal fractions, both ends included; a single one is the first. */
    default double[] levels(int n, double from, double to) {
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            out[i] = level(from, to, i == 0 ? 0 : i / (n - 1.0));
        }
        return out;
    }

    @Override
    default GridPoint at(NoiseSchedule schedule, GridPoint from, GridPoint to, double u) {
        double first = from.rho();
        double last = to.rho();
        if (!(first > 0) || !(last > 0) || Double.isInfinite(first) || Double.isInfinite(last)) {
            throw new IllegalArgumentException(name() + " spacing: got ends of noise level " + first + " and " + last
                    + "; expected finite levels above 0; end before the clean end and append it");
        }
        return schedule.atLevel(level(first, last, u));
    }
}
