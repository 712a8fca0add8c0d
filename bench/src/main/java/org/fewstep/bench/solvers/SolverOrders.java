package org.fewstep.bench.solvers;

import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.Churn;
import org.fewstep.solver.Coefficients;
import org.fewstep.solver.Correction;
import org.fewstep.solver.Deis;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.DpmFast;
import org.fewstep.solver.DpmMultistep;
import org.fewstep.solver.DpmPp2mSde;
import org.fewstep.solver.DpmPp2sAncestral;
import org.fewstep.solver.DpmPp3mSde;
import org.fewstep.solver.DpmSinglestep;
import org.fewstep.solver.EdmDpm2;
import org.fewstep.solver.EdmEuler;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.Euler;
import org.fewstep.solver.Field;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.Heun;
import org.fewstep.solver.Heun3;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.LinearMultistep;
import org.fewstep.solver.LogSnrSpacing;
import org.fewstep.solver.Midpoint;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.RungeKutta38;
import org.fewstep.solver.SaSolver;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.Solver;
import org.fewstep.solver.Spacing;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Tau;
import org.fewstep.solver.TimeGrid;
import org.fewstep.solver.UniPc;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Errors of the deterministic solvers on a smooth mixture, whose flow is known to about 1e-10: root mean square over all numbers of
 * the end points, against evaluations of the field. F64, on the CPU.
 */
public final class SolverOrders {
    /** Evaluations of a row's errors. */
    public static final int[] EVALUATIONS = {5, 10, 20, 40, 80, 160};

    private static final int SAMPLES = 2048;
    private static final GaussianMixture DATA = new GaussianMixture(
            new double[] {0.5, 0.3, 0.2},
            new double[][] {{0.75, 0.25}, {-0.5, 0.6}, {-0.2, -0.65}},
            new double[] {0.8, 1.0, 0.6});

    /** Where a row is measured: schedule, ends and spacing of the grid. */
    public enum Setting {
        /** VP's linear schedule from 1 to 1e-3, equal steps in lambda */
        VP("VP linear, equal steps in lambda", new VpSchedule(), LogSnrSpacing.UNIFORM, 1, 1e-3),
        /** EDM's sigma from 80 to 0.02, Karras's spacing */
        EDM_KARRAS("EDM, Karras's grid from 80 to 0.02", new EdmSchedule(), new KarrasSpacing(), 80, 0.02),
        /** the same, equal steps in ln sigma */
        EDM_EXPONENTIAL("EDM, exponential grid from 80 to 0.02", new EdmSchedule(), LogSnrSpacing.UNIFORM, 80, 0.02),
        /** the linear path from noise to data, equal steps in time */
        FLOW("linear path, equal steps in time", LinearPath.NOISE_AT_ZERO, PowerSpacing.UNIFORM, 0, 1);

        private final String about;
        private final NoiseSchedule schedule;
        private final Spacing spacing;
        private final double from;
        private final double to;

        Setting(String about, NoiseSchedule schedule, Spacing spacing, double from, double to) {
            this.about = about;
            this.schedule = schedule;
            this.spacing = spacing;
            this.from = from;
            this.to = to;
        }

        /** In words. */
        public String about() {
            return about;
        }
    }

    /**
     * A solver and the slope that its reference implementation was measured to have between 80 and 160 evaluations.
     *
     * @param setting where
     * @param label in the table
     * @param solver with its options
     * @param slope of the reference, or of the method where the row is marked EXACT
     */
    public record Row(Setting setting, String label, Solver solver, double slope) {}

    /**
     * A row's numbers.
     *
     * @param errors at {@link #EVALUATIONS}
     */
    public record Measured(Row row, double[] errors) {
        /** Order between the last two errors. */
        public double slope() {
            int n = errors.length;
            return Math.log(errors[n - 2] / errors[n - 1]) / Math.log(2);
        }
    }

    private SolverOrders() {}

