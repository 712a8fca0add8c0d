package org.fewstep.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.Loss;
import org.fewstep.loss.RegularisedConsistency;
import org.fewstep.loss.ScoreDistillation;
import org.fewstep.loss.StudentSteps;
import org.fewstep.loss.Surrogate;
import org.fewstep.loss.TrigFlowConsistency.WarmUp;
import org.fewstep.model.Init;
import org.fewstep.model.LogVarianceHead;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.VelocityNet;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.Prediction;
import org.jspecify.annotations.Nullable;

/**
 * {@link RegularisedConsistency}: continuous-time consistency distillation, which covers the data, with distribution matching on the
 * student's own samples, which makes them sharp.
 *
 * <p>The student and its first term are those of {@link Scd}. What could not be checked: the published weight, its law of noise
 * levels and the number of updates of the fake score network; those here are DMD2's. The samples of the regulariser are made by the
 * student's sampler at {@code levels}.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param form coordinates of the network: trigflow, or sigma to start from the teacher (default trigflow)
 * @param timeMean mean of ln sigma (default -1)
 * @param timeStd standard deviation of ln sigma, above 0 (default 1.4)
 * @param tangent derivative of the velocity along the flow: forward, semi-continuous or discrete (default forward)
 * @param difference step of the tangents with differences: a time, 1e-6 to 0.1 (default 1e-3)
 * @param warmUp what comes in with the warm-up: whole or state (default whole)
 * @param warmUpSteps steps over which the tangent's unstable part comes in, at least 1 (default 10000)
 * @param bound how the tangent is made small: normalised or clipped to [-1, 1] (default normalised)
 * @param c of the tangent's normalisation, above 0 (default 0.1)
 * @param noiseWeight whether a sample counts with 1 / sigma, else all noises alike (default true)
 * @param adaptive whether a further weight e^-logvar(t) is learned with the student (default false)
 * @param labelDrop probability of a dropped label in the first term (default 0)
 * @param weight lambda of distribution matching, at least 0; 0 leaves scd (default 0.01, unchecked)
 * @param levels at which the student makes samples for it, falling, each above 0; one for one step (default [80])
 * @param table noise levels at which they are judged
 * @param ratio updates of the fake score network a step, at least 1 (default 5)
 * @param fake optimizer of the fake score network
 * @paper Zheng et al.: Large Scale Diffusion Distillation via Score-Regularized Continuous-Time Consistency, 2025,
 *     arXiv:2510.08431
 */
public record Rcm(
        double sigmaData,
        Parametrisation.Form form,
        double timeMean,
        double timeStd,
        Tangent tangent,
        double difference,
        WarmUp warmUp,
        long warmUpSteps,
        TangentBound bound,
        double c,
        boolean noiseWeight,
        boolean adaptive,
        double labelDrop,
        double weight,
        List<Double> levels,
        LevelTable table,
        int ratio,
        OptimizerSettings fake)
        implements MethodSettings, TrigFlowSettings {
    static Map<String, Object> defaults() {
        Map<String, Object> all = new HashMap<>(TrigFlowSettings.defaults());
        all.put("weight", 0.01);
        all.put("levels", List.of(80.0));
        all.put("table", LevelTable.DEFAULT);
        all.put("ratio", 5);
        all.put("fake", OptimizerSettings.DEFAULT);
        return all;
    }

    public Rcm {
        Scd.check(sigmaData, timeMean, timeStd, tangent, difference, warmUpSteps, c, labelDrop);
        SettingsChecks.notNegative("weight", weight);
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.within("ratio", ratio, 1, 1000);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return consistency();
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public @Nullable LogVarianceHead logVariance(Init init) {
        return adaptive ? new LogVarianceHead(init, sigmaData) : null;
    }

    private StudentSteps steps() {
        NoiseSchedule schedule = parametrisation().schedule();
        return new StudentSteps(
                schedule,
                levels.stream().map(level -> schedule.timeAtSnr(1 / level)).toList());
    }

    private FakeOpponent fakeScore() {
        return new FakeOpponent(
                parametrisation(), steps(), ratio, fake, table.all(ScoreDistiller.LEVELS), false, null, null, 1);
    }

    @Override
    public List<Opponent<?>> opponents() {
        return List.of(fakeScore());
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        ScoreDistillation matching = new ScoreDistillation(new ScoreDistillation.Config(
                ScoreDistiller.LEVELS,
                Prediction.X0,
                Prediction.X0,
                steps(),
                table.middle(ScoreDistiller.LEVELS),
                new GradientTerm(org.fewstep.loss.Dmd.published(), Surrogate.MEAN_SQUARE),
                null,
                null,
                roles.classes()));
        VelocityNet flow = roles.requireTeacher().trigFlow();
        PredictionNet teacher = roles.requireTeacher().denoiser();
        PredictionNet judge = fakeScore().denoiser(roles);
        Parametrisation as = parametrisation();
        return StudentLoss.of(
                new RegularisedConsistency(objective(roles), matching, weight),
                (student, dropping) -> new RegularisedConsistency.Nets(
                        nets(student, flow, roles),
                        new ScoreDistillation.Nets(as.around(student), teacher, judge, null)));
    }
}
