package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.GuidedTeacher;
import org.fewstep.loss.Loss;
import org.fewstep.loss.SplitMeanFlow.Nets;
import org.fewstep.model.Network;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.SplitMeanFlow}, of the recipe's teacher or of data alone.
 *
 * @param distil whether the teacher's velocity stands where r = t, else the sample's (default false)
 * @param guidance scale of the teacher's classifier-free guidance, 1 is none (default 1)
 * @param diagonal which samples get r = t (default random)
 * @param diagonalShare share of samples with r = t, 0 to 1 (default 0.5)
 * @param timeMean mean of the logit of t and r (default -0.4)
 * @param timeStd standard deviation of the logit, above 0 (default 1)
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record SplitMeanFlow(
        boolean distil,
        double guidance,
        DiagonalChoice diagonal,
        double diagonalShare,
        double timeMean,
        double timeStd,
        double labelDrop)
        implements MethodSettings {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ONE;

    static Map<String, Object> defaults() {
        return Map.of(
                "distil",
                false,
                "guidance",
                1.0,
                "diagonal",
                DiagonalChoice.RANDOM,
                "diagonal-share",
                0.5,
                "time-mean",
                -0.4,
                "time-std",
                1.0,
                "label-drop",
                0.1);
    }

    public SplitMeanFlow {
        SettingsChecks.finite("guidance", guidance);
        if (guidance != 1 && !distil) {
            throw new SettingsException(
                    "guidance", Double.toString(guidance), "1, since there is no teacher to guide", "or set distil");
        }
        SettingsChecks.within("diagonal-share", diagonalShare, 0.0, 1.0);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public Path path() {
        return PATH;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public boolean taught() {
        return distil;
    }

    private @Nullable GuidedTeacher teacher(Roles roles) {
        if (!distil) {
            return null;
        }
        VelocityNet velocity = roles.requireTeacher().velocity(PATH);
        if (guidance != 1 && roles.classes() == 0) {
            throw new SettingsException(
                    "method.guidance", guidance + " for data without classes", "1", "guidance needs labels");
        }
        return guidance == 1 ? GuidedTeacher.plain(velocity) : GuidedTeacher.classifierFree(velocity, roles.classes());
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        GuidedTeacher teacher = teacher(roles);
        return StudentLoss.of(
                new org.fewstep.loss.SplitMeanFlow(new org.fewstep.loss.SplitMeanFlow.Config(
                        new LogitNormalPairs(timeMean, timeStd, diagonal.of(diagonalShare)),
                        guidance,
                        roles.classes() == 0 ? 0 : labelDrop,
                        roles.classes())),
                (student, dropping) -> new Nets(student, teacher));
    }
}
