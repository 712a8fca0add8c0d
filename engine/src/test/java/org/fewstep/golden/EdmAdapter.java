package org.fewstep.golden;

import org.fewstep.path.EdmSchedule;
import org.fewstep.path.EdmVeSchedule;
import org.fewstep.path.EdmVpSchedule;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.UnitVariance;
import org.fewstep.solver.Churn;
import org.fewstep.solver.EdmDiscretization;
import org.fewstep.solver.EdmEuler;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.Solver;
import org.fewstep.solver.TimeGrid;

/** EDM's sampler and its ablations. */
final class EdmAdapter implements Adapter {
    private final double f32Bound;
    private final Tolerance ofX;

    EdmAdapter(double f32Bound, Tolerance ofX) {
        this.f32Bound = f32Bound;
        this.ofX = ofX;
    }

    @Override
    public void run(GoldenRun run) {
        OptionalParams params = new OptionalParams(run);
        boolean ablation = run.params()
                .choice("sampler", "edm_sampler", "ablation_sampler")
                .equals("ablation_sampler");
        Churn churn = new Churn(
                params.number("S_churn", 0),
                params.number("S_min", 0),
                params.number("S_max", Double.POSITIVE_INFINITY),
                params.number("S_noise", 1));
        NoiseSchedule schedule = new EdmSchedule();
        Solver solver = new EdmHeun(churn);
        double[] levels;
        if (ablation) {
            Ablation choice = new Ablation(params);
            schedule = choice.schedule();
            solver = choice.solver(churn);
            levels = choice.levels(params.integer("num_steps", 18));
        } else {
            levels = levels(params);
        }
        TimeGrid grid = grid(schedule, levels);
        new PlannedRun(run, solver.plan(grid), schedule, PlannedRun.scaledLatents(run, grid.point(0)), 1).offer(ofX);
    }

    /** Levels of EDM's sampler. */
    static double[] levels(OptionalParams params) {
        return EdmDiscretization.edm(
                params.integer("num_steps", 18),
                params.number("sigma_min", 0.002),
                params.number("sigma_max", 80),
                params.number("rho", 7));
    }

    /** The times of levels, and the clean end at 0. */
    static TimeGrid grid(NoiseSchedule schedule, double[] levels) {
        double[] t = new double[levels.length + 1];
        for (int i = 0; i < levels.length; i++) {
            t[i] = schedule.timeAtSnr(1 / levels[i]);
        }
        return TimeGrid.of(schedule, t);
    }

    private static final class Ablation {
        private final OptionalParams params;
        private final String discretization;
        private final double epsilon;
        private final double min;
        private final double max;

        Ablation(OptionalParams params) {
            this.params = params;
            discretization = params.choice("discretization", "edm", "vp", "ve", "iddpm");
            epsilon = params.number("epsilon_s", 1e-3);
            EdmVpSchedule usual = new EdmVpSchedule();
            min = params.number(
                    "sigma_min",
                    switch (discretization) {
                        case "vp" -> usual.sigma(epsilon);
                        case "ve" -> 0.02;
                        default -> 0.002;
                    });
            max = params.number(
                    "sigma_max",
                    switch (discretization) {
                        case "vp" -> usual.sigma(1);
                        case "ve" -> 100;
                        case "iddpm" -> 81;
                        default -> 80;
                    });
        }

        double[] levels(int points) {
            double rho = params.number("rho", 7);
            int table = params.integer("M", 1000);
            double c1 = params.number("C_1", 1e-3);
            double c2 = params.number("C_2", 8e-3);
            return switch (discretization) {
                case "vp" -> EdmDiscretization.vp(points, min, max, epsilon);
                case "ve" -> EdmDiscretization.ve(points, min, max);
                case "iddpm" -> EdmDiscretization.improvedDdpm(points, min, max, table, c1, c2);
                default -> EdmDiscretization.edm(points, min, max, rho);
            };
        }

        NoiseSchedule schedule() {
            NoiseSchedule schedule = switch (params.choice("schedule", "linear", "vp", "ve")) {
                case "vp" -> EdmVpSchedule.fitted(min, max, epsilon);
                case "ve" -> new EdmVeSchedule();
                default -> new EdmSchedule();
            };
            return params.choice("scaling", "none", "vp").equals("vp") ? new UnitVariance(schedule) : schedule;
        }

        Solver solver(Churn churn) {
            double alpha = params.number("alpha", 1);
            return params.choice("solver", "heun", "euler").equals("heun")
                    ? new EdmHeun(alpha, churn)
                    : new EdmEuler(churn);
        }
    }

    @Override
    public double f32Bound() {
        return f32Bound;
    }
}
