package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.PredictionNet;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Knowledge distillation: a student learns in one step the ends to which a teacher's ODE led from given noise.
 *
 * <p>L = E d(f(T z, T), Phi(z)) / 2 over stored pairs of noise z and end Phi(z), T the highest level, d the mean square. The pairs are the
 * batch: its source is the noise, its data the ends. Checked against NVlabs/FastGen. Cost: one evaluation forward and backward
 * a step; the pairs cost the teacher's steps once.
 *
 * @paper Luhman, Luhman: Knowledge Distillation in Iterative Generative Models for Improved Sampling Speed, 2021,
 *     arXiv:2101.02388
 * @shape source and x0 (B, ...); total (), perSample (B)
 */
public final class KnowledgeDistillation implements Loss<PredictionNet, KnowledgeDistillation.Draw> {
    private static final String NAME = "knowledge distillation";

    /**
     * A step's pairs.
     *
     * @param z standard normal noise (B, ...)
     * @param end Phi(z) (B, ...)
     * @param labels of the pairs, or null
     * @param level T (B)
     * @param cond the labels on the device
     */
    public record Draw(Tensor z, Tensor end, int @Nullable [] labels, Tensor level, Cond cond) {}

    private final double highest;
    private final Distance distance;
    private final int classes;

    /** The loss by mean squares. */
    public KnowledgeDistillation(double highest, int classes) {
        this(highest, new Distance.MeanSquare(), classes);
    }

    /**
     * The loss.
     *
     * @param highest T, sigma of x = x0 + sigma z, above 0
     * @param distance d
     * @param classes number of classes K; 0 trains without labels
     */
    public KnowledgeDistillation(double highest, Distance distance, int classes) {
        if (!(highest > 0) || Double.isInfinite(highest) || classes < 0) {
            throw new IllegalArgumentException(NAME + ": got highest level " + highest + ", classes " + classes
                    + "; expected a finite number above 0, and at least 0");
        }
        this.highest = highest;
        this.distance = distance;
        this.classes = classes;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        Tensor noise = batch.source();
        if (noise == null) {
            throw new IllegalArgumentException(NAME + ": got a batch without source; expected the noise that the"
                    + " teacher's ODE began with; make the pairs first");
        }
        return draw(noise, batch.x0(), Labels.of(NAME, batch, classes));
    }

    /** The draw of given pairs (B, ...), labels (B) or null. */
    public Draw draw(Tensor z, Tensor end, int @Nullable [] labels) {
        double[] level = new double[z.dim(0)];
        Arrays.fill(level, highest);
        return new Draw(z, end, labels, PerSample.times(level, z), Labels.cond(labels, classes, z));
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        List<Tensor> inputs = new ArrayList<>(List.of(draw.z, draw.end, draw.level));
        Labels.addTo(inputs, draw.cond);
        return inputs;
    }

    @Override
    public LossResult loss(PredictionNet student, Draw draw) {
        Tensor f = student.of(scale(draw.z, highest), draw.level, draw.cond);
        Tensor perSample = scale(distance.of(f, draw.end), 0.5);
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("f", f);
        return new LossResult(mean(perSample), perSample, parts);
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(
                Ops.slice(draw.z, 0, from, to), Ops.slice(draw.end, 0, from, to), Labels.slice(draw.labels, from, to));
    }
}
