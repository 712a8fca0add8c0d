package org.fewstep.bench.work;

import java.util.List;
import java.util.function.Function;
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
 * @param <N> the loss's networks
 * @param <D> the loss's draw
 */
public final class LossStep<N, D> extends TrainingStep {
    private static final Rng DRAWS = new Rng(1).stream("draws");

    private final N nets;
    private final Loss<N, D> objective;
    private final Mode mode;
    private final int size;
    private final float[] images;
    private @Nullable D drawn;

    /**
     * Makes the network.
     *
     * @param roles the loss's networks, all made of it
     */
    public LossStep(CpuDevice device, Mode mode, Loss<N, D> objective, Function<? super Dit, N> roles, int batch) {
        this(device, mode, DitNetwork.build(device, 2), objective, roles, batch);
    }

    private LossStep(
            CpuDevice device, Mode mode, Dit net, Loss<N, D> objective, Function<? super Dit, N> roles, int batch) {
        super(device, mode, net);
        this.nets = roles.apply(net);
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
        return objective.loss(nets, draw).total();
    }
}
