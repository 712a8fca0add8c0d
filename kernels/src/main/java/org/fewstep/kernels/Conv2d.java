package org.fewstep.kernels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolution (cross-correlation, zero padding) and its two transposes.
 *
 * <p>Layouts: x (B, C, H, W), weights w (O, C/G, kH, kW), y (B, O, oH, oW), bias (O), G groups. With
 * {@code y[n,o,i,j] = sum w[o,c,a,b] x[n, c of o's group, i sY - pT + a, j sX - pL + b]} each code computes one of the
 * three from the other two. The weights are stored as the (O, C/G kH kW) matrix that the product of the unfolded image
 * needs. The order in which products are added to one element of y or x does not depend on B.
 */
public final class Conv2d extends Workload {
    /** What is computed. */
    public enum Code {
        /** y from x and w, plus bias */
        FORWARD,
        /** x from y and w: the transpose in x */
        INPUT,
        /** w from x and y: the transpose in w, summed over the batch */
        WEIGHT
    }

    /**
     * Sizes of a convolution.
     *
     * @param padTop rows of zeros above the image; those below follow from outHeight
     * @param padLeft columns of zeros to the left
     * @param groups divides inChannels and outChannels
     */
    public record Geometry(
            int batch,
            int inChannels,
            int inHeight,
            int inWidth,
            int outChannels,
            int outHeight,
            int outWidth,
            int kernelHeight,
            int kernelWidth,
            int strideY,
            int strideX,
            int padTop,
            int padLeft,
            int groups) {
        public Geometry {
            if (batch < 0
                    || inHeight < 0
                    || inWidth < 0
                    || outHeight < 0
                    || outWidth < 0
                    || kernelHeight < 1
                    || kernelWidth < 1
                    || strideY < 1
                    || strideX < 1
                    || padTop < 0
                    || padLeft < 0
                    || groups < 1
                    || inChannels < 1
                    || outChannels < 1
                    || inChannels % groups != 0
                    || outChannels % groups != 0) {
                throw new IllegalArgumentException("conv2d: got batch " + batch + ", channels " + inChannels + " to "
                        + outChannels + " in " + groups + " groups, image " + inHeight + "x" + inWidth + " to "
                        + outHeight + "x" + outWidth + ", kernel " + kernelHeight + "x" + kernelWidth + ", stride "
                        + strideY + "x" + strideX + ", padding " + padTop + ", " + padLeft
                        + "; expected sizes of at least 0, kernel, strides and channels of at least 1, channels"
                        + " divisible by the groups");
            }
        }

        /** Input channels of a group. */
        public int groupIn() {
            return inChannels / groups;
        }

        /** Output channels of a group. */
        public int groupOut() {
            return outChannels / groups;
        }

        /** Products of one element of y: rows of the unfolded image of a group. */
        public int depth() {
            return groupIn() * kernelHeight * kernelWidth;
        }

        /** Places of one channel of y: columns of the unfolded image of a sample. */
        public int places() {
            return outHeight * outWidth;
        }

        /** True when the unfolded image is the image itself. */
        public boolean pointwise() {
            return kernelHeight == 1
                    && kernelWidth == 1
                    && strideY == 1
                    && strideX == 1
                    && padTop == 0
                    && padLeft == 0
                    && outHeight == inHeight
                    && outWidth == inWidth;
        }
    }

    private final Code code;
    private final Geometry geometry;
    private final Buffer x;
    private final Buffer w;
    private final @Nullable Buffer bias;
    private final Buffer y;

    /**
     * Describes the work.
     *
     * @param bias one number an output channel for FORWARD, or null
     */
    public Conv2d(Code code, Geometry geometry, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
        super(
                Family.CONV2D,
                Family.CONV2D.label(code),
                x.dtype(),
                reads(code, x, w, bias, y),
                List.of(result(code, x, w, y)));
        this.code = code;
        requireFloating(label(), x);
        requireDType(label(), x.dtype(), w);
        requireDType(label(), x.dtype(), y);
        Geometry g = geometry;
        requireSize(label(), "x", x, (long) g.batch * g.inChannels * g.inHeight * g.inWidth);
        requireSize(label(), "w", w, (long) g.outChannels * g.depth());
        requireSize(label(), "y", y, (long) g.batch * g.outChannels * g.outHeight * g.outWidth);
        if (bias != null) {
            if (code != Code.FORWARD) {
                throw new IllegalArgumentException(label() + ": got a bias; expected one for the forward code only");
            }
            requireDType(label(), x.dtype(), bias);
            requireSize(label(), "bias", bias, g.outChannels);
        }
        this.geometry = geometry;
        this.x = x;
        this.w = w;
        this.bias = bias;
        this.y = y;
    }

    private static List<Buffer> reads(Code code, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
        return switch (code) {
            case FORWARD -> bias == null ? List.of(x, w) : List.of(x, w, bias);
            case INPUT -> List.of(y, w);
            case WEIGHT -> List.of(x, y);
        };
    }

    private static Buffer result(Code code, Buffer x, Buffer w, Buffer y) {
        return switch (code) {
            case FORWARD -> y;
            case INPUT -> x;
            case WEIGHT -> w;
        };
    }

    public Code code() {
        return code;
    }

    public Geometry geometry() {
        return geometry;
    }

    public Buffer x() {
        return x;
    }

    public Buffer w() {
        return w;
    }

    public @Nullable Buffer bias() {
        return bias;
    }

    public Buffer y() {
        return y;
    }

    @Override
    public long flops() {
        Geometry g = geometry;
        return 2L * g.batch * g.outChannels * g.places() * g.depth();
    }
}
