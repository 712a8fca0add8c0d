package org.fewstep.train;

import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.loss.GradientTerm;
import org.fewstep.loss.KnowledgeDistillation;
import org.fewstep.loss.Loss;
import org.fewstep.loss.RegressedDistillation;
import org.fewstep.loss.Surrogate;
import org.fewstep.model.Network;
import org.jspecify.annotations.Nullable;

/**
 * {@link org.fewstep.loss.Dmd}: distribution matching, with regression to the ends of the teacher's ODE where {@code regression} is
 * above 0. The data are then pairs that {@code fewstep pairs} made.
 *
 * @param sigmaData standard deviation of the data, above 0 (default 0.5)
 * @param levels of the student, falling, each above 0; one for one step, and with regression one (default [80])
 * @param table noise levels
 * @param regression weight of the regression, at least 0; 0 for none, published 0.25 (default 0)
 * @param distance of the regression, of which it takes the half: l2, l1, huber, or perceptual, which is the paper's (default l2)
 * @param ratio updates of the fake score network a step, at least 1 (default 1)
 * @param fake optimizer of the fake score network
 * @param guidance scale of the teacher's guidance, 1 for none (default 1)
 * @param augmentation noise levels of the guidance as a term of its own, {@link org.fewstep.loss.GuidanceAugmentation}, beside
 *     distribution matching with the teacher as it is (decoupled DMD); absent for a guided teacher
 */
public record Dmd(
        double sigmaData,
        List<Double> levels,
        LevelTable table,
        double regression,
        Metric distance,
        int ratio,
        OptimizerSettings fake,
        double guidance,
        @Nullable LevelTable augmentation)
        implements ScoreMethod, Comparing {
    static Map<String, Object> defaults() {
        return Map.of(
                "sigma-data",
                0.5,
                "levels",
                List.of(80.0),
                "table",
                LevelTable.DEFAULT,
                "regression",
                0.0,
                "distance",
                Metric.L2,
                "ratio",
                1,
                "fake",
                OptimizerSettings.DEFAULT,
                "guidance",
                1.0);
    }

    public Dmd {
        levels = List.copyOf(levels);
        LevelChecks.generator(sigmaData, levels);
        SettingsChecks.notNegative("regression", regression);
        if (regression > 0 && levels.size() > 1) {
            throw new SettingsException(
                    "levels", levels.toString(), "one level, since pairs tie noise to samples", "set regression=0");
        }
        if (regression == 0 && distance != Metric.L2) {
            throw new SettingsException(
                    "distance", distance.toString(), "l2 without a regression, which alone has one", "set regression");
        }
        SettingsChecks.within("ratio", ratio, 1, 1000);
        checkGuidance(guidance, augmentation);
    }

    /** A finite scale, and none of 1 where guidance is a term. */
    static void checkGuidance(double guidance, @Nullable LevelTable augmentation) {
        SettingsChecks.finite("guidance", guidance);
        if (augmentation != null && guidance == 1) {
            throw new SettingsException(
                    "augmentation", augmentation.toString(), "none, since there is no guidance", "set guidance");
        }
    }

    /** Guidance as a term of its own; null without levels of its own. */
    static ScoreDistiller.@Nullable Augmentation augmentation(double guidance, @Nullable LevelTable levels) {
        return levels == null ? null : new ScoreDistiller.Augmentation(guidance, levels.middle(ScoreDistiller.LEVELS));
    }

    @Override
    public boolean paired() {
        return regression > 0;
    }

    @Override
    public ScoreDistiller distiller() {
        return new ScoreDistiller(
                parametrisation(),
                ScoreDistiller.LEVELS,
                table.middle(ScoreDistiller.LEVELS),
                new GradientTerm(org.fewstep.loss.Dmd.published(), Surrogate.MEAN_SQUARE),
                augmentation == null ? guidance : 1,
                new FakeOpponent(parametrisation(), ratio, fake, table.all(ScoreDistiller.LEVELS), false, null, null),
                null,
                null,
                1,
                augmentation(guidance, augmentation));
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        ScoreDistiller distiller = distiller();
        if (regression == 0) {
            return distiller.loss(roles);
        }
        KnowledgeDistillation pairs = new KnowledgeDistillation(levels.get(0), distance.of(roles), roles.classes());
        return distiller.loss(new RegressedDistillation(distiller.objective(roles), pairs, regression), roles);
    }
}
