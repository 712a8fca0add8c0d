package org.fewstep.model;

import java.util.List;
import org.fewstep.tensor.Tensor;

/** A network whose states on the way can be read, for discriminators. */
public interface FeatureNet {
    /** All places that can be read, in the order in which they are computed. */
    List<Tap> taps();

    /**
     * The states at some places; nothing behind the last of them is computed.
     *
     * @param x state (B, C, H, W)
     * @param t time (B)
     * @param names of taps, each once
     * @return images (B, channels, size, size), in the order of the names
     * @throws IllegalArgumentException for a name that is not one of {@link #taps}, which are listed
     */
    List<Tensor> features(Tensor x, Tensor t, Cond cond, List<String> names);

    /**
     * The tap of a name.
     *
     * @throws IllegalArgumentException when there is none; the message lists all
     */
    default Tap tap(String name) {
        for (Tap tap : taps()) {
            if (tap.name().equals(name)) {
                return tap;
            }
        }
        throw new IllegalArgumentException("features: got tap \"" + name + "\"; expected one of "
                + String.join(", ", taps().stream().map(Tap::name).toList()));
    }
}
