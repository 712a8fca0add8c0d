package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.loss.Batch;
import org.fewstep.loss.Loss;
import org.fewstep.model.Dit;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A training step of the DiT with two times by one of the engine's losses, its draw included.
 *
 * @param <D> the loss's draw
 */
public final class LossStep<D> extends TrainingStep {
    private static final Rng DRAWS = new Rng(1).stream("draws");

    private final Dit net;
    private final Loss<? super Dit, D> objective;
    private final Mode mode;
    private final int size;
    private final float[] images;
    private @Nullable D drawn;

    /** Makes the network. */
    public LossStep(CpuDevice device, Mode mode, Loss<? super Dit, D> objective, int batch) {
        this(device, mode, DitNetwork.build(device, 2), objective, batch);
    }

    private LossStep(CpuDevice device, Mode mode, Dit net, Loss<? super Dit, D> objective, int batch) {
        super(device, mode, net);
        this.net = net;
        this.objective = objective;
        this.mode = mode;
        this.size = batch;
        this.images = DitNetwork.input(batch);
    }

    @Override
    protected List<Tensor> draw(int step) {
        Tensor x0 = Tensor.of(device(), DType.F32, images, size, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE);
        D draw = objective.draw(new Batch(x0, null), DRAWS, step);
        if (drawn == null || mode == Mode.EAGER) {
            drawn = draw;
        }
        return objective.inputs(draw);
    }

    @Override
    protected Tensor loss() {
        D draw = drawn;
        if (draw == null) {
            throw new IllegalStateException("loss step: got no draw; expected draw before loss");
        }
        return objective.loss(net, draw).total();
    }
}
