package org.fewstep.golden;

import org.fewstep.path.EdmSchedule;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.solver.Coefficients;
import org.fewstep.solver.ErSde;
import org.fewstep.solver.TimeGrid;

/** ER-SDE solvers on given levels. */
final class ErSdeAdapter implements Adapter {
    /** Given alphas and sigmas at the times 0, 1, ... */
    private record Tabulated(double[] alphas, double[] sigmas) implements NoiseSchedule {
        @Override
        public String name() {
            return "tabulated";
        }

        @Override
        public double alpha(double t) {
            return alphas[(int) t];
        }

        @Override
        public double sigma(double t) {
            return sigmas[(int) t];
        }

        @Override
        public double dAlpha(double t) {
            throw new AssertionError("no derivatives");
        }

        @Override
        public double dSigma(double t) {
            throw new AssertionError("no derivatives");
        }

        @Override
        public double timeAtSnr(double snr) {
            throw new AssertionError("no times between");
        }
    }

    @Override
    public void run(GoldenRun run) {
        ErSde solver = new ErSde(run.params().integer("order"), scale(run), Coefficients.PUBLISHED);
        TimeGrid grid = grid(run);
        new PlannedRun(run, solver.plan(grid), grid.schedule(), run.tensor("x_T"), 1).offer(Tolerance.VALUE);
    }

    private static ErSde.NoiseScale scale(GoldenRun run) {
        int type = new OptionalParams(run).integer("func_type", 7);
        return switch (type) {
            case 1 -> ErSde.NoiseScale.ODE;
            case 2 -> ErSde.NoiseScale.SDE;
            case 4 -> ErSde.NoiseScale.POWER_1_5;
            case 5 -> ErSde.NoiseScale.POWER_2_5;
            case 6 -> ErSde.NoiseScale.LOGARITHMIC;
            case 7 -> ErSde.NoiseScale.EXPONENTIAL;
            default -> throw run.params().fail("func_type", "" + type, "1, 2, 4, 5, 6 or 7");
        };
    }

    private static TimeGrid grid(GoldenRun run) {
        double[] sigmas = run.numbers("sigmas");
        if (run.params().choice("sde_type", "ve", "vp").equals("ve")) {
            return TimeGrid.of(new EdmSchedule(), sigmas);
        }
        double[] t = new double[sigmas.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = i;
        }
        return TimeGrid.of(new Tabulated(run.numbers("alphas"), sigmas), t);
    }
}
