package org.fewstep.solver;

import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;

/**
 * Times at equal steps of t^(1/power): power 1 is uniform, 2 quadratic, which puts more points at small times.
 *
 * @param power above 0
 */
public record PowerSpacing(double power) implements Spacing {
    /** Equal steps in time. */
    public static final PowerSpacing UNIFORM = new PowerSpacing(1);

    /** Equal steps in the square root of time. */
    public static final PowerSpacing QUADRATIC = new PowerSpacing(2);

    public PowerSpacing {
        requirePower("power spacing", power);
    }

    static void requirePower(String what, double power) {
        if (!(power > 0) || Double.isInfinite(power)) {
            throw new IllegalArgumentException(what + ": got power " + power + "; expected finite and above 0");
        }
    }

    @Override
    public String name() {
        return power == 1 ? "uniform" : power == 2 ? "quadratic" : "power-" + power;
    }

    @Override
    public GridPoint at(NoiseSchedule schedule, GridPoint from, GridPoint to, double u) {
        if (power == 1) {
            return schedule.at(from.t() + (to.t() - from.t()) * u);
        }
        if (!(from.t() >= 0) || !(to.t() >= 0)) {
            throw new IllegalArgumentException(
                    name() + " spacing: got times " + from.t() + " and " + to.t() + "; expected at least 0");
        }
        double first = Math.pow(from.t(), 1 / power);
        double last = Math.pow(to.t(), 1 / power);
        return schedule.at(Math.pow(first + (last - first) * u, power));
    }
}
