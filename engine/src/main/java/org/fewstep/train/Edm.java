package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.DenoisingScoreMatching;
import org.fewstep.loss.DenoisingWeight;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.Prediction;

/**
 * EDM's denoiser by {@link DenoisingScoreMatching}: what consistency models are distilled from.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param timeMean mean of ln sigma (default -1.2)
 * @param timeStd standard deviation of ln sigma, above 0 (default 1.2)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Edm(double sigmaData, double timeMean, double timeStd, double labelDrop) implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "time-mean",
                LogNormalTimes.PUBLISHED_MEAN,
                "time-std",
                LogNormalTimes.PUBLISHED_STD,
                "label-drop",
                0.1);
    }

    public Edm {
        SettingsChecks.positive("sigma-data", sigmaData);
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
        return Parametrisation.edm(sigmaData);
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        EdmSchedule schedule = new EdmSchedule();
        org.fewstep.loss.FlowMatching.Config config = new org.fewstep.loss.FlowMatching.Config(
                new LogNormalTimes(schedule, timeMean, timeStd), roles.classes() == 0 ? 0 : labelDrop, roles.classes());
        return StudentLoss.of(
                new DenoisingScoreMatching(schedule, Prediction.X0, new DenoisingWeight.Edm(sigmaData), config),
                (student, dropping) -> parametrisation().around(student));
    }
}
