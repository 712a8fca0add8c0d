package org.fewstep.train;

import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.ConsistencyDistillation.Nets;
import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.KarrasPairs;
import org.fewstep.loss.Loss;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.loss.TeacherStep;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.ConsistencyDistillation} of the recipe's teacher, on a Karras grid.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param sigmaMin level at which the student is the identity, above 0, below the highest, 80 (default 0.002)
 * @param levels number of levels N, at least 2 (default 18)
 * @param mu rate of the average that targets are taken from, in [0, 1); 0 for the student itself (default 0.95)
 * @param solver step of the teacher's ODE: heun or euler (default heun)
 * @param distance l2, l1, huber or perceptual (default l2)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record ConsistencyDistillation(
        double sigmaData, double sigmaMin, int levels, double mu, TeacherStep solver, Metric distance, double labelDrop)
        implements MethodSettings, Comparing {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "sigma-min",
                0.002,
                "levels",
                18,
                "mu",
                0.95,
                "solver",
                TeacherStep.HEUN,
                "distance",
                Metric.L2,
                "label-drop",
                0.0);
    }

    public ConsistencyDistillation {
        LevelChecks.range(sigmaData, sigmaMin);
        SettingsChecks.within("levels", levels, 2, 1_000_000);
        LevelChecks.rate("mu", mu);
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.consistency(sigmaData, sigmaMin);
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public @Nullable LongToDoubleFunction targetRate(long steps) {
        return mu == 0 ? null : step -> mu;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        KarrasPairs pairs =
                new KarrasPairs(new KarrasGrid(sigmaMin, Parametrisation.HIGHEST, 7), new ScaleSchedule.Fixed(levels));
        PredictionNet teacher = roles.requireTeacher().denoiser();
        Parametrisation as = parametrisation();
        return StudentLoss.of(
                new org.fewstep.loss.ConsistencyDistillation(
                        solver,
                        new ConsistencyTraining.Config(
                                pairs, distance.of(roles), new PairWeight.Uniform(), labelDrop, roles.classes())),
                (student, dropping) ->
                        new Nets(as.around(student), LevelLoss.target(as, roles, student, dropping), teacher));
    }
}
