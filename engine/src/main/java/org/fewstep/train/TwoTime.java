package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.TwoTimePrediction;
import org.fewstep.loss.TwoTimePrediction.Agreement;
import org.fewstep.model.LinearPathPrediction;
import org.fewstep.model.Network;
import org.fewstep.path.Path;
import org.fewstep.path.UniformTimes;

/**
 * {@link TwoTimePrediction}, a baseline that learns no flow map; {@link Psd} is its corrected form. The prediction of clean data
 * is x - t v of a network v, so that samples are made as those of a velocity.
 *
 * @param lambda weight of the agreement of the two predictions, at least 0 (default 1)
 * @param agreement symmetric, or towards-cleaner: the prediction at the cleaner time is a constant (default symmetric)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record TwoTime(double lambda, Agreement agreement, double labelDrop) implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of("lambda", 1.0, "agreement", Agreement.SYMMETRIC, "label-drop", 0.1);
    }

    public TwoTime {
        SettingsChecks.notNegative("lambda", lambda);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public Path path() {
        return TwoTimePrediction.PATH;
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return StudentLoss.of(
                new TwoTimePrediction(new TwoTimePrediction.Config(
                        UniformTimes.UNIT, lambda, agreement, roles.classes() == 0 ? 0 : labelDrop, roles.classes())),
                (student, dropping) -> new LinearPathPrediction(student));
    }
}
