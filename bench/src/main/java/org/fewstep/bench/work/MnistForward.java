package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.NetworkConfig;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.model.UNetConfig;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** A network's velocity for a batch of images of MNIST's size, without recording. */
public final class MnistForward extends EngineWork {
    private static final int SIDE = 28;

    private final FlowNetwork net;
    private final Tensor x;
    private final Tensor t;

    /**
     * Makes network and input.
     *
     * @param network unet (DDPM++ of widths 32, 64, 64, two blocks a level) or residual-mlp (as in recipe mnist-flow, without
     *     classes)
     */
    public MnistForward(CpuDevice device, String network, int batch) {
        super(device);
        this.net = (FlowNetwork) own(config(network).build(new Init(device, DType.F32, new Rng(1))));
        this.x = operand(Draws.signed("mnist.x", batch * SIDE * SIDE), shape(batch));
        this.t = operand(Draws.uniform("mnist.t", batch, 0, 1), batch);
    }

    /** Sizes of a batch of images. */
    public static int[] shape(int batch) {
        return new int[] {batch, 1, SIDE, SIDE};
    }

    private static NetworkConfig config(String network) {
        return switch (network) {
            case "unet" ->
                new UNetConfig(
                        UNetConfig.Form.SONG,
                        SIDE,
                        1,
                        1,
                        0,
                        0,
                        32,
                        List.of(1, 2, 2),
                        4,
                        1,
                        2,
                        List.of(7),
                        0,
                        0,
                        UNetConfig.Embedding.POSITIONAL,
                        UNetConfig.Aux.PLAIN,
                        UNetConfig.Aux.PLAIN,
                        List.of(1.0, 1.0),
                        1,
                        TimePair.SPAN,
                        1);
            case "residual-mlp" ->
                new ResidualMlpConfig(SIDE * SIDE, 512, 4, 1, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 32, 8, 0, 128);
            default ->
                throw new IllegalArgumentException("network: got \"" + network + "\"; expected unet or residual-mlp");
        };
    }

    @Override
    protected List<Tensor> run() {
        try (NoGrad off = NoGrad.open()) {
            return List.of(net.v(x, t, Cond.NONE));
        }
    }
}
