package org.fewstep.model;

import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A learned vector a class, and one more for the null label K. */
public final class ClassEmbedding extends Module {
    private final Parameter table;
    private final int classes;

    /** A table of {@code classes + 1} rows, normal with standard deviation 1 / sqrt(width). */
    public ClassEmbedding(Init init, int classes, int width) {
        if (classes < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "class embedding: got " + classes + " classes of width " + width + "; expected at least 1");
        }
        this.classes = classes;
        int count = Math.multiplyExact(classes + 1, width);
        double[] values = init.rng().stream("table").normal(0, count, 0);
        for (int i = 0; i < count; i++) {
            values[i] /= Math.sqrt(width);
        }
        this.table = parameter(init, "table", Shape.of(classes + 1, width), values);
    }

    /**
     * Vectors (batch, width) of the labels.
     *
     * @param labels I32 (batch), or null for the null label everywhere
     */
    public Tensor of(@Nullable Tensor labels, int batch) {
        if (labels == null) {
            Tensor none = Tensor.full(table.buffer().device(), DType.I32, classes, Shape.of(batch));
            return Ops.gatherRows(table.tensor(), none);
        }
        if (labels.dim(0) != batch) {
            throw new IllegalArgumentException("class embedding: got " + labels.dim(0) + " labels for a batch of "
                    + batch + "; expected one a sample");
        }
        return Ops.gatherRows(table.tensor(), labels);
    }
}
