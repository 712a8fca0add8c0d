package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Transposed convolution with a square kernel and a bias, weights stored (in, out, kernel, kernel). */
public final class TransposedConv extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final int stride;
    private final int padding;
    private final int outputPadding;

    /**
     * A layer with weight and bias uniform on (-k, k), k = 1 / sqrt(out kernel^2).
     *
     * @param padding rows and columns cut off at each side
     * @param outputPadding how many fewer are cut off at the bottom and right, below the stride
     */
    public TransposedConv(Init init, int in, int out, int kernel, int stride, int padding, int outputPadding) {
        if (in < 1 || out < 1 || kernel < 1) {
            throw new IllegalArgumentException("transposed conv: got " + in + " to " + out + " channels, kernel "
                    + kernel + "; expected at least 1");
        }
        this.stride = stride;
        this.padding = padding;
        this.outputPadding = outputPadding;
        Shape shape = Shape.of(in, out, kernel, kernel);
        double k = 1 / Math.sqrt((double) out * kernel * kernel);
        this.weight = parameter(init, "weight", shape, Starts.uniform(init, "weight", shape.count(), k));
        this.bias = parameter(init, "bias", Shape.of(out), Starts.uniform(init, "bias", out, k));
    }

    /** x (B, in, H, W) to (B, out, (H - 1) stride - 2 padding + kernel + outputPadding, ...). */
    public Tensor of(Tensor x) {
        Tensor y = Ops.convTranspose2d(x, weight.tensor(), stride, padding, outputPadding, 1);
        return Ops.add(y, Ops.reshape(bias.tensor(), bias.shape().count(), 1, 1));
    }
}
