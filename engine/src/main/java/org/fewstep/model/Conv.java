package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Two-dimensional convolution with a square kernel and a bias, weights stored (out, in / groups, kernel, kernel). */
public final class Conv extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final int stride;
    private final int padding;
    private final int groups;

    /**
     * A layer with weight and bias uniform on (-k, k), k = gain / sqrt(in kernel^2 / groups).
     *
     * @param gain 1 is the usual start, 0 makes the layer output zero
     */
    public Conv(Init init, int in, int out, int kernel, int stride, int padding, int groups, double gain) {
        if (in < 1 || out < 1 || kernel < 1 || groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("conv: got " + in + " to " + out + " channels in " + groups
                    + " groups, kernel " + kernel + "; expected at least 1 and channels divisible by the groups");
        }
        this.stride = stride;
        this.padding = padding;
        this.groups = groups;
        Shape shape = Shape.of(out, in / groups, kernel, kernel);
        double k = gain / Math.sqrt((double) in / groups * kernel * kernel);
        this.weight = parameter(init, "weight", shape, Starts.uniform(init, "weight", shape.count(), k));
        this.bias = parameter(init, "bias", Shape.of(out), Starts.uniform(init, "bias", out, k));
    }

    /** A layer of stride 1 that keeps height and width; the kernel is odd. */
    public static Conv same(Init init, int in, int out, int kernel, double gain) {
        return new Conv(init, in, out, kernel, 1, kernel / 2, 1, gain);
    }

    /** x (B, in, H, W) to (B, out, ...). */
    public Tensor of(Tensor x) {
        return Ops.conv2d(x, weight.tensor(), bias.tensor(), stride, padding, groups);
    }
}
