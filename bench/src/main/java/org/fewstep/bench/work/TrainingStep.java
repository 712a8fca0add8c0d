package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Module;
import org.fewstep.tensor.Tensor;
import org.fewstep.train.AdamW;
import org.fewstep.train.GradClip;

/**
 * One training step as {@link org.fewstep.train.Trainer} does it: loss, gradients of all parameters, their norm, loss and
 * norm read and found finite, one fused Adam update. The result is the loss.
 */
public abstract class TrainingStep extends EngineWork {
    /** Steps that are compared with another library's before a timing. */
    public static final int COMPARED = 4;

    /** Relative tolerance of the losses of these steps. */
    public static final double TOLERANCE = 1e-3;

    /** Learning rate, high enough for one step to move the loss by ten times the tolerance. */
    public static final double RATE = 1e-3;

    private final List<Tensor> leaves;
    private final Slots slots;
    private final AdamW optimizer;
    private final GradClip norm;
    private long update;

    /** Takes over device and network. */
    protected TrainingStep(CpuDevice device, Module net) {
        super(device);
        own(net);
        this.leaves = net.leaves();
        this.slots = own(new Slots(device, DType.F32, AdamW.slotCount() + 1));
        this.optimizer = own(new AdamW(net, slots, Adam.BETA1, Adam.BETA2, Adam.EPS, 0));
        this.norm = own(new GradClip(device, DType.F32, slots, Double.POSITIVE_INFINITY));
    }

    /** The objective of a step, a recorded scalar. */
    protected abstract Tensor loss(int step);

    @Override
    protected final List<Tensor> run() {
        Tensor loss = loss(Math.toIntExact(update));
        List<Tensor> gradients = Grad.of(loss, leaves);
        optimizer.prepare(++update, RATE);
        slots.stage();
        norm.apply(gradients);
        if (!Double.isFinite(loss.item()) || norm.read()[2] != 0) {
            throw new IllegalStateException("training step: got a loss or gradient that is not finite in update "
                    + update + "; expected finite ones");
        }
        optimizer.apply(gradients, norm.buffer());
        return List.of(loss);
    }
}
