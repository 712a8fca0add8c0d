package org.fewstep.train;

import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.loss.FlowMapMatching;
import org.fewstep.loss.Loss;
import org.fewstep.loss.MapLoss;
import org.fewstep.model.Network;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;

/**
 * {@link FlowMapMatching}: a map in both directions, learned from data alone and without a velocity.
 *
 * @param labelDrop probability of a dropped label (default 0.1)
 */
public record Fmm(double labelDrop) implements MethodSettings {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ZERO;

    static Map<String, Object> defaults() {
        return Map.of("label-drop", 0.1);
    }

    public Fmm {
        SettingsChecks.within("label-drop", labelDrop, 0.0, 1.0);
    }

    @Override
    public Path path() {
        return PATH;
    }

    @Override
    public int times() {
        return 2;
    }

    @Override
    public boolean invertible() {
        return true;
    }

    @Override
    public Loss<Network, ?> loss(Roles roles) {
        double drop = roles.classes() == 0 ? 0 : labelDrop;
        return StudentLoss.of(
                new FlowMapMatching(new MapLoss.Config(PATH, Directions.BOTH.of(PATH), drop, roles.classes())));
    }
}
