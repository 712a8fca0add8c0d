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

    /** (B, C, H, W) to (B, C, 2 H, 2 W) for an even number of taps, with zeros outside. */
    public Tensor up(Tensor x) {
        return up(x, padding());
    }

    /** As {@link #up(Tensor)} with {@code padding} rows and columns cut off at each side. */
    Tensor up(Tensor x, int padding) {
        Tensor y = Ops.convTranspose2d(planes(x), weights(x, 4), 2, padding, 0, 1);
        return Ops.reshape(y, Shape.of(x.dim(0), x.dim(1), y.dim(2), y.dim(3)));
    }

    /** (B, C, H, W) to (B, C, H / 2, W / 2) for an even number of taps, with zeros outside. */
    public Tensor down(Tensor x) {
        return down(x, padding());
    }

    /** As {@link #down(Tensor)} with other padding. */
    Tensor down(Tensor x, int padding) {
        Tensor y = Ops.conv2d(planes(x), weights(x, 1), 2, padding, 1);
        return Ops.reshape(y, Shape.of(x.dim(0), x.dim(1), y.dim(2), y.dim(3)));
    }

    private static Tensor planes(Tensor x) {
        return Ops.reshape(x, Shape.of(x.dim(0) * x.dim(1), 1, x.dim(2), x.dim(3)));
    }

    private Tensor weights(Tensor like, double factor) {
        double[] values = kernel.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.of(like.device(), like.dtype(), values, 1, 1, taps.length, taps.length);
    }
}
