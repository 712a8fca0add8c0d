package org.fewstep.train;

import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.Distance;
import org.fewstep.loss.LatentConsistency.Clock;
import org.fewstep.loss.LatentConsistency.Config;
import org.fewstep.loss.LatentConsistency.Nets;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BetaTable;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.LatentConsistency}, guided consistency distillation with skipped steps, of the recipe's teacher, a denoiser
 * with classes and a null label. The student takes the guidance scale as an input; scales are 1 + w, 1 for none.
 *
 * <p>The table of betas is DDPM's, 1000 from 1e-4 to 0.02, whose last levels of sigma / alpha are above the highest, 80, where
 * samples start. On it a denoiser of noise levels predicts x0 = D(z / alpha, sigma / alpha). Samples leave c_skip out, which is below
 * sigma-data^2 / 100 at all timesteps of training.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param steps timesteps of training, evenly over the table, 1 to 500 (default 50)
 * @param wLeast least w, at least 0 (default 5)
 * @param wMost greatest w, at least the least (default 15)
 * @param mu rate of the average that targets are taken from, in [0, 1); 0 for the student itself (default 0.95)
 * @param distance l2, or huber for the pseudo-Huber of each coordinate with c = 0.001 (default l2)
 */
public record LatentConsistency(double sigmaData, int steps, double wLeast, double wMost, double mu, Metric distance)
        implements MethodSettings {
    private static final BetaTable TABLE = BetaTable.linear(1000, 1e-4, 0.02);
    private static final double TIMESTEP_SCALING = 10;
    private static final double HUBER_C = 0.001;

    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data", 0.5, "steps", 50, "w-least", 5.0, "w-most", 15.0, "mu", 0.95, "distance", Metric.L2);
    }

    public LatentConsistency {
        SettingsChecks.positive("sigma-data", sigmaData);
        SettingsChecks.within("steps", steps, 1, TABLE.size() / 2);
        LevelChecks.guidance(wLeast, wMost);
        LevelChecks.rate("mu", mu);
        if (distance != Metric.L2 && distance != Metric.HUBER) {
            throw new SettingsException("distance", distance.toString(), "l2 or huber", "");
        }
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.consistency(sigmaData, 0);
    }

    @Override
    public boolean taught() {
        return true;
    }

    @Override
    public boolean drawsGuidance() {
        return true;
    }

    @Override
    public @Nullable LongToDoubleFunction targetRate(long steps) {
        return mu == 0 ? null : step -> mu;
    }

    /** x0 of z on the table by a denoiser of x = z / alpha at sigma / alpha, where 1 / alpha^2 = 1 + (sigma / alpha)^2. */
    private static PredictionNet onTable(PredictionNet denoiser) {
        return (z, level, cond) -> {
            Tensor reciprocal = Ops.sqrt(Ops.scaleShift(Ops.square(level), 1, 1));
            return denoiser.of(Ops.mul(PerSampleColumn.of(reciprocal, z), z), level, cond);
        };
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        Config config = new Config(
                TABLE,
                steps,
                Prediction.X0,
                Clock.LEVEL,
                TIMESTEP_SCALING,
                sigmaData,
                wLeast,
                wMost,
                distance == Metric.HUBER ? new Distance.ElementHuber(HUBER_C) : new Distance.MeanSquare(),
                roles.classes());
        Parametrisation as = parametrisation();
        PredictionNet teacher = onTable(roles.requireTeacher().denoiser());
        return StudentLoss.of(
                new org.fewstep.loss.LatentConsistency(config),
                (student, dropping) -> new Nets(
                        onTable(as.around(student)), onTable(LevelLoss.target(as, roles, student, dropping)), teacher));
    }
}
