package org.fewstep.bench.work;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Cond;
import org.fewstep.model.Dit;
import org.fewstep.tensor.Tensor;

/** A training step of the DiT: mean squared error to a fixed target. */
public final class DitStep extends TrainingStep {
    private final Dit net;
    private final Tensor x;
    private final Tensor t;
    private final Tensor target;

    /** Makes network and batch. */
    public DitStep(CpuDevice device, Mode mode, int batch) {
        this(device, mode, DitNetwork.build(device, 1), batch);
    }

    private DitStep(CpuDevice device, Mode mode, Dit net, int batch) {
        super(device, mode, net);
        int[] images = {batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE};
        this.net = net;
        this.x = operand(DitNetwork.input(batch), images);
        this.t = operand(DitNetwork.times(batch), batch);
        this.target = operand(DitNetwork.target(batch), images);
    }

    @Override
    protected Tensor loss() {
        return mean(square(sub(net.v(x, t, Cond.NONE), target)));
    }
}
