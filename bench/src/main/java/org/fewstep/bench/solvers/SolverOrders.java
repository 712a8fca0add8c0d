package org.fewstep.bench.solvers;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.Coefficients;
import org.fewstep.solver.Correction;
import org.fewstep.solver.Deis;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.DpmMultistep;
import org.fewstep.solver.DpmSinglestep;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.LogSnrSpacing;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.SaSolver;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.Solver;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Tau;
import org.fewstep.solver.TimeGrid;
import org.fewstep.solver.UniPc;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Errors of the deterministic solvers on a smooth mixture, whose flow is known to 1e-11: root mean square over all numbers of
 * the end points, against evaluations of the field. F64, on the CPU.
 */
public final class SolverOrders {
    /** Evaluations of a row's errors. */
    public static final int[] EVALUATIONS = {5, 10, 20, 40, 80, 160};

    private static final int SAMPLES = 128;
    private static final double START = 1;
    private static final double END = 1e-3;
    private static final GaussianMixture DATA = new GaussianMixture(
            new double[] {0.5, 0.3, 0.2},
            new double[][] {{0.75, 0.25}, {-0.5, 0.6}, {-0.2, -0.65}},
            new double[] {0.8, 1.0, 0.6});

    /**
     * A solver and the slope that its reference implementation was measured to have between 80 and 160 evaluations.
     *
     * @param label in the table
     * @param solver on a grid of as many steps as evaluations
     * @param slope of the reference, or of the method where the row is marked EXACT
     */
    public record Row(String label, Solver solver, double slope) {}

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

    /** All rows on VP's linear schedule, with equal steps in lambda. */
    public static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("DPM-Solver-1 = DDIM", multistep(Prediction.EPS, 1, Correction.MIDPOINT, false), 0.99));
        rows.add(new Row("DPM-Solver-2 singlestep", single(Prediction.EPS, 2, Correction.MIDPOINT), 2.03));
        rows.add(new Row("DPM-Solver-3 singlestep", single(Prediction.EPS, 3, Correction.MIDPOINT), 3.39));
        rows.add(new Row("DPM-Solver-3 singlestep, taylor", single(Prediction.EPS, 3, Correction.TAYLOR), 3.45));
        rows.add(new Row("DPM-Solver 2M", multistep(Prediction.EPS, 2, Correction.MIDPOINT, false), 1.99));
        rows.add(new Row("DPM-Solver 3M, published", multistep(Prediction.EPS, 3, Correction.MIDPOINT, true), 2.01));
        rows.add(new Row("DPM-Solver 3M, EXACT", multistep(Prediction.EPS, 3, Correction.MIDPOINT, false), 3.32));
        rows.add(new Row("DPM-Solver++ 2S", single(Prediction.X0, 2, Correction.MIDPOINT), 1.97));
        rows.add(new Row("DPM-Solver++ 3S", single(Prediction.X0, 3, Correction.MIDPOINT), 3.16));
        rows.add(new Row("DPM-Solver++ 3S, taylor", single(Prediction.X0, 3, Correction.TAYLOR), 3.41));
        rows.add(new Row("DPM-Solver++ 2M", multistep(Prediction.X0, 2, Correction.MIDPOINT, false), 1.99));
        rows.add(new Row("DPM-Solver++ 2M, taylor", multistep(Prediction.X0, 2, Correction.TAYLOR, false), 2.02));
        rows.add(new Row("DPM-Solver++ 3M, published", multistep(Prediction.X0, 3, Correction.MIDPOINT, true), 2.05));
        rows.add(new Row("DPM-Solver++ 3M, EXACT", multistep(Prediction.X0, 3, Correction.MIDPOINT, false), 3.19));
        rows.add(new Row("UniPC-2, bh1, x0", unipc(Prediction.X0, 2, UniPc.Variant.BH1), 3.04));
        rows.add(new Row("UniPC-2, bh2, x0", unipc(Prediction.X0, 2, UniPc.Variant.BH2), 2.99));
        rows.add(new Row("UniPC-3, bh2, x0", unipc(Prediction.X0, 3, UniPc.Variant.BH2), 3.43));
        rows.add(new Row("UniPC-3, bh1, eps", unipc(Prediction.EPS, 3, UniPc.Variant.BH1), 4.39));
        rows.add(new Row("UniPC-3, bh2, eps", unipc(Prediction.EPS, 3, UniPc.Variant.BH2), 4.39));
        rows.add(new Row("UniPC-3, vary_coeff, x0, published", unipc(Prediction.X0, 3, UniPc.Variant.VARY), 0.95));
        double[] slopes = {0.99, 2.04, 3.19, 0.90, 2.18, 3.45, 3.43};
        int[][] orders = {{1, 0}, {2, 0}, {3, 0}, {1, 1}, {2, 2}, {3, 3}, {3, 4}};
        for (int i = 0; i < orders.length; i++) {
            rows.add(new Row(
                    "SA-Solver, tau 0, P" + orders[i][0] + "C" + orders[i][1],
                    new SaSolver(
                            Prediction.X0,
                            orders[i][0],
                            orders[i][1],
                            Tau.constant(0),
                            SaSolver.Mode.FEW_STEPS,
                            false),
                    slopes[i]));
        }
        rows.add(new Row("DEIS, ln rho, degree 1", new Deis(Deis.Variable.LOG_RHO, 1), 1.98));
        rows.add(new Row("DEIS, ln rho, degree 2", new Deis(Deis.Variable.LOG_RHO, 2), 3.32));
        rows.add(new Row("DEIS, ln rho, degree 3", new Deis(Deis.Variable.LOG_RHO, 3), 4.07));
        return rows;
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
        VpSchedule schedule = new VpSchedule();
        List<Measured> measured = new ArrayList<>();
        try (Scope all = device.scope()) {
            Tensor start = Noise.normal(device, DType.F64, new Rng(7), 0, 0, Shape.of(SAMPLES, DATA.dim()));
            double[] exact = new DormandPrince(1e-12, 1e-12)
                    .solve(
                            (x, point) -> DATA.v(x, PathCoefficients.of(schedule, point.t())),
                            schedule,
                            start,
                            START,
                            END)
                    .end()
                    .toDoubles();
            for (Row row : rows) {
                double[] errors = new double[EVALUATIONS.length];
                for (int i = 0; i < errors.length; i++) {
                    errors[i] = error(row.solver(), grid(row.solver(), schedule, EVALUATIONS[i]), start, exact);
                }
                measured.add(new Measured(row, errors));
            }
        }
        return measured;
    }

    private static TimeGrid grid(Solver solver, VpSchedule schedule, int evaluations) {
        return solver instanceof DpmSinglestep singlestep
                ? singlestep.logSnrGrid(schedule, evaluations, START, END)
                : TimeGrid.spaced(schedule, LogSnrSpacing.UNIFORM, evaluations, START, END, FinalPoint.LEAST);
    }

    private static double error(Solver solver, TimeGrid grid, Tensor start, double[] exact) {
        try (Scope scope = start.device().scope()) {
            StepPlan plan = solver.plan(grid);
            double[] end = Sampler.run(
                            plan,
                            (x, point) -> {
                                PathCoefficients at = PathCoefficients.of(point);
                                return plan.field() == Prediction.X0 ? DATA.x0(x, at) : DATA.eps(x, at);
                            },
                            start,
                            NoiseSource.NONE)
                    .toDoubles();
            double sum = 0;
            for (int i = 0; i < end.length; i++) {
                sum += (end[i] - exact[i]) * (end[i] - exact[i]);
            }
            return Math.sqrt(sum / end.length);
        }
    }
}
