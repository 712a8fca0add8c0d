package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.Loss;
import org.fewstep.model.Network;
import org.fewstep.model.Parametrisation;

/**
 * {@link org.fewstep.loss.KnowledgeDistillation} of stored pairs, at the highest level alone: the student makes samples in one
 * step. It starts from the recipe's teacher where there is one, which need not be the one that made the pairs.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param distance l2, l1, huber or perceptual (default l2)
 */
public record KnowledgeDistillation(double sigmaData, Metric distance) implements MethodSettings, Comparing {
    static Map<String, Object> defaults() {
        return Map.of("sigma-data", 0.5, "distance", Metric.L2);
    }

    public KnowledgeDistillation {
        SettingsChecks.positive("sigma-data", sigmaData);
    }

    @Override
    public int times() {
        return 1;
    }

    @Override
    public boolean paired() {
        return true;
    }

    @Override
    public Parametrisation parametrisation() {
        return Parametrisation.generator(sigmaData, List.of(Parametrisation.HIGHEST));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        return StudentLoss.of(
                new org.fewstep.loss.KnowledgeDistillation(
                        Parametrisation.HIGHEST, distance.of(roles), roles.classes()),
                (student, dropping) -> parametrisation().around(student));
    }
}