    /** All rows. */
    public static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        addVp(rows);
        for (Setting setting : new Setting[] {Setting.EDM_KARRAS, Setting.EDM_EXPONENTIAL}) {
            boolean karras = setting == Setting.EDM_KARRAS;
            rows.add(new Row(setting, "Euler", new EdmEuler(), 0.99));
            rows.add(new Row(setting, "Heun", new EdmHeun(Churn.NONE), karras ? 2.03 : 2.04));
            rows.add(new Row(setting, "DPM-2", new EdmDpm2(), karras ? 2.03 : 2.02));
            rows.add(new Row(setting, "LMS-2", new LinearMultistep(2), karras ? 1.95 : 1.94));
            rows.add(new Row(setting, "LMS-3", new LinearMultistep(3), karras ? 2.89 : 2.87));
            rows.add(new Row(setting, "LMS-4", new LinearMultistep(4), karras ? 3.81 : 3.75));
            rows.add(new Row(
                    setting,
                    "DPM++ 2M",
                    new DpmMultistep(Prediction.X0, 2, Correction.MIDPOINT, Coefficients.EXACT, 0, false),
                    karras ? 2.03 : 2.00));
            rows.add(new Row(setting, "DPM++ 2S, eta 0", new DpmPp2sAncestral(0, 1), 1.97));
            rows.add(new Row(
                    setting,
                    "DPM++ 2M SDE heun, eta 0",
                    new DpmPp2mSde(0, 1, DpmPp2mSde.Weight.HEUN),
                    karras ? 2.04 : 2.01));
            rows.add(new Row(
                    setting,
                    "DPM++ 3M SDE, eta 0, published",
                    new DpmPp3mSde(0, 1, Coefficients.PUBLISHED),
                    karras ? 1.84 : 2.04));
        }
        rows.add(new Row(Setting.EDM_EXPONENTIAL, "DPM-fast", new DpmFast(0, 1), 3.66));
        rows.add(new Row(Setting.FLOW, "Euler", new Euler(), 0.99));
        rows.add(new Row(Setting.FLOW, "midpoint", new Midpoint(), 2.01));
        rows.add(new Row(Setting.FLOW, "Heun", new Heun(), 2.00));
        rows.add(new Row(Setting.FLOW, "Heun, order 3", new Heun3(), 2.99));
        rows.add(new Row(Setting.FLOW, "Runge-Kutta 3/8", new RungeKutta38(), 4.01));
        return rows;
    }

    private static void addVp(List<Row> rows) {
        rows.add(new Row(
                Setting.VP, "DPM-Solver-1 = DDIM", multistep(Prediction.EPS, 1, Correction.MIDPOINT, false), 0.99));
        rows.add(new Row(Setting.VP, "DPM-Solver-2 singlestep", single(Prediction.EPS, 2, Correction.MIDPOINT), 2.03));
        rows.add(new Row(Setting.VP, "DPM-Solver-3 singlestep", single(Prediction.EPS, 3, Correction.MIDPOINT), 3.39));
        rows.add(new Row(
                Setting.VP, "DPM-Solver-3 singlestep, taylor", single(Prediction.EPS, 3, Correction.TAYLOR), 3.45));
        rows.add(new Row(Setting.VP, "DPM-Solver 2M", multistep(Prediction.EPS, 2, Correction.MIDPOINT, false), 1.99));
        rows.add(new Row(
                Setting.VP, "DPM-Solver 3M, published", multistep(Prediction.EPS, 3, Correction.MIDPOINT, true), 2.01));
        rows.add(new Row(
                Setting.VP, "DPM-Solver 3M, EXACT", multistep(Prediction.EPS, 3, Correction.MIDPOINT, false), 3.32));
        rows.add(new Row(Setting.VP, "DPM-Solver++ 2S", single(Prediction.X0, 2, Correction.MIDPOINT), 1.97));
        rows.add(new Row(Setting.VP, "DPM-Solver++ 3S", single(Prediction.X0, 3, Correction.MIDPOINT), 3.16));
        rows.add(new Row(Setting.VP, "DPM-Solver++ 3S, taylor", single(Prediction.X0, 3, Correction.TAYLOR), 3.41));
        rows.add(new Row(Setting.VP, "DPM-Solver++ 2M", multistep(Prediction.X0, 2, Correction.MIDPOINT, false), 1.99));
        rows.add(new Row(
                Setting.VP, "DPM-Solver++ 2M, taylor", multistep(Prediction.X0, 2, Correction.TAYLOR, false), 2.02));
        rows.add(new Row(
                Setting.VP,
                "DPM-Solver++ 3M, published",
                multistep(Prediction.X0, 3, Correction.MIDPOINT, true),
                2.05));
        rows.add(new Row(
                Setting.VP, "DPM-Solver++ 3M, EXACT", multistep(Prediction.X0, 3, Correction.MIDPOINT, false), 3.19));
        rows.add(new Row(Setting.VP, "UniPC-2, bh1, x0", unipc(Prediction.X0, 2, UniPc.Variant.BH1), 3.04));
        rows.add(new Row(Setting.VP, "UniPC-2, bh2, x0", unipc(Prediction.X0, 2, UniPc.Variant.BH2), 2.99));
        rows.add(new Row(Setting.VP, "UniPC-3, bh2, x0", unipc(Prediction.X0, 3, UniPc.Variant.BH2), 3.43));
        rows.add(new Row(Setting.VP, "UniPC-3, bh1, eps", unipc(Prediction.EPS, 3, UniPc.Variant.BH1), 4.39));
        rows.add(new Row(Setting.VP, "UniPC-3, bh2, eps", unipc(Prediction.EPS, 3, UniPc.Variant.BH2), 4.39));
        rows.add(new Row(
                Setting.VP, "UniPC-3, vary_coeff, x0, published", unipc(Prediction.X0, 3, UniPc.Variant.VARY), 0.95));
        double[] slopes = {0.99, 2.04, 3.19, 0.90, 2.18, 3.45, 3.43};
        int[][] orders = {{1, 0}, {2, 0}, {3, 0}, {1, 1}, {2, 2}, {3, 3}, {3, 4}};
        for (int i = 0; i < orders.length; i++) {
            rows.add(new Row(
                    Setting.VP,
                    "SA-Solver, tau 0, P" + orders[i][0] + "C" + orders[i][1],
                    new SaSolver(
                            Prediction.X0, orders[i][0], orders[i][1], Tau.constant(0), SaSolver.Mode.FEW_STEPS, false),
                    slopes[i]));
        }
        rows.add(new Row(Setting.VP, "DEIS, ln rho, degree 1", new Deis(Deis.Variable.LOG_RHO, 1), 1.98));
        rows.add(new Row(Setting.VP, "DEIS, ln rho, degree 2", new Deis(Deis.Variable.LOG_RHO, 2), 3.32));
        rows.add(new Row(Setting.VP, "DEIS, ln rho, degree 3", new Deis(Deis.Variable.LOG_RHO, 3), 4.07));
    }

    private static Solver multistep(Prediction form, int order, Correction correction, boolean published) {
        return new DpmMultistep(
                form,
                order,
                correction,
                published ? Coefficients.PUBLISHED : Coefficients.EXACT,
                DpmMultistep.FEW_STEPS,
                false);
    }

    private static Solver single(Prediction form, int order, Correction correction) {
        return new DpmSinglestep(form, order, correction, false);
    }

    private static Solver unipc(Prediction form, int order, UniPc.Variant variant) {
        return new UniPc(form, order, variant, true, false);
    }

    /** The errors of all rows. */
    public static List<Measured> measure(List<Row> rows) {
        Device device = Devices.require("cpu");
        List<Measured> measured = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            try (Scope all = device.scope()) {
                Tensor noise = Noise.normal(device, DType.F64, new Rng(7), 0, 0, Shape.of(SAMPLES, DATA.dim()));
                Tensor start = scale(noise, setting.schedule.sigma(setting.from));
                double[] exact = new DormandPrince(1e-12, 1e-12)
                        .solve(field(setting, Prediction.V), setting.schedule, start, setting.from, setting.to)
                        .end()
                        .toDoubles();
                for (Row row : rows) {
                    if (row.setting() == setting) {
                        measured.add(measure(row, start, exact));
                    }
                }
            }
        }
        return measured;
    }

    private static Measured measure(Row row, Tensor start, double[] exact) {
        double[] errors = new double[EVALUATIONS.length];
        for (int i = 0; i < errors.length; i++) {
            StepPlan plan = row.solver().plan(grid(row, EVALUATIONS[i]));
            try (Scope scope = start.device().scope()) {
                double[] end = Sampler.run(plan, field(row.setting(), plan.field()), start)
                        .toDoubles();
                double sum = 0;
                for (int j = 0; j < end.length; j++) {
                    sum += (end[j] - exact[j]) * (end[j] - exact[j]);
                }
                errors[i] = Math.sqrt(sum / end.length);
            }
        }
        return new Measured(row, errors);
    }

    private static Field field(Setting setting, Prediction prediction) {
        return (x, point) -> switch (prediction) {
            case X0 -> DATA.x0(x, PathCoefficients.of(point));
            case EPS -> DATA.eps(x, PathCoefficients.of(point));
            case SCORE -> DATA.score(x, PathCoefficients.of(point));
            case V -> DATA.v(x, PathCoefficients.of(setting.schedule, point.t()));
        };
    }

    /** As many steps as the evaluations allow. */
    private static TimeGrid grid(Row row, int evaluations) {
        Setting at = row.setting();
        if (row.solver() instanceof DpmSinglestep singlestep) {
            return singlestep.logSnrGrid(at.schedule, evaluations, at.from, at.to);
        }
        if (row.solver() instanceof DpmFast) {
            return DpmFast.grid(at.schedule, evaluations, at.from, at.to);
        }
        int ofTen = row.solver().plan(spaced(at, 10)).evaluations();
        return spaced(at, Math.max(1, evaluations * 10 / ofTen));
    }

    private static TimeGrid spaced(Setting at, int steps) {
        return TimeGrid.spaced(at.schedule, at.spacing, steps, at.from, at.to, FinalPoint.LEAST);
    }
}
