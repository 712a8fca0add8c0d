package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.GuidanceDistillation.Config;
import org.fewstep.loss.GuidanceDistillation.Nets;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PairWeight;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.Prediction;

/**
 * {@link org.fewstep.loss.GuidanceDistillation} of the recipe's teacher, a denoiser with classes and a null label: the student
 * takes the guidance scale as an input and needs one evaluation where the teacher needs two. Scales are 1 + w, 1 for none.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param wLeast least w, at least 0 (default 0)
 * @param wMost greatest w, at least the least (default 4)
 * @param timeMean mean of ln sigma (default -1.2)
 * @param timeStd standard deviation of ln sigma, above 0 (default 1.2)
 */
public record GuidanceDistillation(double sigmaData, double wLeast, double wMost, double timeMean, double timeStd)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "w-least",
                0.0,
                "w-most",
                4.0,
                "time-mean",
                LogNormalTimes.PUBLISHED_MEAN,
                "time-std",
                LogNormalTimes.PUBLISHED_STD);
    }

    public GuidanceDistillation {
        SettingsChecks.positive("sigma-data", sigmaData);
        LevelChecks.guidance(wLeast, wMost);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
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
    public boolean taught() {
        return true;
    }

    @Override
    public boolean drawsGuidance() {
        return true;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        EdmSchedule schedule = new EdmSchedule();
        PredictionNet teacher = roles.requireTeacher().denoiser();
        Config config = new Config(
                schedule,
                Prediction.X0,
                Prediction.X0,
                new LogNormalTimes(schedule, timeMean, timeStd),
                wLeast,
                wMost,
                new PairWeight.TruncatedSnr(),
                roles.classes());
        return StudentLoss.of(
                new org.fewstep.loss.GuidanceDistillation(config),
                (student, dropping) -> new Nets(parametrisation().around(student), teacher));
    }
}
