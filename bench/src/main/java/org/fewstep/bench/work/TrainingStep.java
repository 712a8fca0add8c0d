package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Plan;
import org.fewstep.kernels.Recording;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Module;
import org.fewstep.tensor.Tensor;
import org.fewstep.train.AdamW;
import org.fewstep.train.GradClip;
import org.jspecify.annotations.Nullable;

/**
 * One training step as {@link org.fewstep.train.Trainer} does it: draw, loss, gradients of all parameters, their norm,
 * loss and norm read and found finite, one fused Adam update. Replayed, what stands before and after the reading are two
 * plans, and draws are copied to the first one's buffers. The result is the loss.
 */
public abstract class TrainingStep extends EngineWork {
    /** Steps that are compared with another library's before a timing. */
    public static final int COMPARED = 4;

    /** Relative tolerance of the losses of these steps. */
    public static final double TOLERANCE = 1e-3;

    /** Learning rate, high enough for one step to move the loss by ten times the tolerance. */
    public static final double RATE = 1e-3;

    private static final int LOSS = 3;

    private final Mode mode;
    private final List<Tensor> leaves;
    private final Slots slots;
    private final AdamW optimizer;
    private final GradClip norm;
    private final Tensor loss;
    private List<Tensor> inputs = List.of();
    private List<Tensor> gradients = List.of();
    private @Nullable Plan measure;
    private @Nullable Plan update;
    private int step;

    /** Takes over device and network. */
    protected TrainingStep(CpuDevice device, Mode mode, Module net) {
        super(device);
        own(net);
        this.mode = mode;
        this.leaves = net.leaves();
        this.slots = own(new Slots(device, DType.F32, AdamW.slotCount() + 1));
        this.optimizer = own(new AdamW(net, slots, Adam.BETA1, Adam.BETA2, Adam.EPS, 0));
        this.norm = own(new GradClip(device, DType.F32, slots, Double.POSITIVE_INFINITY, 1));
        this.loss = operand(new float[1], 1);
    }

    /**
     * Draws what is random in a step and makes it the operands of {@link #loss}.
     *
     * @return the tensors through which draws differ
     */
    protected List<Tensor> draw(int step) {
        return List.of();
    }

    /** The objective for the operands drawn last, a recorded scalar. */
    protected abstract Tensor loss();

    @Override
    protected final List<Tensor> run() {
        List<Tensor> drawn = draw(step);
        optimizer.prepare(++step, RATE);
        slots.stage();
        if (mode == Mode.EAGER) {
            measure();
            requireFinite();
            update();
        } else {
            replay(drawn);
        }
        return List.of(loss);
    }

    private void measure() {
        Tensor value = loss();
        gradients = Grad.of(value, leaves);
        norm.apply(gradients, value);
    }

    private void update() {
        optimizer.apply(gradients, norm.buffer());
    }

    private void replay(List<Tensor> drawn) {
        Plan first = measure;
        if (first == null) {
            inputs = drawn;
            for (Tensor input : inputs) {
                Buffer buffer = input.buffer();
                buffer.hold();
                own(buffer::release);
            }
            try (Recording recording = device().record()) {
                measure();
                gradients.forEach(g -> recording.keep(g.buffer()));
                measure = own(recording.finish());
            }
        } else {
            for (int i = 0; i < inputs.size(); i++) {
                Buffer to = inputs.get(i).buffer();
                Buffer from = drawn.get(i).buffer();
                device().run(Elementwise.flat(Elementwise.Code.COPY, 0, 0, to.size(), to, from));
            }
            first.replay();
        }
        requireFinite();
        Plan second = update;
        if (second == null) {
            try (Recording recording = device().record()) {
                update();
                update = own(recording.finish());
            }
        } else {
            second.replay();
        }
    }

    private void requireFinite() {
        double[] measured = norm.read();
        if (!Double.isFinite(measured[LOSS]) || measured[2] != 0) {
            throw new IllegalStateException("training step: got loss " + measured[LOSS] + " and gradient norm "
                    + measured[0] + " in update " + step + "; expected finite ones");
        }
        device().write(loss.buffer(), new float[] {(float) measured[LOSS]}, 0, 1);
    }
}
