package org.fewstep.bench.work;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Dit;
import org.fewstep.model.DitConfig;
import org.fewstep.model.Init;
import org.fewstep.model.TimePair;
import org.fewstep.tensor.Rng;

/**
 * The benchmark's DiT: 4 blocks of width 128 with 4 heads on 64 tokens, 2x2 patches of 16x16 images with 4 channels,
 * no classes.
 */
public final class DitNetwork {
    public static final int SIDE = 16;
    public static final int PATCH = 2;
    public static final int CHANNELS = 4;
    public static final int WIDTH = 128;
    public static final int DEPTH = 4;
    public static final int HEADS = 4;
    public static final int TOKENS = (SIDE / PATCH) * (SIDE / PATCH);

    /** Numbers of one image. */
    public static final int IMAGE = CHANNELS * SIDE * SIDE;

    private static final double SPREAD = 0.1;

    private DitNetwork() {}

    /**
     * The network with the weights that every library gets. A fresh DiT outputs zero, so that every library would agree;
     * here all trained parameters are uniform in (-0.1, 0.1).
     *
     * @param times 1 for a velocity, 2 for an average velocity
     */
    public static Dit build(CpuDevice device, int times) {
        DitConfig one = DitConfig.of(SIDE, PATCH, CHANNELS, WIDTH, DEPTH, HEADS, 0);
        DitConfig config = times == 1
                ? one
                : new DitConfig(
                        SIDE,
                        PATCH,
                        CHANNELS,
                        WIDTH,
                        DEPTH,
                        HEADS,
                        4,
                        0,
                        false,
                        false,
                        2,
                        TimePair.SPAN,
                        1,
                        false,
                        false);
        Dit net = new Dit(new Init(device, DType.F32, new Rng(1).stream("dit")), config);
        net.trained().forEach((name, parameter) -> {
            int count = parameter.shape().count();
            device.write(parameter.buffer(), Draws.uniform("dit." + name, count, -SPREAD, SPREAD), 0, count);
        });
        return net;
    }

    /** Images (B, C, H, W). */
    public static float[] input(int batch) {
        return Draws.signed("dit.x", batch * IMAGE);
    }

    /** Times (B) in (0, 1). */
    public static float[] times(int batch) {
        return Draws.uniform("dit.t", batch, 0, 1);
    }

    /** Target (B, C, H, W). */
    public static float[] target(int batch) {
        return Draws.signed("dit.target", batch * IMAGE);
    }
}
