package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.loss.SegmentConsistency;
import org.fewstep.loss.SegmentConsistency.Nets;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.Prediction;
import org.fewstep.sample.FewStepTimes;

/**
 * Multistep consistency model by {@link SegmentConsistency}, on the quarter circle, whose cosine schedule the paper has.
 *
 * <p>The number of the teacher's steps grows log-linearly over the run. Samples are made in as many DDIM steps as there are
 * segments; the network predicts the velocity.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param segments number of segments S and of the steps of a sample, 1 to 10000 (default 4)
 * @param distil whether the student learns from the recipe's teacher, not from data alone (default true)
 * @param teacherStepsFirst teacher's steps at the beginning, at least 1 (default 64)
 * @param teacherStepsLast teacher's steps at the end, at least those at the beginning (default 1280)
 * @param eta share of the variance lost to the teacher's mean that aDDIM makes up for, 0 to 1; of no effect without a teacher
 *     (default 0.75)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record MultistepConsistency(
        double sigmaData,
        int segments,
        boolean distil,
        int teacherStepsFirst,
        int teacherStepsLast,
        double eta,
        double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "segments",
                4,
                "distil",
                true,
                "teacher-steps-first",
                64,
                "teacher-steps-last",
                1280,
                "eta",
                0.75,
                "label-drop",
                0.0);
    }

    public MultistepConsistency {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.within("segments", segments, 1, 10_000);
        SettingsChecks.within("teacher-steps-first", teacherStepsFirst, 1, 1_000_000);
        SettingsChecks.within("teacher-steps-last", teacherStepsLast, teacherStepsFirst, 1_000_000);
        SettingsChecks.within("eta", eta, 0.0, 1.0);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.steps(Parametrisation.Form.TRIGFLOW, sigmaData);
    }

    @Override
    public boolean taught() {
        return distil;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        Parametrisation as = parametrisation();
        FewStepTimes times = FewStepTimes.of(as);
        PredictionNet teacher = distil ? roles.requireTeacher().x0(as.form()) : null;
        SegmentConsistency.Config config = new SegmentConsistency.Config(
                times.schedule(),
                Prediction.X0,
                times.from(),
                times.to(),
                segments,
                new ScaleSchedule.LogLinear(teacherStepsFirst, teacherStepsLast, roles.steps()),
                eta,
                labelDrop,
                roles.classes());
        return StudentLoss.of(
                new SegmentConsistency(config), (student, dropping) -> new Nets(as.around(student), teacher));
    }
}
