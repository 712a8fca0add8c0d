package org.fewstep.loss;

import static org.fewstep.op.Ops.mean;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.fewstep.model.ClassifierNet;
import org.fewstep.model.CrossEntropy;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Cross-entropy of a classifier on labelled samples, L = mean over the batch of -sum_k q_k ln softmax(logits)_k, with the
 * targets q smoothed towards the uniform distribution and images moved at random by whole pixels.
 *
 * <p>Cost: one evaluation forward and backward a step.
 *
 * @paper Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: Rethinking the Inception Architecture for Computer Vision, 2015,
 *     arXiv:1512.00567, section 7 (smoothed targets)
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class Classification implements Loss<ClassifierNet, Classification.Draw> {
    /**
     * The choices.
     *
     * @param classes number of classes K, at least 2
     * @param smoothing part of each target that is spread over all classes evenly, 0 to 1
     * @param shift greatest distance in pixels by which an image (C, H, W) is moved; 0 for samples of any shape
     */
    public record Config(int classes, double smoothing, int shift) {
        public Config {
            if (classes < 2 || !(smoothing >= 0 && smoothing <= 1) || shift < 0) {
                throw new IllegalArgumentException("classification: got classes " + classes + ", smoothing " + smoothing
                        + ", shift " + shift + "; expected at least 2, 0 to 1, at least 0");
            }
        }
    }

    /**
     * The randomness of a step.
     *
     * @param x samples as the network sees them (B, ...)
     * @param targets (B, K)
     * @param labels (B)
     */
    public record Draw(Tensor x, Tensor targets, int[] labels) {}

    private final Config config;

    public Classification(Config config) {
        this.config = config;
    }

    @Override
    public Draw draw(Batch batch, Rng rng, int step) {
        int[] labels = Labels.of("classification", batch, config.classes);
        if (labels == null) {
            throw new IllegalStateException("classification: no labels");
        }
        Tensor x = new RandomShift(config.shift).of(batch.x0(), rng.stream("shift"), step);
        return draw(x, labels);
    }

    private Draw draw(Tensor x, int[] labels) {
        return new Draw(x, CrossEntropy.targets(x, labels, config.classes, config.smoothing), labels);
    }

    @Override
    public List<Tensor> inputs(Draw draw) {
        return List.of(draw.x(), draw.targets());
    }

    @Override
    public LossResult loss(ClassifierNet net, Draw draw) {
        Tensor logits = net.logits(draw.x());
        Tensor perSample = CrossEntropy.of(logits, draw.targets());
        return new LossResult(mean(perSample), perSample, Map.of("logits", logits));
    }

    @Override
    public Coupling coupling() {
        return Coupling.NONE;
    }

    @Override
    public Draw slice(Draw draw, int from, int to) {
        return draw(Ops.slice(draw.x(), 0, from, to), Arrays.copyOfRange(draw.labels(), from, to));
    }
}
