package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.path.BetaTable;
import org.fewstep.path.DiscreteSchedule;

/** A table of betas read as a schedule, cut as DPM-Solver cuts it. */
final class DiscreteScheduleAdapter extends ScheduleAdapter {
    private static final int SHOWN = 5;

    DiscreteScheduleAdapter() {
        super(DiscreteScheduleAdapter::schedule);
    }

    static DiscreteSchedule schedule(Options params) {
        return DiscreteSchedule.of(table(params), DiscreteSchedule.PUBLISHED_CUT);
    }

    private static BetaTable table(Options params) {
        int n = params.integer("N", 1000);
        String betas = params.choice("betas", "linear", "scaled_linear", "cosine");
        double cap = params.number("max_beta_cosine", BetaTable.MAX_BETA);
        if (betas.equals("cosine")) {
            params.requireNull("beta_start");
            params.requireNull("beta_end");
            return BetaTable.cosine(n, cap);
        }
        return betas.equals("linear")
                ? BetaTable.linear(n, params.number("beta_start", 1e-4), params.number("beta_end", 0.02))
                : BetaTable.scaledLinear(n, params.number("beta_start", 0.00085), params.number("beta_end", 0.012));
    }

    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        DiscreteSchedule schedule = schedule(run.params());
        offer(run, schedule);
        double[] logAlpha = schedule.logAlpha();
        run.expected().offer("total_N_after_cut", schedule.size());
        run.expected().offer("log_alpha_first5", Arrays.copyOf(logAlpha, SHOWN));
        run.expected().offer("log_alpha_last5", Arrays.copyOfRange(logAlpha, logAlpha.length - SHOWN, logAlpha.length));
    }
}
