package org.fewstep.golden;

import java.util.List;
import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.VpPath;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** What the cases of dpm-solver, UniPC and SA-Solver have in common: schedule, grid, and the arrays about them. */
final class DiffusionCase {
    private final GoldenRun run;
    private final NoiseSchedule schedule;
    private final double start;

    DiffusionCase(GoldenRun run) {
        this.run = run;
        this.schedule = schedule(run.params());
        this.start = run.params().number("t_start");
    }

    private static NoiseSchedule schedule(Options params) {
        JsonCursor about = params.object("noise_schedule");
        String name = about.get("schedule").asString();
        return switch (name) {
            case "linear" -> {
                about.onlyKeys(Set.of("schedule", "beta_0", "beta_1"));
                yield new VpPath(
                                about.get("beta_0").asDouble(),
                                about.get("beta_1").asDouble())
                        .reversed();
            }
            default -> throw about.get("schedule").fail("\"" + name + "\"", "linear", "no adapter knows this schedule");
        };
    }

    NoiseSchedule schedule() {
        return schedule;
    }

    double start() {
        return start;
    }

    /** A grid of the kind that {@code skip_type} names. */
    TimeGrid grid(int steps, double end) {
        String kind = run.params().choice("skip_type", "time_uniform", "time_quadratic", "logSNR");
        double[] t = new double[steps + 1];
        for (int i = 0; i <= steps; i++) {
            double u = (double) i / steps;
            t[i] = switch (kind) {
                case "time_uniform" -> start + u * (end - start);
                case "time_quadratic" -> Math.pow(Math.sqrt(start) + u * (Math.sqrt(end) - Math.sqrt(start)), 2);
                default -> {
                    double from = schedule.lambda(start);
                    yield schedule.atLambda(from + u * (schedule.lambda(end) - from))
                            .t();
                }
            };
        }
        return TimeGrid.of(schedule, t);
    }

    /** A grid of SA-Solver: equal steps of a root of time or of lambda, or Karras's of rho within [0.002, 80]. */
    TimeGrid powerGrid(int steps, double end, double power) {
        String kind = run.params().choice("skip_type", "time", "logSNR", "karras");
        double[] t = new double[steps + 1];
        double first = schedule.lambda(start);
        double last = schedule.lambda(end);
        for (int i = 0; i <= steps; i++) {
            double u = (double) i / steps;
            t[i] = switch (kind) {
                case "time" -> between(start, end, u, power);
                case "logSNR" ->
                    schedule.atLambda(first + Math.pow(u * Math.pow(last - first, 1 / power), power))
                            .t();
                default -> {
                    double most = Math.min(Math.exp(-first), 80);
                    double least = Math.max(Math.exp(-last), 0.002);
                    yield schedule.atLambda(-Math.log(between(most, least, u, 7)))
                            .t();
                }
            };
        }
        return TimeGrid.of(schedule, t);
    }

    private static double between(double from, double to, double u, double power) {
        double a = Math.pow(from, 1 / power);
        return Math.pow(a + u * (Math.pow(to, 1 / power) - a), power);
    }

    /** The arrays of a run on the points between the steps. */
    void offer(SolverRun solver, List<GridPoint> outer, List<Tensor> states) {
        ExpectedArrays expected = run.expected();
        expected.offer("x", states.get(states.size() - 1));
        expected.offer("trajectory", SolverRun.stack(states));
        offerEvaluations(solver, Tolerance.VALUE);
        expected.offer("outer_t", outer.stream().mapToDouble(GridPoint::t).toArray());
        expected.offer(
                "outer_alpha", outer.stream().mapToDouble(GridPoint::alpha).toArray());
        expected.offer(
                "outer_sigma", outer.stream().mapToDouble(GridPoint::sigma).toArray());
        expected.offer(
                "outer_lambda", outer.stream().mapToDouble(GridPoint::lambda).toArray());
    }

    void offerEvaluations(SolverRun solver, Tolerance tolerance) {
        double[] at = solver.evaluations().stream().mapToDouble(GridPoint::t).toArray();
        run.expected().offer("model_eval_t", at, tolerance, new int[] {at.length});
        run.expected().offer("nfe", at.length);
    }
}
