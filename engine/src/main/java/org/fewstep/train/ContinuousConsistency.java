package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.ContinuousConsistency.Config;
import org.fewstep.loss.ContinuousConsistency.Form;
import org.fewstep.loss.ContinuousConsistency.Nets;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.TimeSampler;

/**
 * {@link org.fewstep.loss.ContinuousConsistency} distillation of the recipe's teacher, or training on data alone, at levels
 * uniform on Karras's scale.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param sigmaMin level at which the student is the identity, above 0, below the highest, 80 (default 0.002)
 * @param distil whether the student learns from the recipe's teacher, not from data alone (default true)
 * @param form objective: stop-gradient, whose value means nothing, or norm or mean-absolute, by the gradient through the
 *     derivative (default stop-gradient)
 * @param labelDrop probability of a dropped label (default 0)
 */
public record ContinuousConsistency(double sigmaData, double sigmaMin, boolean distil, Form form, double labelDrop)
        implements MethodSettings {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data", 0.5, "sigma-min", 0.002, "distil", true, "form", Form.STOP_GRADIENT, "label-drop", 0.0);
    }

    public ContinuousConsistency {
        LevelChecks.range(sigmaData, sigmaMin);
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
        return distil;
    }

    private TimeSampler levels() {
        KarrasGrid grid = new KarrasGrid(sigmaMin, Parametrisation.HIGHEST, 7);
        return (rng, step, count) -> {
            double[] t = rng.uniform(0, count, step);
            for (int i = 0; i < count; i++) {
                t[i] = grid.level(t[i]);
            }
            return t;
        };
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        PredictionNet teacher = distil ? roles.requireTeacher().denoiser() : null;
        Parametrisation as = parametrisation();
        return StudentLoss.of(
                new org.fewstep.loss.ContinuousConsistency(new Config(levels(), form, labelDrop, roles.classes())),
                (student, dropping) -> new Nets(as.around(student), teacher));
    }
}
