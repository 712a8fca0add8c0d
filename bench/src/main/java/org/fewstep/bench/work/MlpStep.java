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
    public MlpStep(CpuDevice device, int batch) {
        this(device, MlpNetwork.build(device), batch);
    }

    private MlpStep(CpuDevice device, Mlp net, int batch) {
        super(device, net);
        this.net = net;
        this.x = operand(MlpNetwork.input(batch), batch, MlpNetwork.IN);
        this.target = operand(MlpNetwork.target(batch), batch, MlpNetwork.OUT);
    }

    @Override
    protected Tensor loss(int step) {
        return mean(square(sub(net.of(x), target)));
    }
}
