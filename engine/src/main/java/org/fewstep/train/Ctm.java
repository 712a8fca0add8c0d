package org.fewstep.train;

import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.ConsistencyTrajectory;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.Loss;
import org.fewstep.loss.TrajectoryDenoising;
import org.fewstep.loss.TrajectoryDistillation;
import org.fewstep.loss.TrajectoryDistillation.Nets;
import org.fewstep.loss.TrajectoryDistillation.Weighting;
import org.fewstep.model.CriticNet;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.TimeSampler;
import org.jspecify.annotations.Nullable;

/**
 * {@link TrajectoryDistillation} of the recipe's teacher: a map between any two noise levels, with EDM's inner scaling.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param sigmaMin least level, above 0, below the highest, 80 (default 0.002)
 * @param outer factor of the state: euler, s / t, or variance, the ratio of the standard deviations (default euler)
 * @param levels number of levels of the Karras grid, at least 3 (default 18)
 * @param mu rate of the average that both ends are compared by, in [0, 1) (default 0.999)
 * @param distance l2, l1, huber or perceptual, which is the paper's (default l2)
 * @param denoising factor of the denoising term, at least 0; 0 for none (default 1)
 * @param weighting further factor of the terms: adaptive, by gradient norms at the last layer, or fixed, 1 (default adaptive)
 * @param timeMean mean of ln sigma in half of the denoising term's samples; the others are uniform on Karras's scale
 *     (default -1.2)
 * @param timeStd standard deviation of the same, above 0 (default 1.2)
 * @param adversarial discriminator and adversarial term on estimates of clean data; absent for none
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Ctm(
        double sigmaData,
        double sigmaMin,
        CtmScaling.Outer outer,
        int levels,
        double mu,
        Metric distance,
        double denoising,
        Weighting weighting,
        double timeMean,
        double timeStd,
        @Nullable AdversarialSettings adversarial,
        double labelDrop)
        implements MethodSettings, Comparing {
    static Map<String, Object> defaults() {
        return Map.ofEntries(
                Map.entry("sigma-data", 0.5),
                Map.entry("sigma-min", 0.002),
                Map.entry("outer", CtmScaling.Outer.EULER),
                Map.entry("levels", 18),
                Map.entry("mu", 0.999),
                Map.entry("distance", Metric.L2),
                Map.entry("denoising", 1.0),
                Map.entry("weighting", Weighting.ADAPTIVE),
                Map.entry("time-mean", -1.2),
                Map.entry("time-std", 1.2),
                Map.entry("label-drop", 0.0));
    }

    public Ctm {
        LevelChecks.range(sigmaData, sigmaMin);
        SettingsChecks.within("levels", levels, 3, 1_000_000);
        LevelChecks.rate("mu", mu);
        SettingsChecks.notNegative("denoising", denoising);
        SettingsChecks.finite("time-mean", timeMean);
        SettingsChecks.positive("time-std", timeStd);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.trajectory(sigmaData, sigmaMin, outer);
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public LongToDoubleFunction targetRate(long steps) {
        return step -> mu;
    }

    private KarrasGrid grid() {
        return new KarrasGrid(sigmaMin, Parametrisation.HIGHEST, 7);
    }

    private ConsistencyTrajectory trajectory(Roles roles) {
        return new ConsistencyTrajectory(new ConsistencyTrajectory.Config(
                parametrisation().trajectories(), grid(), levels, distance.of(roles), labelDrop, roles.classes()));
    }

    /** Half of the levels lognormal, half uniform on Karras's scale. */
    private TimeSampler denoisingTimes() {
        TimeSampler lognormal = new LogNormalTimes(new EdmSchedule(), timeMean, timeStd);
        KarrasGrid grid = grid();
        return (rng, step, count) -> {
            double[] t = lognormal.sample(rng.stream("lognormal"), step, count);
            double[] u = rng.stream("karras").uniform(0, count, step);
            for (int i = count / 2; i < count; i++) {
                t[i] = grid.level(u[i]);
            }
            return t;
        };
    }

    private static FlowNetwork average(Roles roles) {
        FlowNetwork average = roles.target();
        if (average == null) {
            throw new IllegalStateException("ctm: got no average of the student; expected one, the method keeps it");
        }
        return average;
    }

    @Override
    public List<Opponent<?>> opponents() {
        if (adversarial == null) {
            return List.of();
        }
        return List.of(new CriticOpponent(
                adversarial, sigmaData, roles -> trajectory(roles).estimates(roles.requireStudent(), average(roles))));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        TrajectoryDenoising term =
                new TrajectoryDenoising(parametrisation().trajectories(), denoisingTimes(), labelDrop, roles.classes());
        TrajectoryDistillation loss = new TrajectoryDistillation(new TrajectoryDistillation.Config(
                trajectory(roles), term, denoising, CriticOpponent.term(adversarial), weighting));
        PredictionNet teacher = roles.requireTeacher().denoiser();
        CriticNet critic = CriticOpponent.of(roles, adversarial, sigmaData);
        FlowNetwork average = average(roles);
        FlowNetwork network = roles.requireStudent();
        return StudentLoss.of(
                loss,
                (student, dropping) -> new Nets(student, dropping.of(average), teacher, critic, network.lastLayer()));
    }
}
