package org.fewstep.golden;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.path.GridPoint;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.FastOrders;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.LogSnrSpacing;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Spacing;
import org.fewstep.solver.TimeGrid;

/** Time grids of DPM-Solver and SA-Solver on the linear VP schedule. */
final class TimeGridsAdapter implements Adapter {
    private static final Pattern SA = Pattern.compile("sa_(time|logSNR)_order([0-9.]+)");

    private static final Pattern FAST = Pattern.compile("dpm_fast_orders_o(\\d)_steps(\\d+)");

    /** SA-Solver's Karras grid stays within these noise levels. */
    private static final double SA_KARRAS_LEAST = 0.002;

    private static final double SA_KARRAS_GREATEST = 80;

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Options params = run.params();
        int n = params.integer("n");
        VpSchedule vp = new VpSchedule(params.number("beta_0", 0.1), params.number("beta_1", 20));
        double from = params.number("t_T", 1);
        double to = params.number("t_0", 1e-3);
        ExpectedArrays expected = run.expected();
        expected.offer("dpm_time_uniform", times(vp, PowerSpacing.UNIFORM, n, from, to));
        expected.offer("dpm_time_quadratic", times(vp, PowerSpacing.QUADRATIC, n, from, to));
        expected.offer("dpm_logSNR", times(vp, LogSnrSpacing.UNIFORM, n, from, to));
        double first = vp.timeAtSnr(1 / Math.min(SA_KARRAS_GREATEST, vp.at(from).rho()));
        double last = vp.timeAtSnr(1
                / Math.max(
                        SA_KARRAS_LEAST,
                        vp.at(params.number("sa_karras_t_0", 1e-3)).rho()));
        expected.offer("sa_karras", times(vp, new KarrasSpacing(), n, first, last));
        for (String key : expected.keys()) {
            Matcher sa = SA.matcher(key);
            if (sa.matches()) {
                double order = Double.parseDouble(sa.group(2));
                Spacing spacing = sa.group(1).equals("time") ? new PowerSpacing(order) : new LogSnrSpacing(order);
                expected.offer(key, times(vp, spacing, n, from, to));
            }
            Matcher fast = FAST.matcher(key);
            if (fast.matches()) {
                int order = Integer.parseInt(fast.group(1));
                expected.offer(
                        key,
                        FastOrders.of(order, Integer.parseInt(fast.group(2))).stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
            }
        }
    }

    private static double[] times(VpSchedule vp, Spacing spacing, int n, double from, double to) {
        TimeGrid grid = TimeGrid.spaced(vp, spacing, n, from, to, FinalPoint.LEAST);
        return grid.points().stream().mapToDouble(GridPoint::t).toArray();
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
