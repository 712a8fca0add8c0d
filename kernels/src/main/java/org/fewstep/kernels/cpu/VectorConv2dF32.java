package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;

/**
 * Convolution with stride 1 as products whose unfolded image is read straight from a padded copy of the image, which is
 * kernelHeight kernelWidth times smaller: {@link VectorCorrelationF32} and {@link VectorConvWeightF32}. Other strides
 * unfold ({@link Conv2dF64}).
 */
final class VectorConv2dF32 {
    private VectorConv2dF32() {}

    static Prepared prepare(Conv2d w, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        int belowX = g.kernelHeight() - 1 - g.padTop();
        int rightX = g.kernelWidth() - 1 - g.padLeft();
        boolean plain = g.strideX() == 1 && g.strideY() == 1 && g.places() > 0 && g.inHeight() * g.inWidth() > 0;
        if (!plain || (w.code() == Conv2d.Code.INPUT && (belowX < 0 || rightX < 0))) {
            return Conv2dF32.prepare(w, threads);
        }
        Planes x = new Planes(CpuBuffer.f32(w.x()), g.inChannels(), g.inHeight(), g.inWidth());
        Planes y = new Planes(CpuBuffer.f32(w.y()), g.outChannels(), g.outHeight(), g.outWidth());
        float[] kernel = CpuBuffer.f32(w.w());
        Buffer bias = w.bias();
        Prepared conv = switch (w.code()) {
            case FORWARD ->
                new VectorCorrelationF32(
                        g,
                        x,
                        y,
                        g.padTop(),
                        g.padLeft(),
                        kernel,
                        false,
                        bias == null ? null : CpuBuffer.f32(bias),
                        threads);
            case INPUT -> new VectorCorrelationF32(g, y, x, belowX, rightX, kernel, true, null, threads);
            case WEIGHT -> new VectorConvWeightF32(g, x, y, kernel, threads);
        };
        long flops = 2L * g.batch() * g.outChannels() * g.places() * g.depth();
        return () -> {
            conv.run();
            // No workload of its own counts these products.
            w.device().live().matMulFlops().addAndGet(flops);
        };
    }

    /** Images (B, channels, height, width). */
    record Planes(float[] x, int channels, int height, int width) {
        /** Place of a channel of a sample. */
        int at(int sample, int channel) {
            return (sample * channels + channel) * height * width;
        }

        /** Row r, column j of the padded plane is pixel (r - top, j - left), or zero outside of the image. */
        void pad(int sample, int channel, int top, int left, int rows, int columns, float[] to, int at) {
            int plane = at(sample, channel);
            int first = Math.min(columns, left);
            int count = Math.max(0, Math.min(width, columns - left));
            for (int r = 0; r < rows; r++) {
                int row = r - top;
                int line = at + r * columns;
                if (row < 0 || row >= height) {
                    Arrays.fill(to, line, line + columns, 0);
                    continue;
                }
                Arrays.fill(to, line, line + first, 0);
                System.arraycopy(x, plane + row * width, to, line + first, count);
                Arrays.fill(to, line + first + count, line + columns, 0);
            }
        }
    }
}
