package org.fewstep.golden;

import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.VpCosineSchedule;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.LogSnrSpacing;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Spacing;
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
        Options about = new Options(params.object("noise_schedule"));
        NoiseSchedule schedule = switch (about.choice("schedule", "linear", "cosine", "discrete")) {
            case "linear" -> new VpSchedule(about.number("beta_0"), about.number("beta_1"));
            case "cosine" -> new VpCosineSchedule();
            default -> DiscreteScheduleAdapter.schedule(about);
        };
        about.finish();
        return schedule;
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
        Spacing spacing = switch (kind) {
            case "time_uniform" -> PowerSpacing.UNIFORM;
            case "time_quadratic" -> PowerSpacing.QUADRATIC;
            default -> LogSnrSpacing.UNIFORM;
        };
        return TimeGrid.spaced(schedule, spacing, steps, start, end, FinalPoint.LEAST);
    }

    /** A grid of SA-Solver: equal steps of a root of time or of lambda, or Karras's of rho within [0.002, 80]. */
    TimeGrid powerGrid(int steps, double end, double power) {
        String kind = run.params().choice("skip_type", "time", "logSNR", "karras");
        double from = start;
        double to = end;
        if (kind.equals("karras")) {
            from = schedule.timeAtSnr(1 / Math.min(schedule.at(start).rho(), 80));
            to = schedule.timeAtSnr(1 / Math.max(schedule.at(end).rho(), 0.002));
        }
        Spacing spacing = switch (kind) {
            case "time" -> new PowerSpacing(power);
            case "logSNR" -> new LogSnrSpacing(power);
            default -> new KarrasSpacing();
        };
        return TimeGrid.spaced(schedule, spacing, steps, from, to, FinalPoint.LEAST);
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
