package org.fewstep.train;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.fewstep.io.SettingsChecks;
import org.fewstep.io.SettingsException;
import org.fewstep.model.Discriminator;
import org.fewstep.model.FeatureNet;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Tap;

/**
 * A discriminator on the features of the fake score network, a {@link org.fewstep.model.DiscriminatorHead} a tap.
 *
 * @param taps places in the network that are read, each once: of a residual-mlp and a dit blocks.0 and on, of a unet its blocks
 * @param width channels inside a head (default 128)
 */
public record FeatureSettings(List<String> taps, int width) {
    static Map<String, Object> defaults() {
        return Map.of("width", 128);
    }

    public FeatureSettings {
        taps = List.copyOf(taps);
        if (taps.isEmpty() || new HashSet<>(taps).size() != taps.size()) {
            throw new SettingsException("taps", taps.toString(), "at least one, each once", "");
        }
        SettingsChecks.within("width", width, 1, 1 << 16);
    }

    /**
     * The discriminator on a network.
     *
     * @param key of these settings
     * @throws SettingsException for a network without features, or without one of the taps
     */
    Discriminator on(FlowNetwork network, Init init, String key) {
        if (!(network instanceof FeatureNet trunk)) {
            throw new SettingsException(
                    key,
                    "a " + network.getClass().getSimpleName() + " without features",
                    "a residual-mlp, a unet or a dit",
                    "set network.kind, or that of the teacher");
        }
        List<String> known = trunk.taps().stream().map(Tap::name).toList();
        for (String tap : taps) {
            if (!known.contains(tap)) {
                throw new SettingsException(key + ".taps", tap, "one of " + String.join(", ", known), "");
            }
        }
        return new Discriminator(init, trunk, taps, width);
    }
}
