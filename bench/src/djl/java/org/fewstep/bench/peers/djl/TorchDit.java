package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import java.util.Arrays;
import java.util.Map;
import org.fewstep.bench.work.DitNetwork;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.Published;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Dit;

/** The benchmark's DiT on libtorch (Peebles and Xie 2022, arXiv:2212.09748), written out on arrays. */
final class TorchDit {
    private static final double EPS = 1e-6;

    private final Parameters p;
    private final NDArray ones;
    private final NDArray zeros;
    private final boolean exact;

    /**
     * The network on parameters of {@link #weights}.
     *
     * @param work that owns them
     * @param exact GELU in the tanh form, as in this engine; else by the error function, in one call
     */
    TorchDit(TorchWork work, Parameters p, boolean exact) {
        this.p = p;
        this.exact = exact;
        float[] full = new float[DitNetwork.WIDTH];
        this.zeros = work.constant(full.clone(), DitNetwork.WIDTH);
        Arrays.fill(full, 1);
        this.ones = work.constant(full, DitNetwork.WIDTH);
    }

    /** This engine's weights. */
    static Map<String, Published> weights() {
        try (CpuDevice device = EngineDevice.reference();
                Dit net = DitNetwork.build(device, 1)) {
            return Published.of(net);
        }
    }

    /** The velocity (B, C, H, W) at x (B, C, H, W) and t (B). */
    NDArray of(NDArray x, NDArray t) {
        long batch = t.getShape().get(0);
        NDArray angle = t.reshape(batch, 1).mul(p.get("t_embedder.features.frequencies"));
        NDArray features = angle.cos().concat(angle.sin(), 1);
        NDArray time = p.linear(Torch.silu(p.linear(features, "t_embedder.mlp.0")), "t_embedder.mlp.2");
        NDArray c = Torch.silu(time); // (B, D)
        NDArray patches =
                Torch.conv2d(x, p.get("x_embedder.proj.weight"), p.get("x_embedder.proj.bias"), DitNetwork.PATCH, 0);
        NDArray h = patches.reshape(batch, DitNetwork.WIDTH, DitNetwork.TOKENS)
                .transpose(0, 2, 1)
                .add(p.get("pos_embed")); // (B, T, D)
        for (int i = 0; i < DitNetwork.DEPTH; i++) {
            h = block(h, c, batch, "blocks." + i);
        }
        NDList m = modulation(c, "final_layer.adaLN_modulation.1", batch, 2);
        return images(p.linear(modulated(h, m.get(0), m.get(1)), "final_layer.linear"), batch);
    }

    private NDArray block(NDArray x, NDArray c, long batch, String name) {
        NDList m = modulation(c, name + ".adaLN_modulation.1", batch, 6);
        NDArray qkv = p.linear(modulated(x, m.get(0), m.get(1)), name + ".attn.qkv");
        NDArray attended = p.linear(Torch.selfAttention(qkv, DitNetwork.HEADS), name + ".attn.proj");
        NDArray h = x.add(m.get(2).mul(attended));
        NDArray wide = p.linear(modulated(h, m.get(3), m.get(4)), name + ".mlp.fc1");
        NDArray active = exact ? Torch.geluTanh(wide) : Activation.gelu(wide);
        return h.add(m.get(5).mul(p.linear(active, name + ".mlp.fc2")));
    }

    /** Pieces (B, 1, D) of a layer's output. */
    private NDList modulation(NDArray c, String layer, long batch, int pieces) {
        return p.linear(c, layer)
                .reshape(batch, 1, (long) pieces * DitNetwork.WIDTH)
                .split(pieces, 2);
    }

    private NDArray modulated(NDArray x, NDArray shift, NDArray scale) {
        return Torch.layerNorm(x, ones, zeros, EPS).mul(scale.add(1)).add(shift);
    }

    /** Tokens (B, T, p p C), laid out [row][column][channel] in a patch, to images. */
    private static NDArray images(NDArray tokens, long batch) {
        int side = DitNetwork.PATCH;
        int grid = DitNetwork.SIDE / side;
        return tokens.reshape(batch, grid, grid, side, side, DitNetwork.CHANNELS)
                .transpose(0, 5, 1, 3, 2, 4)
                .reshape(batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE);
    }
}
