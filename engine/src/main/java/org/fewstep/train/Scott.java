package org.fewstep.train;

import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.KarrasPairs;
import org.fewstep.loss.Loss;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.loss.StochasticConsistency;
import org.fewstep.loss.StochasticConsistency.Nets;
import org.fewstep.loss.StochasticConsistency.NoiseScale;
import org.fewstep.model.CriticNet;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.solver.ErSde;
import org.jspecify.annotations.Nullable;

/**
 * {@link StochasticConsistency} distillation of the recipe's teacher, by steps of an SDE between neighbouring levels of a
 * Karras grid.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param sigmaMin level at which the student is the identity, above 0, below the highest, 80 (default 0.002)
 * @param levels number of levels N, at least 2 (default 18)
 * @param mu rate of the average that targets are taken from, in [0, 1); 0 for the student itself (default 0.95)
 * @param eta noise of the teacher's steps, 0 to 2: 0 is the ODE, 1 the reverse SDE (default 0.3 without noise-scale)
 * @param noiseScale noise of an extended reverse-time SDE solver in its place; absent for none
 * @param solverSteps steps of the teacher a pair, at least 1 (default 3)
 * @param distance l2, l1, huber or perceptual (default l2)
 * @param adversarial discriminator and adversarial term; absent for none, which collapses to a mean for large eta
 * @param labelDrop probability of a dropped label (default 0)
 */
public record Scott(
        double sigmaData,
        double sigmaMin,
        int levels,
        double mu,
        @Nullable Double eta,
        ErSde.@Nullable NoiseScale noiseScale,
        int solverSteps,
        Metric distance,
        @Nullable AdversarialSettings adversarial,
        double labelDrop)
        implements MethodSettings, Comparing {
    private static final double ETA = 0.3;
    private static final double MOST_ETA = 2;

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
                "solver-steps",
                3,
                "distance",
                Metric.L2,
                "label-drop",
                0.0);
    }

    public Scott {
        LevelChecks.range(sigmaData, sigmaMin);
        SettingsChecks.within("levels", levels, 2, 1_000_000);
        LevelChecks.rate("mu", mu);
        if (eta != null) {
            SettingsChecks.within("eta", eta, 0.0, MOST_ETA);
            if (noiseScale != null) {
                throw new SettingsException("noise-scale", noiseScale.toString(), "none beside eta", "leave out one");
            }
        }
        SettingsChecks.within("solver-steps", solverSteps, 1, 1000);
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

    private StochasticConsistency objective(Roles roles) {
        KarrasGrid grid = new KarrasGrid(sigmaMin, Parametrisation.HIGHEST, 7);
        NoiseScale noise =
                noiseScale == null ? new NoiseScale.Eta(eta == null ? ETA : eta) : new NoiseScale.Extended(noiseScale);
        return new StochasticConsistency(new StochasticConsistency.Config(
                new KarrasPairs(grid, new ScaleSchedule.Fixed(levels)),
                noise,
                solverSteps,
                distance.of(roles),
                CriticOpponent.term(adversarial),
                labelDrop,
                roles.classes()));
    }

    @Override
    public List<Opponent<?>> opponents() {
        if (adversarial == null) {
            return List.of();
        }
        return List.of(new CriticOpponent(
                adversarial,
                sigmaData,
                roles -> objective(roles).predictions(parametrisation().around(roles.requireStudent()))));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        PredictionNet teacher = roles.requireTeacher().denoiser();
        CriticNet critic = CriticOpponent.of(roles, adversarial, sigmaData);
        Parametrisation as = parametrisation();
        return StudentLoss.of(
                objective(roles),
                (student, dropping) ->
                        new Nets(as.around(student), LevelLoss.target(as, roles, student, dropping), teacher, critic));
    }
}
