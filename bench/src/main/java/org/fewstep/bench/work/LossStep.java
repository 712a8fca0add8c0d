package org.fewstep.bench.work;

import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Loss;
import org.fewstep.model.Dit;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** A training step of the DiT with two times by one of the engine's losses, its draw included. */
public final class LossStep extends TrainingStep {
    private static final Rng DRAWS = new Rng(1).stream("draws");

    private final Dit net;
    private final Loss<? super Dit, ?> objective;
    private final Batch batch;

    /** Makes network and data. */
    public LossStep(CpuDevice device, Loss<? super Dit, ?> objective, int batch) {
        this(device, DitNetwork.build(device, 2), objective, batch);
    }

    private LossStep(CpuDevice device, Dit net, Loss<? super Dit, ?> objective, int batch) {
        super(device, net);
        this.net = net;
        this.objective = objective;
        this.batch = new Batch(
                operand(DitNetwork.input(batch), batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE), null);
    }

    @Override
    protected Tensor loss(int step) {
        return drawn(objective, step);
    }

    private <D> Tensor drawn(Loss<? super Dit, D> loss, int step) {
        return loss.loss(net, loss.draw(batch, DRAWS, step)).total();
    }
}
