package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.DriftingField;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;

/**
 * {@link org.fewstep.loss.Drifting}: a generator of one step from data alone.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param temperatures of the field, each above 0 (default 0.02, 0.05 and 0.2)
 * @param normalised whether distances and fields are brought to one size, so that temperatures have no unit (default true)
 * @param perceptual whether the states of the recipe's perceptual network drift, too, a layer a feature (default false)
 */
public record Drifting(double sigmaData, List<Double> temperatures, boolean normalised, boolean perceptual)
        implements MethodSettings, Perceiving {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data", 0.5, "temperatures", List.of(0.02, 0.05, 0.2), "normalised", true, "perceptual", false);
    }

    public Drifting {
        SettingsChecks.positive("sigma-data", sigmaData);
        temperatures = List.copyOf(temperatures);
        if (temperatures.isEmpty()) {
            throw new SettingsException("temperatures", "none", "at least one", "");
        }
        for (double tau : temperatures) {
            SettingsChecks.positive("temperatures", tau);
        }
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public void requireBatch(int batch) {
        SettingsChecks.atLeast("batch", batch, 2);
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.generator(sigmaData, List.of(Parametrisation.HIGHEST));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return StudentLoss.of(
                new org.fewstep.loss.Drifting(new org.fewstep.loss.Drifting.Config(
                        new DriftingField(temperatures, normalised),
                        Parametrisation.HIGHEST,
                        perceptual ? roles.requirePerceptual().network()::activations : x -> List.of(),
                        roles.classes())),
                (student, dropping) -> parametrisation().around(student));
    }
}
