package org.fewstep.bench.work;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Activation;
import org.fewstep.model.Init;
import org.fewstep.model.Mlp;
import org.fewstep.tensor.Rng;

/** The benchmark's MLP: 3-256-256-256-2 with SiLU, two coordinates and a time to a velocity. */
public final class MlpNetwork {
    public static final int IN = 3;
    public static final int WIDTH = 256;
    public static final int OUT = 2;

    private MlpNetwork() {}

    /** The network with the weights that every library gets. */
    public static Mlp build(CpuDevice device) {
        Init init = new Init(device, DType.F32, new Rng(1).stream("mlp"));
        return new Mlp(init, Activation.SILU, IN, WIDTH, WIDTH, WIDTH, OUT);
    }

    /** Input (B, 3). */
    public static float[] input(int batch) {
        return Draws.signed("mlp.x", batch * IN);
    }

    /** Target (B, 2). */
    public static float[] target(int batch) {
        return Draws.signed("mlp.target", batch * OUT);
    }
}
