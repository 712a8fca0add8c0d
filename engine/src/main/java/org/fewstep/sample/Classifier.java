package org.fewstep.sample;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.model.ClassifierNet;
import org.fewstep.model.Network;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * A loaded model that tells classes apart: the API for applications.
 *
 * <p>The logits of a sample do not depend on which others are given with it. The weights never change, so one classifier
 * serves many threads; it is closed when no call is in progress.
 */
public final class Classifier implements AutoCloseable {
    private static final int CHUNK = 256;

    private final ModelSpec spec;
    private final Network network;
    private final ClassifierNet net;
    private final Device device;
    private final boolean owned;

    private Classifier(ModelSpec spec, Network network, boolean owned) {
        if (!(network instanceof ClassifierNet classifier)) {
            throw new IllegalArgumentException("classifier: got "
                    + network.getClass().getSimpleName() + "; expected a network that tells classes apart");
        }
        this.spec = spec;
        this.network = network;
        this.net = classifier;
        this.device = network.parameters().values().iterator().next().buffer().device();
        this.owned = owned;
    }

    /**
     * Loads a checkpoint or an export; of a checkpoint, the first average, or the student where none was kept.
     *
     * @throws org.fewstep.io.BadFileException when the file is damaged or of another kind
     */
    public static Classifier load(Path file, Device device) {
        try (ModelFile model = ModelFile.open(file)) {
            Network network = model.load(model.defaultRole(), device);
            network.freeze(true);
            try {
                return new Classifier(model.spec(), network, true);
            } catch (IllegalArgumentException e) {
                network.close();
                throw model.bad("a model of another kind", "a classifier", "is it a model that makes samples?", e);
            }
        }
    }

    /** A classifier on a network that stays the caller's and must not change during a call. */
    public static Classifier of(ModelSpec spec, Network network) {
        return new Classifier(spec, network, false);
    }

    /** What the model is. */
    public ModelSpec spec() {
        return spec;
    }

    /** Number of classes K. */
    public int classes() {
        return spec.network().classes();
    }

    /**
     * Logits of samples.
     *
     * @param samples n samples one after another, each row-major
     * @return (n, K), row-major
     * @throws IllegalArgumentException when the numbers are not those of whole samples
     */
    public float[] logits(float[] samples) {
        return each(samples, net::logits);
    }

    /**
     * Features of samples, in which sets of samples are compared: see {@link ClassifierNet#features}.
     *
     * @param samples n samples one after another, each row-major
     * @return (n, F), row-major
     * @throws IllegalArgumentException when the numbers are not those of whole samples
     */
    public float[] features(float[] samples) {
        return each(samples, net::features);
    }

    private float[] each(float[] samples, UnaryOperator<Tensor> of) {
        int dim = spec.network().dim();
        if (samples.length % dim != 0) {
            throw new IllegalArgumentException("classifier: got " + samples.length + " numbers; expected a multiple of "
                    + dim + ", the numbers in a sample");
        }
        int n = samples.length / dim;
        float[] out = new float[0];
        try (NoGrad off = NoGrad.open()) {
            for (int from = 0; from < n; from += CHUNK) {
                int to = Math.min(n, from + CHUNK);
                try (Scope chunk = device.scope()) {
                    float[] part = Arrays.copyOfRange(samples, from * dim, to * dim);
                    Tensor x = Tensor.of(device, spec.dtype(), part, spec.batchShape(to - from));
                    float[] found = of.apply(x).toFloats();
                    int width = found.length / (to - from);
                    if (from == 0) {
                        out = new float[Math.multiplyExact(n, width)];
                    }
                    System.arraycopy(found, 0, out, from * width, found.length);
                }
            }
        }
        return out;
    }

    /** The class with the greatest logit of each sample, the first of equals. */
    public int[] classify(float[] samples) {
        float[] logits = logits(samples);
        int[] labels = new int[logits.length / classes()];
        for (int i = 0; i < labels.length; i++) {
            int at = i * classes();
            for (int k = 1; k < classes(); k++) {
                if (logits[at + k] > logits[at + labels[i]]) {
                    labels[i] = k;
                }
            }
        }
        return labels;
    }

    @Override
    public void close() {
        if (owned) {
            network.close();
        }
    }
}
