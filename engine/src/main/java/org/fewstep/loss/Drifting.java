package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Drifting: a generator of one step follows the field that draws its samples to the data, without a teacher.
 *
 * <pre>
 * x = f(T eps, T)
 * L = sum over features phi of the mean of (c phi(x) - sg[c phi(x) + V])^2,   V, c of {@link DriftingField}
 * </pre>
 *
 * <p>With classes the samples have the labels of the batch's data, and pairs of two classes do not count. The value of a normalised
 * loss is about the number of temperatures squared whatever the network; {@link LossResult#error} is the size of the fields before, which
 * falls, though not to 0 for finite batches. Left out: guidance, and the published multi-scale features of an autoencoder. The field follows
 * the pseudocode as tyfeld/drifting-model and reachomk/sinkhorn have it, read, not run. Cost: one evaluation forward and backward, two products
 * of batch by batch by coordinates a temperature and feature.
 *
 * @paper Deng, Li, Li, Du, He: Generative Modeling via Drifting, 2026, arXiv:2602.04770
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class Drifting implements Loss<PredictionNet, Drifting.Draw> {
    private static final String NAME = "drifting";

    /**
     * The choices.
     *
     * @param field of each feature
     * @param highest T, above 0
     * @param features of samples (B, ...) that drift beside them, each (B, ...); none for an empty list
     * @param classes number of classes K; 0 trains without labels
     */
    public record Config(DriftingField field, double highest, Function<Tensor, List<Tensor>> features, int classes) {
        public Config {
            if (!(highest > 0) || Double.isInfinite(highest) || classes < 0) {
                throw new IllegalArgumentException(NAME + ": got highest level " + highest + ", classes " + classes
                        + "; expected a finite number above 0, and at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x0 data (B, ...)
     * @param eps noise (B, ...)
     * @param labels of both; null without classes
     * @param level T (B)
     * @param counting as {@link DriftingField} has it (B, 2 B)
     * @param cond the labels on the device
     */
    public record Draw(Tensor x0, Tensor eps, int @Nullable [] labels, Tensor level, Tensor counting, Cond cond) {}

    private final Config config;

    public Drifting(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor eps = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        return draw(x0, eps, Labels.of(NAME, batch, config.classes));
    }

    /** The draw of given numbers: data and noise (B, ...), labels (B) or null. */
    public Draw draw(Tensor x0, Tensor eps, int @Nullable [] labels) {
        int count = x0.dim(0);
        double[] level = new double[count];
        Arrays.fill(level, config.highest);
        double[] counting = new double[2 * count * count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                boolean alike = labels == null || labels[i] == labels[j];
                counting[2 * count * i + j] = alike ? 1 : 0;
                counting[2 * count * i + count + j] = alike && i != j ? 1 : 0;
            }
        }
        return new Draw(
                x0,
                eps,
                labels,
                PerSample.times(level, x0),
                Tensor.of(x0.device(), x0.dtype(), counting, count, 2 * count),
                Labels.cond(labels, config.classes, x0));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.x0, draw.eps, draw.level, draw.counting));
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    @Override
    public LossResult loss(PredictionNet generator, Draw draw) {
        Tensor x = generator.of(scale(draw.eps, config.highest), draw.level, draw.cond);
        List<Tensor> generated = features(x);
        List<Tensor> real;
        try (NoGrad off = NoGrad.open()) {
            real = features(draw.x0);
        }
        Tensor perSample = null;
        Tensor size = null;
        for (int i = 0; i < generated.size(); i++) {
            Tensor phi = PerSample.flat(generated.get(i));
            DriftingField.At at = config.field.at(phi, PerSample.flat(real.get(i)), draw.counting);
            Tensor inUnits = at.factor() == null ? phi : mul(phi, at.factor());
            Tensor l = PerSample.meanOf(square(sub(inUnits, add(stopGradient(inUnits), at.v()))));
            perSample = perSample == null ? l : add(perSample, l);
            size = size == null ? at.size() : add(size, at.size());
        }
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x", x);
        // The samples themselves are the first feature, so both are there.
        Tensor sum = Objects.requireNonNull(perSample);
        return new LossResult(mean(sum), Objects.requireNonNull(size), sum, parts);
    }

    private List<Tensor> features(Tensor x) {
        List<Tensor> all = new ArrayList<>(List.of(x));
        all.addAll(config.features.apply(x));
        return all;
    }

    @Override
    public Coupling coupling() {
        return Coupling.BATCH;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        throw new IllegalArgumentException(NAME + ": got a slice of a batch that shares a field; expected all");
    }
}
