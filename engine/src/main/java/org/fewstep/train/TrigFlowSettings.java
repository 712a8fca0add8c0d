package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.TrigFlowConsistency;
import org.fewstep.loss.TrigFlowConsistency.LogVariance;
import org.fewstep.loss.TrigFlowConsistency.WarmUp;
import org.fewstep.model.LogVarianceHead;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.TrigFlowSchedule;
import org.jspecify.annotations.Nullable;

/** What sCT and sCD share; the components are theirs. */
interface TrigFlowSettings {
    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("sigma-data", 0.5),
                Map.entry("form", Parametrisation.Form.TRIGFLOW),
                Map.entry("time-mean", -1.0),
                Map.entry("time-std", 1.4),
                Map.entry("tangent", Tangent.FORWARD),
                Map.entry("difference", 1e-3),
                Map.entry("warm-up", WarmUp.WHOLE),
                Map.entry("warm-up-steps", 10_000L),
                Map.entry("bound", TangentBound.NORMALISED),
                Map.entry("c", 0.1),
                Map.entry("noise-weight", true),
                Map.entry("adaptive", false),
                Map.entry("label-drop", 0.0));
    }

    static void check(
            double sigmaData,
            double timeMean,
            double timeStd,
            double difference,
            long warmUpSteps,
            double c,
            double labelDrop) {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.within("difference", difference, 1e-6, 0.1);
        SettingsChecks.atLeast("warm-up-steps", warmUpSteps, 1);
        SettingsChecks.positive("c", c);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    double sigmaData();

    Parametrisation.Form form();

    double timeMean();

    double timeStd();

    Tangent tangent();

    double difference();

    WarmUp warmUp();

    long warmUpSteps();

    TangentBound bound();

    double c();

    boolean noiseWeight();

    boolean adaptive();

    double labelDrop();

    /** Consistency functions in the coordinates of the settings. */
    default Parametrisation consistency() {
        return new Parametrisation(form(), Parametrisation.Role.CONSISTENCY, sigmaData(), 0);
    }

    private TrigFlowConsistency.Config config(int classes) {
        LogNormalTimes law = new LogNormalTimes(new TrigFlowSchedule(sigmaData()), timeMean(), timeStd());
        return new TrigFlowConsistency.Config(
                sigmaData(),
                tangent().within(law, difference()),
                tangent().derivative(difference()),
                warmUp(),
                warmUpSteps(),
                bound().of(c()),
                noiseWeight(),
                TrigFlowConsistency.Reduction.MEAN,
                labelDrop(),
                classes);
    }

    /** The loss without its networks. */
    default TrigFlowConsistency objective(Roles roles) {
        return new TrigFlowConsistency(config(roles.classes()));
    }

    /**
     * The networks of the loss.
     *
     * @param teacher flow that is distilled; null trains on data alone
     */
    default TrigFlowConsistency.Nets nets(VelocityNet student, @Nullable VelocityNet teacher, Roles roles) {
        LogVarianceHead head = roles.logVariance(LogVarianceHead.class);
        LogVariance logvar = head == null ? null : head::of;
        return new TrigFlowConsistency.Nets(consistency().trigFlow(student), teacher, logvar);
    }

    /**
     * The loss of a run.
     *
     * @param teacher flow that is distilled; null trains on data alone
     */
    default Loss<Network, ?> loss(Roles roles, @Nullable VelocityNet teacher) {
        return StudentLoss.of(objective(roles), (student, dropping) -> nets(student, teacher, roles));
    }
}
