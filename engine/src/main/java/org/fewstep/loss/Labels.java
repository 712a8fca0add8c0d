package org.fewstep.loss;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Class labels of a draw and their dropout: a dropped label becomes the null label K. */
final class Labels {
    private Labels() {}

    /** One uniform number a sample, for dropout. */
    static double[] uniform(Rng rng, int step, int count) {
        return rng.stream("label dropout").uniform(0, count, step);
    }

    /** Which samples lose their label, each with the same probability. */
    static boolean[] dropEach(Rng rng, int step, int count, double probability) {
        double[] u = uniform(rng, step, count);
        boolean[] dropped = new boolean[count];
        for (int i = 0; i < count; i++) {
            dropped[i] = u[i] < probability;
        }
        return dropped;
    }

    /** The first samples of a batch, as many as the numbers in (0, 1) below the probability. */
    static boolean[] dropLeading(double[] uniform, double probability) {
        int count = 0;
        for (double drop : uniform) {
            count += drop < probability ? 1 : 0;
        }
        boolean[] dropped = new boolean[uniform.length];
        Arrays.fill(dropped, 0, count, true);
        return dropped;
    }

    /**
     * The labels of a batch for a network of K classes, or null for an unconditional one.
     *
     * @throws IllegalArgumentException when the network has classes and the batch no labels
     */
    static int @Nullable [] of(String loss, Batch batch, int classes) {
        if (classes == 0) {
            return null;
        }
        return require(loss, batch, classes);
    }

    /** The labels of a batch for a network of K classes, at least 1; errors as above. */
    static int[] require(String loss, Batch batch, int classes) {
        int[] labels = batch.labels();
        if (labels == null || labels.length != batch.size()) {
            throw new IllegalArgumentException(loss + ": got " + (labels == null ? "no" : labels.length)
                    + " labels for " + batch.size() + " samples and " + classes
                    + " classes; expected one a sample; set classes 0 to train without labels");
        }
        return labels.clone();
    }

    /** The labels with K where a sample was dropped. */
    static int @Nullable [] without(int @Nullable [] labels, boolean[] dropped, int classes) {
        if (labels == null) {
            return null;
        }
        int[] kept = labels.clone();
        for (int i = 0; i < kept.length; i++) {
            if (dropped[i]) {
                kept[i] = classes;
            }
        }
        return kept;
    }

    /** The labels as a condition without guidance. */
    static Cond cond(int @Nullable [] labels, int classes, Tensor like) {
        return labels == null ? Cond.NONE : Cond.labels(like.device(), labels, classes);
    }

    /** The condition with the scales 1 + w; itself without. */
    static Cond guided(Cond cond, double @Nullable [] w, Tensor like) {
        return w == null
                ? cond
                : cond.withScales(
                        PerSample.times(Arrays.stream(w).map(each -> 1 + each).toArray(), like));
    }

    /** The null label K for every sample, made on the device. */
    static Cond none(int classes, Tensor like) {
        return new Cond(Tensor.full(like.device(), DType.I32, classes, Shape.of(like.dim(0))), 1, 0, 1);
    }

    /** Adds the labels and the guidance scales of a condition to the inputs of a draw. */
    static void addTo(List<Tensor> inputs, Cond cond) {
        Tensor labels = cond.labels();
        if (labels != null) {
            inputs.add(labels);
        }
        Tensor scales = cond.scales();
        if (scales != null) {
            inputs.add(scales);
        }
    }

    /** The labels at the given indices. */
    static int @Nullable [] pick(int @Nullable [] labels, int[] index) {
        if (labels == null) {
            return null;
        }
        int[] picked = new int[index.length];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = labels[index[i]];
        }
        return picked;
    }

    static int @Nullable [] slice(int @Nullable [] labels, int from, int to) {
        return labels == null ? null : Arrays.copyOfRange(labels, from, to);
    }
}
