package org.fewstep.golden;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.path.BetaLaw;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GridPoint;
import org.fewstep.path.VpSchedule;
import org.fewstep.solver.AncestralSplit;
import org.fewstep.solver.BetaSpacing;
import org.fewstep.solver.FinalPoint;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.LogSnrSpacing;
import org.fewstep.solver.PolyexponentialSpacing;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Spacing;
import org.fewstep.solver.TimeGrid;

/** Grids of noise levels of k-diffusion and diffusers. */
final class NoiseLevelsAdapter implements Adapter {
    private static final Pattern BETA = Pattern.compile("beta_([0-9.]+)_([0-9.]+)");

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Options params = run.params();
        int n = params.integer("n");
        double min = params.number("sigma_min");
        double max = params.number("sigma_max");
        double rho = params.number("rho", 7);
        ExpectedArrays expected = run.expected();
        double[] karras = levels(new KarrasSpacing(rho), n, max, min);
        expected.offer("karras", karras);
        expected.offer("exponential", levels(LogSnrSpacing.UNIFORM, n, max, min));
        expected.offer("polyexponential_rho1", levels(new PolyexponentialSpacing(1), n, max, min));
        expected.offer(
                "polyexponential_rho",
                levels(new PolyexponentialSpacing(params.number("polyexponential_rho")), n, max, min));
        double betaMin = params.number("vp_beta_min", 0.1);
        VpSchedule vp = new VpSchedule(betaMin, betaMin + params.number("vp_beta_d", 19.9));
        expected.offer(
                "vp",
                levels(TimeGrid.spaced(
                        vp, PowerSpacing.UNIFORM, n, 1, params.number("vp_eps_s", 1e-3), FinalPoint.CLEAN)));
        offerAncestralSteps(expected, karras, n);
        for (String key : expected.keys()) {
            Matcher matcher = BETA.matcher(key);
            if (matcher.matches()) {
                BetaLaw law = new BetaLaw(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
                double[] all = levels(new BetaSpacing(law), n, max, min);
                expected.offer(key, Arrays.copyOf(all, n));
            }
        }
    }

    /** Rows (down, up) of the steps between levels above 0, for eta 0.5 and then for 1. */
    private static void offerAncestralSteps(ExpectedArrays expected, double[] levels, int n) {
        double[] rows = new double[4 * (n - 1)];
        for (int i = 0; i < 2 * (n - 1); i++) {
            int at = i % (n - 1);
            AncestralSplit split = AncestralSplit.of(levels[at], levels[at + 1], i < n - 1 ? 0.5 : 1);
            rows[2 * i] = split.down();
            rows[2 * i + 1] = split.up();
        }
        expected.offer("ancestral_step", rows, 2 * (n - 1), 2);
    }

    private static double[] levels(Spacing spacing, int n, double max, double min) {
        return levels(TimeGrid.spaced(new EdmSchedule(), spacing, n, max, min, FinalPoint.CLEAN));
    }

    private static double[] levels(TimeGrid grid) {
        return grid.points().stream().mapToDouble(GridPoint::rho).toArray();
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
