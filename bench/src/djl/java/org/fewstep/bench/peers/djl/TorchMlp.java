package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.MlpNetwork;
import org.fewstep.bench.work.Published;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Mlp;

/** The benchmark's MLP on libtorch. */
final class TorchMlp {
    private static final int LAYERS = 4;

    private TorchMlp() {}

    /** This engine's weights. */
    static Map<String, Published> weights() {
        try (CpuDevice device = EngineDevice.reference();
                Mlp net = MlpNetwork.build(device)) {
            return Published.of(net);
        }
    }

    /** x (B, 3) to (B, 2). */
    static NDArray of(Parameters p, NDArray x) {
        NDArray h = x;
        for (int i = 0; i < LAYERS; i++) {
            h = p.linear(h, "layers." + i);
            if (i + 1 < LAYERS) {
                h = Torch.silu(h);
            }
        }
        return h;
    }
}
