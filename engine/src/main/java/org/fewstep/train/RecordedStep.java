package org.fewstep.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Plan;
import org.fewstep.kernels.Recording;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A step of fixed shape as two plans, loss with gradients and update, with the first draw's tensors as the fixed inputs
 * that later draws are copied to. Between the two the host may look at what was measured.
 */
final class RecordedStep implements AutoCloseable {
    private final Device device;
    private final List<Tensor> inputs;
    private final List<Tensor> gradients;
    private final Plan measure;
    private @Nullable Plan update;

    /**
     * Runs the first half once, recording it.
     *
     * @param inputs all tensors through which draws differ
     * @param work loss, gradients and their measure for these inputs; gives the gradients
     */
    RecordedStep(Device device, List<Tensor> inputs, Supplier<List<Tensor>> work) {
        requireSeparate(inputs);
        this.device = device;
        this.inputs = List.copyOf(inputs);
        try (Recording recording = device.record()) {
            this.gradients = work.get();
            for (Tensor gradient : gradients) {
                recording.keep(gradient.buffer());
            }
            this.measure = recording.finish();
        }
        for (Tensor input : inputs) {
            input.buffer().hold();
        }
    }

    private static void requireSeparate(List<Tensor> inputs) {
        Set<Buffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Tensor input : inputs) {
            if (!seen.add(input.buffer())) {
                throw new IllegalStateException("recorded step: got inputs that share a buffer, the second of shape "
                        + input.shape() + "; expected a buffer each; correct the loss's inputs, or set"
                        + " training.replay false");
            }
        }
    }

    /** True when a draw has the shapes of the recorded one. */
    boolean fits(List<Tensor> others) {
        boolean fits = others.size() == inputs.size();
        for (int i = 0; fits && i < inputs.size(); i++) {
            Tensor mine = inputs.get(i);
            Tensor other = others.get(i);
            fits = mine.shape().equals(other.shape()) && mine.dtype() == other.dtype();
        }
        return fits;
    }

    /** The first half for another draw. */
    void measure(List<Tensor> others) {
        for (int i = 0; i < inputs.size(); i++) {
            Buffer from = others.get(i).buffer();
            int count = others.get(i).shape().count();
            device.run(Elementwise.flat(
                    Elementwise.Code.COPY, 0, 0, count, inputs.get(i).buffer(), from));
        }
        measure.replay();
    }

    /** The second half, recorded the first time. */
    void update(Player<?> player) {
        Plan known = update;
        if (known != null) {
            known.replay();
            return;
        }
        try (Recording recording = device.record()) {
            player.update(new ArrayList<>(gradients));
            update = recording.finish();
        }
    }

    @Override
    public void close() {
        Plan known = update;
        if (known != null) {
            known.close();
        }
        measure.close();
        for (Tensor input : inputs) {
            input.buffer().release();
        }
    }
}
