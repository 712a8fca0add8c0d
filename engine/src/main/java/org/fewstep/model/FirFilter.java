package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Resampling of images by a factor 2 with a separable filter f: K = f f^T / (sum f)^2 on every channel (Zhang 2019,
 * arXiv:1904.11486; the filters of StyleGAN and EDM). {1, 1} is the mean of 2x2 blocks and nearest-neighbour upsampling.
 */
public final class FirFilter {
    private final double[] taps;
    private final double[] kernel;

    /**
     * A filter.
     *
     * @param taps f, at least two numbers with a sum that is not 0
     */
    public FirFilter(double... taps) {
        double sum = 0;
        for (double f : taps) {
            sum += f;
        }
        if (taps.length < 2 || sum == 0) {
            throw new IllegalArgumentException("fir filter: got " + taps.length + " taps of sum " + sum
                    + "; expected at least 2 and a sum that is not 0");
        }
        this.taps = taps.clone();
        this.kernel = new double[taps.length * taps.length];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = taps[i / taps.length] * taps[i % taps.length] / (sum * sum);
        }
    }

    /** Zeros that keep a resampled image centred: floor((length - 1) / 2). */
    public int padding() {
        return (taps.length - 1) / 2;
    }

    /** K, row-major (length, length). */
    double[] kernel() {
        return kernel.clone();
    }

    /** Number of taps. */
    int length() {
        return taps.length;
    }

    /** (B, C, H, W) to (B, C, 2 H, 2 W) for an even number of taps, with zeros outside. */
    public Tensor up(Tensor x) {
        return up(x, kernelLike(x), padding());
    }

    /** (B, C, H, W) to (B, C, H / 2, W / 2) for an even number of taps, with zeros outside. */
    public Tensor down(Tensor x) {
        return down(x, kernelLike(x), padding());
    }

    /** Upsampling by a kernel (1, 1, L, L) with {@code padding} rows and columns cut off at each side. */
    static Tensor up(Tensor x, Tensor kernel, int padding) {
        // Each image has four times as many pixels, so the kernel's sum is 4.
        return images(x, Ops.convTranspose2d(planes(x), Ops.scale(kernel, 4), 2, padding, 0, 1));
    }

    /** Downsampling by a kernel (1, 1, L, L) with zero padding. */
    static Tensor down(Tensor x, Tensor kernel, int padding) {
        return images(x, Ops.conv2d(planes(x), kernel, 2, padding, 1));
    }

    private static Tensor planes(Tensor x) {
        return Ops.reshape(x, Shape.of(x.dim(0) * x.dim(1), 1, x.dim(2), x.dim(3)));
    }

    private static Tensor images(Tensor x, Tensor planes) {
        return Ops.reshape(planes, Shape.of(x.dim(0), x.dim(1), planes.dim(2), planes.dim(3)));
    }

    private Tensor kernelLike(Tensor x) {
        return Tensor.constant(x.device(), x.dtype(), kernel, 1, 1, taps.length, taps.length);
    }
}
