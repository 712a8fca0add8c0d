package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.Distance;
import org.fewstep.loss.Loss;
import org.fewstep.loss.RatioPairs;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.jspecify.annotations.Nullable;

/**
 * Easy consistency tuning: {@link ConsistencyTraining} on {@link RatioPairs}, from a denoiser on (the recipe's teacher, a file)
 * or from fresh weights.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param q by which each stage divides the distance of a pair, above 1 (default 2)
 * @param stages number of stages of equal length, at least 1 (default 8)
 * @param k slope of the mapping, at least 0 (default 8)
 * @param timeMean mean of ln sigma (default -1.1)
 * @param timeStd standard deviation of ln sigma, above 0 (default 2)
 * @param c of the pseudo-Huber distance, at least 0; 0 for the norm (default 0)
 * @param distance l2, l1, huber or perceptual in its place; absent for that of c
 * @param weight of a pair: inverse-span; inverse-root-span and inverse-out, FastGen's, count pairs of high noise more: with
 *     inverse-span and c = 0 a pair pulls at the network with c_out(t) / (t - r), which falls with the noise, with inverse-out all pull
 *     alike (default inverse-span)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Ect(
        double sigmaData,
        double q,
        int stages,
        double k,
        double timeMean,
        double timeStd,
        double c,
        @Nullable Metric distance,
        PairWeighting weight,
        double labelDrop)
        implements MethodSettings, Comparing {
    /** Greatest ratio r / t; FastGen's. */
    private static final double MOST = 0.999;

    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "q",
                2.0,
                "stages",
                8,
                "k",
                8.0,
                "time-mean",
                -1.1,
                "time-std",
                2.0,
                "c",
                0.0,
                "weight",
                PairWeighting.INVERSE_SPAN,
                "label-drop",
                0.0);
    }

    public Ect {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.finite("q", q);
        if (q <= 1) {
            throw new SettingsException("q", Double.toString(q), "above 1", "");
        }
        SettingsChecks.within("stages", stages, 1, 1000);
        SettingsChecks.notNegative("k", k);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.notNegative("c", c);
        if (distance != null && c != 0) {
            throw new SettingsException("distance", distance.toString(), "none beside c", "leave out one");
        }
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.consistency(sigmaData, 0);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        long each = Math.max(1, (roles.steps() + stages - 1) / stages);
        RatioPairs pairs = new RatioPairs(
                new LogNormalTimes(new EdmSchedule(), timeMean, timeStd),
                new RatioPairs.Stages(q, each, MOST),
                k,
                1,
                0);
        return LevelLoss.training(
                new ConsistencyTraining(new ConsistencyTraining.Config(
                        pairs,
                        distance == null ? Distance.huberOrNorm(c) : distance.of(roles),
                        weight.of(sigmaData),
                        labelDrop,
                        roles.classes())),
                parametrisation(),
                roles);
    }
}
