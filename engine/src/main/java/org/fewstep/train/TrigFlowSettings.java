package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.TrigFlowConsistency;
import org.fewstep.loss.TrigFlowDerivative;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.TrigFlowSchedule;
import org.fewstep.path.TruncatedTimes;
import org.jspecify.annotations.Nullable;

/** What sCT and sCD share; the components are theirs. */
record TrigFlowSettings(
        double sigmaData,
        Parametrisation.Form form,
        double timeMean,
        double timeStd,
        long warmUpSteps,
        double c,
        boolean noiseWeight,
        double labelDrop) {
    /** Least distance of times from the ends of (0, pi/2), where a weight is infinite; FastGen's. */
    private static final double MARGIN = 1e-4;

    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "form",
                Parametrisation.Form.TRIGFLOW,
                "time-mean",
                -1.0,
                "time-std",
                1.4,
                "warm-up-steps",
                10_000L,
                "c",
                0.1,
                "noise-weight",
                true,
                "label-drop",
                0.0);
    }

    static void check(double sigmaData, double timeMean, double timeStd, long warmUpSteps, double c, double labelDrop) {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.atLeast("warm-up-steps", warmUpSteps, 1);
        SettingsChecks.positive("c", c);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    Parametrisation parametrisation() {
        return new Parametrisation(form, Parametrisation.Role.CONSISTENCY, sigmaData, 0);
    }

    Loss<Network, ?> loss(int classes, @Nullable VelocityNet teacher) {
        LogNormalTimes law = new LogNormalTimes(new TrigFlowSchedule(sigmaData), timeMean, timeStd);
        TrigFlowConsistency loss = new TrigFlowConsistency(new TrigFlowConsistency.Config(
                sigmaData,
                new TruncatedTimes(law, MARGIN, Math.PI / 2 - MARGIN),
                new TrigFlowDerivative.ForwardMode(),
                warmUpSteps,
                new TrigFlowConsistency.Bound.Normalised(c, false),
                noiseWeight,
                TrigFlowConsistency.Reduction.MEAN,
                labelDrop,
                classes));
        Parametrisation as = parametrisation();
        return StudentLoss.of(
                loss, (student, dropping) -> new TrigFlowConsistency.Nets(as.trigFlow(student), teacher, null));
    }
}
