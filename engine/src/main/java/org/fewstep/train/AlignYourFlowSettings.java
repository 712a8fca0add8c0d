package org.fewstep.train;

import java.util.HashMap;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.AlignYourFlow;
import org.fewstep.loss.GuidedTeacher;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.LinearPath;
import org.fewstep.path.LogitNormalTimes;
import org.fewstep.path.SpanPairs;
import org.fewstep.path.TimePairSampler;
import org.jspecify.annotations.Nullable;

/** What the two distillations of Align Your Flow share; the components are theirs. */
sealed interface AlignYourFlowSettings extends MethodSettings permits AyfEmd, AyfLmd {
    /** Noise at 1, as in the paper. */
    LinearPath PATH = LinearPath.NOISE_AT_ONE;

    /** The defaults with those of one method. */
    static Map<String, Object> defaults(Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(own);
        all.putAll(Map.of(
                "span-mean", -0.8, "span-std", 1.0, "guidance-least", 1.0, "guidance-most", 1.0, "label-drop", 0.1));
        return all;
    }

    static void check(
            double spanMean,
            double spanStd,
            double guidanceLeast,
            double guidanceMost,
            @Nullable String weak,
            double labelDrop) {
        SettingsChecks.finite("span-mean", spanMean);
        SettingsChecks.positive("span-std", spanStd);
        SettingsChecks.finite("guidance-least", guidanceLeast);
        if (!(guidanceMost >= guidanceLeast) || Double.isInfinite(guidanceMost)) {
            throw new SettingsException(
                    "guidance-most",
                    Double.toString(guidanceMost),
                    "a finite number from guidance-least, " + guidanceLeast,
                    "");
        }
        if (weak != null && guidanceLeast == 1 && guidanceMost == 1) {
            throw new SettingsException(
                    "weak",
                    weak + " without guidance",
                    "none, or guidance-most above 1",
                    "set guidance-most to 3, say");
        }
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    double spanMean();

    double spanStd();

    double guidanceLeast();

    double guidanceMost();

    @Nullable
    String weak();

    double labelDrop();

    @Override
    default LinearPath path() {
        return PATH;
    }

    @Override
    default int times() {
        return 2;
    }

    @Override
    default boolean taught() {
        return true;
    }

    @Override
    default @Nullable String weakTeacher() {
        return weak();
    }

    @Override
    default boolean drawsGuidance() {
        return guidanceMost() > guidanceLeast();
    }

    /** The law of start and end. */
    default TimePairSampler spans() {
        return new SpanPairs(new LogitNormalTimes(spanMean(), spanStd()));
    }

    /** Probability of a dropped label in a run. */
    default double drop(Roles roles) {
        return roles.classes() == 0 ? 0 : labelDrop();
    }

    /** The loss with the networks of a run. */
    static Loss<Network, ?> of(AlignYourFlow loss, GuidedTeacher teacher) {
        return StudentLoss.of(loss, (student, dropping) -> new AlignYourFlow.Nets(student, teacher));
    }

    /** The teacher, guided away from the weak one or from its own null label where there is guidance. */
    default GuidedTeacher guided(Roles roles) {
        VelocityNet teacher = roles.requireTeacher().velocity(PATH);
        if (guidanceLeast() == 1 && guidanceMost() == 1) {
            return GuidedTeacher.plain(teacher);
        }
        VelocityNet weak = roles.requireTeacher().weakVelocity(PATH);
        if (weak != null) {
            return new GuidedTeacher(teacher, weak);
        }
        if (roles.classes() == 0) {
            throw new SettingsException(
                    "method.guidance-most",
                    guidanceLeast() + " to " + guidanceMost() + " for data without classes",
                    "1 for both, or a weak teacher",
                    "guidance by the null label needs labels");
        }
        return GuidedTeacher.classifierFree(teacher, roles.classes());
    }
}
