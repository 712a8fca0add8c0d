package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A convolution that may halve or double the image with a {@link FirFilter}, as in EDM's networks (Karras et al. 2022,
 * arXiv:2206.00364): upsampling, then downsampling, then the kernel; or fused, where filter and kernel share their padding.
 */
public final class ResampleConv extends Module {
    private final int kernel;
    private final boolean up;
    private final boolean down;
    private final @Nullable Parameter filter;
    private final int filterPadding;
    private final boolean fused;
    private final @Nullable Parameter weight;
    private final @Nullable Parameter bias;

    /**
     * A layer with weight and bias uniform on (-k, k), k = gain / sqrt(in kernel^2).
     *
     * @param kernel odd, or 0 for resampling alone
     * @param filter null where neither up nor down
     * @param fused upsample: filter and kernel cut off the difference of their paddings; downsample: the kernel runs on the
     *     image padded for both, then the filter without padding
     */
    public ResampleConv(
            Init init,
            int in,
            int out,
            int kernel,
            boolean up,
            boolean down,
            @Nullable FirFilter filter,
            boolean fused,
            double gain) {
        if (in < 1 || out < 1 || kernel < 0 || (kernel == 0 ? in != out : kernel % 2 == 0)) {
            throw new IllegalArgumentException("resample conv: got " + in + " to " + out + " channels and kernel "
                    + kernel + "; expected at least 1, and an odd kernel or 0 for equal channels");
        }
        if ((up || down) != (filter != null) || (up && down)) {
            throw new IllegalArgumentException("resample conv: got up " + up + ", down " + down + " and "
                    + (filter == null ? "no" : "a") + " filter; expected a filter exactly for one of up and down");
        }
        this.kernel = kernel;
        this.up = up;
        this.down = down;
        this.filter = filter == null
                ? null
                : constant(init, "resample_filter", Shape.of(1, 1, filter.length(), filter.length()), filter.kernel());
        this.filterPadding = filter == null ? 0 : filter.padding();
        this.fused = fused;
        if (kernel == 0) {
            this.weight = null;
            this.bias = null;
        } else {
            Shape shape = Shape.of(out, in, kernel, kernel);
            double k = gain / Math.sqrt((double) in * kernel * kernel);
            this.weight = parameter(init, "weight", shape, Starts.uniform(init, "weight", shape.count(), k));
            this.bias = parameter(init, "bias", Shape.of(out), Starts.uniform(init, "bias", out, k));
        }
    }

    /** x (B, in, H, W) to (B, out, ...), H and W doubled, halved or kept. */
    public Tensor of(Tensor x) {
        Parameter w = weight;
        Parameter b = bias;
        if (w == null || b == null) {
            return resampled(x, filterPadding);
        }
        int pad = kernel / 2;
        if (!fused || filter == null) {
            return Ops.conv2d(resampled(x, filterPadding), w.tensor(), b.tensor(), 1, pad, 1);
        }
        if (up) {
            Tensor big = resampled(x, Math.max(filterPadding - pad, 0));
            return Ops.conv2d(big, w.tensor(), b.tensor(), 1, Math.max(pad - filterPadding, 0), 1);
        }
        Tensor y = resampled(Ops.conv2d(x, w.tensor(), 1, pad + filterPadding, 1), 0);
        return Ops.add(y, Ops.reshape(b.tensor(), b.shape().count(), 1, 1));
    }

    private Tensor resampled(Tensor x, int padding) {
        Parameter k = filter;
        if (k == null) {
            return x;
        }
        return up ? FirFilter.up(x, k.tensor(), padding) : FirFilter.down(x, k.tensor(), padding);
    }
}
