package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.CriticLevels;
import org.fewstep.model.Discriminator;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.path.LogNormalTimes;
import org.jspecify.annotations.Nullable;

/**
 * A discriminator on the features of the frozen teacher, whose heads alone are trained. The teacher is a denoiser and knows no
 * clean data, so the discriminator sees data and samples with noise of a level that each pair draws.
 *
 * @param taps places in the teacher that are read, each once: of a residual-mlp and a dit blocks.0 and on, of a unet its blocks
 * @param width channels inside a head (default 128)
 * @param levelMean mean of ln sigma (default -1.2, at which denoisers are trained)
 * @param levelStd standard deviation of ln sigma, at least 0; 0 for one level (default 1.2)
 */
public record TeacherFeatures(List<String> taps, int width, double levelMean, double levelStd) {
    static Map<String, Object> defaults() {
        return Map.of(
                "width", 128, "level-mean", LogNormalTimes.PUBLISHED_MEAN, "level-std", LogNormalTimes.PUBLISHED_STD);
    }

    public TeacherFeatures {
        taps = new FeatureSettings(taps, width).taps();
        SettingsChecks.finite("level-mean", levelMean);
        SettingsChecks.notNegative("level-std", levelStd);
    }

    /** Law of sigma. */
    LogNormalTimes times() {
        return new LogNormalTimes(ScoreDistiller.LEVELS, levelMean, levelStd);
    }

    /** The levels of pairs. */
    CriticLevels levels() {
        return new CriticLevels(times());
    }

    /**
     * The discriminator on a teacher.
     *
     * @param key of these settings
     * @throws SettingsException for a teacher without weights, without features, or without one of the taps
     */
    Discriminator on(@Nullable Teacher teacher, Init init, String key) {
        FlowNetwork network = teacher == null ? null : teacher.network();
        if (network == null) {
            throw new SettingsException(
                    "teacher",
                    teacher == null ? "none" : Teacher.EXACT,
                    "a model file, since " + key + " reads the features of a network",
                    "train one with the method edm");
        }
        return new FeatureSettings(taps, width).on(network, init, key);
    }
}
