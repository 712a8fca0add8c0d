package org.fewstep.golden;

import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.TimePairs;

/** Two logit-normal times in the two orders of sorting and replacing. */
final class TimeSamplersAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        Options params = run.params();
        LogitNormalTimes t = new LogitNormalTimes(params.number("P_mean_t"), params.number("P_std_t"));
        LogitNormalTimes r = new LogitNormalTimes(params.number("P_mean_r"), params.number("P_std_r"));
        Diagonal diagonal = new Diagonal.Ratio(params.number("ratio"));
        for (String version : run.expected().keys()) {
            LogitNormalPairs.Order order = switch (version) {
                case "v0" -> LogitNormalPairs.Order.SORT;
                case "v1" -> LogitNormalPairs.Order.CAP;
                default -> throw new AssertionError("unknown variant \"" + version + "\": expected v0 or v1");
            };
            TimePairs pairs = new LogitNormalPairs(t, r, order, diagonal)
                    .pairs(run.numbers("normal_t"), run.numbers("normal_r"), run.numbers("uniform"));
            run.expected().offer(version + "/t", pairs.t());
            run.expected().offer(version + "/r", pairs.r());
        }
    }
}
