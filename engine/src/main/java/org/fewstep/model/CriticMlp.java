package org.fewstep.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A discriminator of points and small images: sample, noise level and class vector side by side through an {@link Mlp} with
 * SiLU to one logit.
 *
 * <p>The sample is divided by the data's standard deviation and the level seen as ln(t) / 4, as EDM's networks see them. The
 * network is smooth, so that its gradient penalty has a gradient everywhere.
 */
public final class CriticMlp extends Module implements CriticNet {
    private static final int TIME_WIDTH = 8;
    private static final double MAX_FREQUENCY = 2;

    private final int dim;
    private final double sigmaData;
    private final TimeFeatures time;
    private final @Nullable ClassEmbedding labels;
    private final Mlp mlp;

    /**
     * A fresh network.
     *
     * @param dim numbers in a sample
     * @param classes number of classes K, 0 for none
     * @param width hidden width
     * @param depth hidden layers, at least 1
     * @param sigmaData standard deviation of the data, above 0
     */
    public CriticMlp(Init init, int dim, int classes, int width, int depth, double sigmaData) {
        if (dim < 1 || classes < 0 || width < 1 || depth < 1 || !(sigmaData > 0)) {
            throw new IllegalArgumentException("critic: got " + dim + " numbers a sample, " + classes
                    + " classes, width " + width + ", depth " + depth + ", sigma_data " + sigmaData
                    + "; expected at least 1 (classes: 0), sigma_data above 0");
        }
        this.dim = dim;
        this.sigmaData = sigmaData;
        this.time =
                child("time", new TimeFeatures(init.part("time"), TimeEncoding.SINUSOIDAL, TIME_WIDTH, MAX_FREQUENCY));
        this.labels = classes == 0 ? null : child("labels", new ClassEmbedding(init.part("labels"), classes, width));
        int[] widths = new int[depth + 2];
        Arrays.fill(widths, width);
        widths[0] = dim + TIME_WIDTH + (classes == 0 ? 0 : width);
        widths[depth + 1] = 1;
        this.mlp = child("mlp", new Mlp(init.part("mlp"), Activation.SILU, widths));
    }

    /** One logit a sample (B), arguments as in {@link CriticNet#logits}. */
    @Override
    public Tensor logits(Tensor x, Tensor t, Cond cond) {
        return call(x, () -> {
            int batch = x.dim(0);
            List<Tensor> columns = new ArrayList<>();
            columns.add(Ops.scale(Ops.reshape(x, Shape.of(batch, dim)), 1 / sigmaData));
            columns.add(time.of(Ops.scale(Ops.log(t), 0.25)));
            if (labels != null) {
                columns.add(labels.of(cond.labels(), batch));
            }
            return Ops.reshape(mlp.of(Ops.concat(1, columns.toArray(new Tensor[0]))), batch);
        });
    }
}
