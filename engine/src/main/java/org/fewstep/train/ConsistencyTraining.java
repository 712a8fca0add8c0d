package org.fewstep.train;

import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.KarrasPairs;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.ConsistencyTraining} as published in 2023: a Karras grid that grows, and targets of an average whose
 * rate rises with it.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param sigmaMin level at which the student is the identity, above 0, below the highest, 80 (default 0.002)
 * @param s0 first number of intervals, at least 1 (default 2)
 * @param s1 last number of intervals, at least s0 (default 150)
 * @param mu0 rate of the average at s0 intervals, in [0, 1); 0 for targets of the student itself (default 0.9)
 * @param distance l2, l1, huber or perceptual (default l2)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record ConsistencyTraining(
        double sigmaData, double sigmaMin, int s0, int s1, double mu0, Metric distance, double labelDrop)
        implements MethodSettings, Comparing {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "sigma-min",
                0.002,
                "s0",
                2,
                "s1",
                150,
                "mu0",
                0.9,
                "distance",
                Metric.L2,
                "label-drop",
                0.0);
    }

    public ConsistencyTraining {
        LevelChecks.range(sigmaData, sigmaMin);
        LevelChecks.scales(s0, s1);
        LevelChecks.rate("mu0", mu0);
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
    public @Nullable LongToDoubleFunction targetRate(long steps) {
        ScaleSchedule.Progressive scales = new ScaleSchedule.Progressive(s0, s1, steps);
        return mu0 == 0 ? null : step -> scales.mu(step, mu0);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        KarrasPairs pairs = new KarrasPairs(
                new KarrasGrid(sigmaMin, Parametrisation.HIGHEST, 7),
                new ScaleSchedule.Progressive(s0, s1, roles.steps()));
        return LevelLoss.training(
                new org.fewstep.loss.ConsistencyTraining(new org.fewstep.loss.ConsistencyTraining.Config(
                        pairs, distance.of(roles), new PairWeight.Uniform(), labelDrop, roles.classes())),
                parametrisation(),
                roles);
    }
}
