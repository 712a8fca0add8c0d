package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.LognormalKarrasPairs;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;

/**
 * Improved consistency training: {@link org.fewstep.loss.ConsistencyTraining} on a grid that doubles, with lognormal pairs,
 * weight 1 / (t - r) and the student's own targets.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param sigmaMin level at which the student is the identity, above 0, below the highest, 80 (default 0.002)
 * @param s0 first number of intervals, at least 1 (default 10)
 * @param s1 last number of intervals, at least s0 (default 1280)
 * @param timeMean mean of ln sigma (default -1.1)
 * @param timeStd standard deviation of ln sigma, above 0 (default 2)
 * @param distance l2, l1, huber or perceptual (default huber)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Ict(
        double sigmaData,
        double sigmaMin,
        int s0,
        int s1,
        double timeMean,
        double timeStd,
        Metric distance,
        double labelDrop)
        implements MethodSettings, Comparing {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "sigma-min",
                0.002,
                "s0",
                10,
                "s1",
                1280,
                "time-mean",
                -1.1,
                "time-std",
                2.0,
                "distance",
                Metric.HUBER,
                "label-drop",
                0.0);
    }

    public Ict {
        LevelChecks.range(sigmaData, sigmaMin);
        LevelChecks.scales(s0, s1);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.consistency(sigmaData, sigmaMin);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        LognormalKarrasPairs pairs = new LognormalKarrasPairs(
                new KarrasGrid(sigmaMin, Parametrisation.HIGHEST, 7),
                new ScaleSchedule.Doubling(s0, s1, roles.steps()),
                timeMean,
                timeStd);
        return LevelLoss.training(
                new org.fewstep.loss.ConsistencyTraining(new org.fewstep.loss.ConsistencyTraining.Config(
                        pairs, distance.of(roles), new PairWeight.InverseSpan(), labelDrop, roles.classes())),
                parametrisation(),
                roles);
    }
}
