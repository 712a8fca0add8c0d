package org.fewstep.solver;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Path;

/** The times of a sampling run, in the order in which they are visited, with the schedule they lie on. Immutable. */
public final class TimeGrid {
    private final NoiseSchedule schedule;
    private final List<GridPoint> points;

    private TimeGrid(NoiseSchedule schedule, List<GridPoint> points) {
        this.schedule = schedule;
        this.points = List.copyOf(points);
    }

    /**
     * A grid of the given times.
     *
     * @param t at least two, strictly rising or strictly falling
     */
    public static TimeGrid of(NoiseSchedule schedule, double... t) {
        requireOnward(t);
        List<GridPoint> points = new ArrayList<>(t.length);
        for (double time : t) {
            points.add(schedule.at(time));
        }
        return new TimeGrid(schedule, points);
    }

    /** At least two finite times, strictly rising or strictly falling. */
    static void requireOnward(double... t) {
        if (t.length < 2) {
            throw new IllegalArgumentException("time grid: got " + t.length + " times; expected at least 2");
        }
        for (int i = 0; i < t.length; i++) {
            boolean onward = i == 0 || (t[i] - t[i - 1]) * (t[1] - t[0]) > 0;
            if (!onward || !Double.isFinite(t[i])) {
                throw new IllegalArgumentException("time grid: got " + t[i] + (i == 0 ? "" : " after " + t[i - 1])
                        + " at place " + i + "; expected finite times, strictly rising or strictly falling");
            }
        }
    }

    /** steps equal steps between two times; both ends are met exactly. */
    public static TimeGrid uniform(NoiseSchedule schedule, int steps, double from, double to) {
        if (steps < 1) {
            throw new IllegalArgumentException("time grid: got " + steps + " steps; expected at least 1");
        }
        double[] t = new double[steps + 1];
        for (int i = 0; i <= steps; i++) {
            t[i] = from + (to - from) * i / steps;
        }
        t[steps] = to;
        return of(schedule, t);
    }

    /** Steps of one length between two times, the last one shortened to end there. */
    public static TimeGrid stepped(NoiseSchedule schedule, double length, double from, double to) {
        if (!(length > 0)) {
            throw new IllegalArgumentException("time grid: got a step length of " + length + "; expected above 0");
        }
        // A last step that is only rounding, as after seven steps of 1/7, is none.
        double[] t = new double[(int) Math.ceil(Math.abs(to - from) / length * (1 - 1e-12)) + 1];
        for (int i = 0; i < t.length - 1; i++) {
            t[i] = from + Math.signum(to - from) * length * i;
        }
        t[t.length - 1] = to;
        return of(schedule, t);
    }

    /** Equal steps from noise to data. */
    public static TimeGrid uniform(Path path, int steps) {
        return uniform(path, steps, path.noiseTime(), path.dataTime());
    }

    /**
     * steps steps whose points a spacing lays between two times.
     *
     * @param from time of the first point
     * @param to time of the last point but the clean end
     * @param end whether the clean end follows as the last point
     */
    public static TimeGrid spaced(
            NoiseSchedule schedule, Spacing spacing, int steps, double from, double to, FinalPoint end) {
        if (steps < 1) {
            throw new IllegalArgumentException("time grid: got " + steps + " steps; expected at least 1");
        }
        boolean clean = end == FinalPoint.CLEAN;
        int last = clean ? steps - 1 : steps;
        double[] t = new double[steps + 1];
        t[0] = from;
        for (int i = 1; i < last; i++) {
            t[i] = spacing.at(schedule, schedule.at(from), schedule.at(to), (double) i / last)
                    .t();
        }
        if (last > 0) {
            t[last] = to;
        }
        if (clean) {
            t[steps] = cleanTime(schedule);
        }
        return of(schedule, t);
    }

    /**
     * The grid of given noise levels sigma / alpha, EDM's sigma.
     *
     * @param levels strictly falling, at least 0; a last level of 0 is the clean end
     */
    public static TimeGrid ofLevels(NoiseSchedule schedule, double... levels) {
        double[] t = new double[levels.length];
        for (int i = 0; i < t.length; i++) {
            if (!(levels[i] >= 0) || (i > 0 && !(levels[i] < levels[i - 1]))) {
                throw new IllegalArgumentException("time grid: got noise level " + levels[i] + " at place " + i
                        + "; expected at least 0 and strictly falling");
            }
            t[i] = levels[i] == 0 ? cleanTime(schedule) : schedule.timeAtSnr(1 / levels[i]);
        }
        return of(schedule, t);
    }

    private static double cleanTime(NoiseSchedule schedule) {
        double t = schedule.timeAtSnr(Double.POSITIVE_INFINITY);
        if (!Double.isFinite(t)) {
            throw new IllegalArgumentException("time grid: got a clean end on schedule " + schedule.name()
                    + ", which has none; expected FinalPoint.LEAST, or the edm schedule");
        }
        return t;
    }

    /** The schedule that the times belong to. */
    public NoiseSchedule schedule() {
        return schedule;
    }

    /** All points, one more than there are steps. */
    public List<GridPoint> points() {
        return points;
    }

    /** Point i. */
    public GridPoint point(int i) {
        return points.get(i);
    }

    /** Number of steps. */
    public int steps() {
        return points.size() - 1;
    }

    /** Signed length of step i in time. */
    public double span(int i) {
        return points.get(i + 1).t() - points.get(i).t();
    }

    /** Length of step i in lambda. */
    public double logSnrSpan(int i) {
        return points.get(i + 1).lambda() - points.get(i).lambda();
    }

    /** How many of the points up to i, from i backwards, have a finite lambda; at least 1, so that i itself counts. */
    public int history(int i) {
        int count = 1;
        while (count <= i
                && Double.isFinite(points.get(i).lambda())
                && Double.isFinite(points.get(i - count).lambda())) {
            count++;
        }
        return count;
    }

    /**
     * The clean end of the schedule.
     *
     * @throws IllegalArgumentException where it has none
     */
    public GridPoint clean() {
        return new GridPoint(cleanTime(schedule), 1, 0);
    }

    /** The times. */
    @Override
    public String toString() {
        return schedule.name() + points.stream().map(GridPoint::t).toList();
    }
}
