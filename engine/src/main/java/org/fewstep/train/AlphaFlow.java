package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.AlphaSchedule;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.AlphaFlow}, whose alpha falls from 1 to 0 within the run.
 *
 * @param fallFrom part of the run about which alpha begins to fall, 0 to 1 (default 0.5)
 * @param fallTo part of the run about which it is 0, from fall-from to 1 (default 0.8333)
 * @param c added to the squared error in the weight, above 0 (default 0.01)
 * @param clip greatest absolute value of a target, above 0; 4 in the largest published model (default absent)
 * @param diagonal which samples get r = t (default leading)
 * @param diagonalShare share of samples with r = t, 0 to 1 (default 0.5)
 * @param timeMean mean of the logit of t and r (default -0.4)
 * @param timeStd standard deviation of the logit, above 0 (default 1)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record AlphaFlow(
        double fallFrom,
        double fallTo,
        double c,
        @Nullable Double clip,
        DiagonalChoice diagonal,
        double diagonalShare,
        double timeMean,
        double timeStd,
        double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "fall-from",
                0.5,
                "fall-to",
                0.8333,
                "c",
                0.01,
                "diagonal",
                DiagonalChoice.LEADING,
                "diagonal-share",
                0.5,
                "time-mean",
                -0.4,
                "time-std",
                1.0,
                "label-drop",
                0.1);
    }

    public AlphaFlow {
        SettingsChecks.within("fall-from", fallFrom, 0.0, 1.0);
        SettingsChecks.within("fall-to", fallTo, fallFrom, 1.0);
        SettingsChecks.positive("c", c);
        if (clip != null) {
            SettingsChecks.positive("clip", clip);
        }
        SettingsChecks.within("diagonal-share", diagonalShare, 0.0, 1.0);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public Path path() {
        return LinearPath.NOISE_AT_ONE;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        long steps = roles.steps();
        return StudentLoss.of(new org.fewstep.loss.AlphaFlow(new org.fewstep.loss.AlphaFlow.Config(
                new LogitNormalPairs(timeMean, timeStd, diagonal.of(diagonalShare)),
                new AlphaSchedule(Math.round(fallFrom * steps), Math.round(fallTo * steps)),
                c,
                clip == null ? Double.POSITIVE_INFINITY : clip,
                roles.classes() == 0 ? 0 : labelDrop,
                roles.classes())));
    }
}
