package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.bench.work.Published;

/** A network's parameters on libtorch under their published names. */
final class Parameters {
    private final Map<String, NDArray> all = new LinkedHashMap<>();
    private final Map<String, NDArray> trained = new LinkedHashMap<>();

    /** Copies of this engine's parameters, which live as long as the work. */
    Parameters(TorchWork work, Map<String, Published> published, boolean train) {
        published.forEach((name, parameter) -> {
            int[] sizes = parameter.shape().sizes();
            long[] shape = new long[sizes.length];
            for (int d = 0; d < sizes.length; d++) {
                shape[d] = sizes[d];
            }
            NDArray array = work.constant(parameter.values(), shape);
            all.put(name, array);
            if (parameter.trained()) {
                array.setRequiresGradient(train);
                trained.put(name, array);
            }
        });
    }

    NDArray get(String name) {
        NDArray array = all.get(name);
        if (array == null) {
            throw new IllegalArgumentException("parameter: got \"" + name + "\"; expected one of " + all.keySet());
        }
        return array;
    }

    /** x W^T + b of the linear layer of a name. */
    NDArray linear(NDArray x, String layer) {
        return Torch.linear(x, get(layer + ".weight"), get(layer + ".bias"));
    }

    /** What an optimizer changes. */
    Map<String, NDArray> trained() {
        return trained;
    }
}
