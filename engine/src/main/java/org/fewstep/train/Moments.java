package org.fewstep.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Update;
import org.fewstep.model.Module;
import org.fewstep.model.Parameter;
import org.fewstep.tensor.Tensor;

/** First and second moments of the gradients of a module, with the slots of the Adam family's fused update. */
final class Moments implements AutoCloseable {
    /** Slots taken. */
    static final int SLOTS = 4;

    private final List<String> names = new ArrayList<>();
    private final List<Buffer> p = new ArrayList<>();
    private final List<Buffer> m = new ArrayList<>();
    private final List<Buffer> v = new ArrayList<>();
    private final Slot decay;
    private final Slot rate;
    private final Slot root;
    private final Slot adaptive;

    /** Zero moments for the trained parameters. */
    Moments(Module module, Slots slots) {
        for (Map.Entry<String, Parameter> entry : module.trained().entrySet()) {
            Buffer buffer = entry.getValue().buffer();
            names.add(entry.getKey());
            p.add(buffer);
            m.add(zeros(buffer));
            v.add(zeros(buffer));
        }
        this.decay = slots.add(1);
        this.rate = slots.add(0);
        this.root = slots.add(1);
        this.adaptive = slots.add(1);
    }

    private static Buffer zeros(Buffer like) {
        Buffer buffer = like.device().own(like.dtype(), like.size());
        clear(buffer);
        return buffer;
    }

    /** Sets a moment to zero, as before the first update. */
    static void clear(Buffer moment) {
        moment.device().write(moment, new double[moment.size()], 0, moment.size());
    }

    /** The scalars of an update with the second moment: p = decay p - rate m / (sqrt(v) root + eps). */
    void adaptive(double decayed, double scaled, double rooted) {
        decay.set(decayed);
        rate.set(scaled);
        root.set(rooted);
        adaptive.set(1);
    }

    /** The scalars of an update by momentum alone: p = decay p - rate m. */
    void plain(double decayed, double scaled) {
        decay.set(decayed);
        rate.set(scaled);
        root.set(1);
        adaptive.set(0);
    }

    void apply(List<Tensor> gradients, Buffer clip, double beta1, double beta2, double eps) {
        if (gradients.size() != p.size()) {
            throw new IllegalArgumentException(
                    "optimizer: got " + gradients.size() + " gradients; expected " + p.size() + ", one a parameter");
        }
        List<Buffer> g = new ArrayList<>();
        for (Tensor gradient : gradients) {
            g.add(gradient.buffer());
        }
        clip.device().run(Update.adam(p, g, m, v, decay, rate, root, adaptive, beta1, beta2, eps, clip));
    }

    Map<String, Buffer> state() {
        Map<String, Buffer> state = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            state.put("m/" + names.get(i), m.get(i));
            state.put("v/" + names.get(i), v.get(i));
        }
        return state;
    }

    @Override
    public void close() {
        state().values().forEach(Buffer::release);
    }
}
