package org.fewstep.bench.work;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Mlp;
import org.fewstep.tensor.Tensor;

/** A training step of the MLP: mean squared error to a fixed target. */
public final class MlpStep extends TrainingStep {
    private final Mlp net;
    private final Tensor x;
    private final Tensor target;

    /** Makes network and batch. */
    public MlpStep(CpuDevice device, Mode mode, int batch) {
        this(device, mode, MlpNetwork.build(device), batch);
    }

    private MlpStep(CpuDevice device, Mode mode, Mlp net, int batch) {
        super(device, mode, net);
        this.net = net;
        this.x = operand(MlpNetwork.input(batch), batch, MlpNetwork.IN);
        this.target = operand(MlpNetwork.target(batch), batch, MlpNetwork.OUT);
    }

    @Override
    protected Tensor loss() {
        return mean(square(sub(net.of(x), target)));
    }
}
