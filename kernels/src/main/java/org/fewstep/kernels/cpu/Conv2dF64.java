// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.MatMul;
import org.jspecify.annotations.Nullable;

/**
 * Convolution by unfolding: row (c, a, b) of the unfolded image holds, for each place of the output, the pixel of
 * channel c that kernel element (a, b) meets there. All three codes are then matrix products, which the device's own
 * matmul computes; a few samples are unfolded at a time.
 *
 * <p>FORWARD: w (O, K) times the unfolded sample (K, P). INPUT: w^T (K, O) times y (O, P), folded back. WEIGHT: y (O, s
 * P) times the transpose of s unfolded samples side by side (K, s P).
 */
final class Conv2dF64 {
    /** Most elements of an unfolded image, unless one sample has more. */
    private static final int UNFOLDED = 1 << 21;

    private static final DType DTYPE = DType.F64;

    private Conv2dF64() {}

    static Prepared prepare(Conv2d w, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        long unfolded = (long) g.depth() * g.places();
        if (unfolded > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(w.label() + ": got " + g + ", " + unfolded
                    + " numbers for one unfolded sample; expected at most 2^31-1; convolve tiles of the image");
        }
        int sample = Math.max(1, (int) unfolded);
        int chunk = g.pointwise() && w.code() != Conv2d.Code.WEIGHT
                ? Math.max(1, g.batch())
                : Math.max(1, Math.min(g.batch(), UNFOLDED / sample));
        return () -> run(w, chunk, threads);
    }

    /** A few samples at a time. */
    private static void run(Conv2d w, int chunk, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        if (w.code() == Conv2d.Code.WEIGHT && g.batch() == 0) {
            Arrays.fill(CpuBuffer.f64(w.w()), 0, g.outChannels() * g.depth(), 0.0);
        }
        for (int group = 0; group < g.groups(); group++) {
            for (int first = 0; first < g.batch(); first += chunk) {
                int count = Math.min(chunk, g.batch() - first);
                switch (w.code()) {
                    case FORWARD -> forward(w, group, first, count, threads);
                    case INPUT -> input(w, group, first, count, threads);
                    case WEIGHT -> weight(w, group, first, count, threads);
                }
            }
        }
    }

    private static void forward(Conv2d w, int group, int first, int count, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        CpuDevice device = (CpuDevice) w.device();
        int depth = g.depth();
        int places = g.places();
        boolean inPlace = g.groups() == 1 && count == g.batch();
        boolean unfolded = g.pointwise() && inPlace;
        Buffer image = unfolded ? w.x() : device.take(DTYPE, count * depth * places);
        Buffer weights = groupWeights(w, group);
        Buffer y = inPlace ? w.y() : device.take(DTYPE, count * g.groupOut() * places);
        try {
            if (!unfolded) {
                unfold(w, group, first, count, depth * places, places, CpuBuffer.f64(image), threads);
            }
            device.execute(new MatMul(
                    count,
                    g.groupOut(),
                    places,
                    depth,
                    false,
                    false,
                    true,
                    false,
                    CpuBuffer.live(weights),
                    CpuBuffer.live(image),
                    null,
                    CpuBuffer.live(y)));
            Buffer bias = w.bias();
            if (!inPlace || bias != null) {
                store(w, group, first, count, CpuBuffer.f64(y), bias == null ? null : CpuBuffer.f64(bias), threads);
            }
        } finally {
            release(image, w.x());
            release(weights, w.w());
            release(y, w.y());
        }
    }

    private static void input(Conv2d w, int group, int first, int count, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        CpuDevice device = (CpuDevice) w.device();
        int depth = g.depth();
        int places = g.places();
        boolean inPlace = g.groups() == 1 && count == g.batch();
        boolean unfolded = g.pointwise() && inPlace;
        Buffer y = inPlace ? w.y() : device.take(DTYPE, count * g.groupOut() * places);
        Buffer weights = groupWeights(w, group);
        Buffer image = unfolded ? w.x() : device.take(DTYPE, count * depth * places);
        try {
            if (!inPlace) {
                load(w, group, first, count, g.groupOut() * places, places, CpuBuffer.f64(y), threads);
            }
            device.execute(new MatMul(
                    count,
                    depth,
                    places,
                    g.groupOut(),
                    true,
                    false,
                    true,
                    false,
                    CpuBuffer.live(weights),
                    CpuBuffer.live(y),
                    null,
                    CpuBuffer.live(image)));
            if (!unfolded) {
                fold(w, group, first, count, CpuBuffer.f64(image), threads);
            }
        } finally {
            release(image, w.x());
            release(weights, w.w());
            release(y, w.y());
        }
    }

    private static void weight(Conv2d w, int group, int first, int count, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        CpuDevice device = (CpuDevice) w.device();
        int depth = g.depth();
        int places = g.places();
        int size = g.groupOut() * depth;
        boolean inPlace = g.groups() == 1 && first == 0;
        boolean sideBySide = g.groups() == 1 && g.batch() == 1;
        Buffer y = sideBySide ? w.y() : device.take(DTYPE, g.groupOut() * count * places);
        Buffer image = device.take(DTYPE, depth * count * places);
        Buffer weights = inPlace ? w.w() : device.take(DTYPE, size);
        try {
            if (!sideBySide) {
                load(w, group, first, count, places, count * places, CpuBuffer.f64(y), threads);
            }
            unfold(w, group, first, count, places, count * places, CpuBuffer.f64(image), threads);
            device.execute(new MatMul(
                    1,
                    g.groupOut(),
                    depth,
                    count * places,
                    false,
                    true,
                    false,
                    false,
                    CpuBuffer.live(y),
                    CpuBuffer.live(image),
                    null,
                    CpuBuffer.live(weights)));
            if (!inPlace) {
                double[] from = CpuBuffer.f64(weights);
                double[] to = CpuBuffer.f64(w.w());
                int at = group * size;
                for (int i = 0; i < size; i++) {
                    to[at + i] = first == 0 ? from[i] : to[at + i] + from[i];
                }
            }
        } finally {
            release(weights, w.w());
            release(image, w.x());
            release(y, w.y());
        }
    }

    private static void release(Buffer mine, Buffer given) {
        if (mine != given) {
            mine.release();
        }
    }

    /** The (O/G, K) matrix of a group: the weights themselves, or a copy. */
    private static Buffer groupWeights(Conv2d w, int group) {
        Conv2d.Geometry g = w.geometry();
        if (g.groups() == 1) {
            return w.w();
        }
        int size = g.groupOut() * g.depth();
        Buffer copy = ((CpuDevice) w.device()).take(DTYPE, size);
        System.arraycopy(CpuBuffer.f64(w.w()), group * size, CpuBuffer.f64(copy), 0, size);
        return copy;
    }

    /** Element (row, place) of sample s goes to {@code to[s * sampleStep + row * rowStep + place]}. */
    private static void unfold(
            Conv2d w, int group, int first, int count, int sampleStep, int rowStep, double[] to, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        double[] x = CpuBuffer.f64(w.x());
        int channels = g.groupIn();
        int kernel = g.kernelHeight() * g.kernelWidth();
        int plane = g.inHeight() * g.inWidth();
        long nanos = (long) count * channels * kernel * g.places() / 2;
        threads.run(count * channels, nanos, part -> {
            int s = part / channels;
            int c = part % channels;
            int from = ((first + s) * g.inChannels() + group * channels + c) * plane;
            for (int k = 0; k < kernel; k++) {
                int at = s * sampleStep + (c * kernel + k) * rowStep;
                unfoldRow(g, x, from, k / g.kernelWidth(), k % g.kernelWidth(), to, at);
            }
        });
    }

    /** The pixels that kernel element (a, b) meets at each place of the output, zero outside of the image. */
    private static void unfoldRow(Conv2d.Geometry g, double[] x, int from, int a, int b, double[] to, int at) {
        int stride = g.strideX();
        int left = b - g.padLeft();
        int start = firstInside(left, stride, g.outWidth());
        int end = firstOutside(left, stride, g.inWidth(), g.outWidth());
        for (int i = 0; i < g.outHeight(); i++) {
            int row = i * g.strideY() - g.padTop() + a;
            int line = at + i * g.outWidth();
            if (row < 0 || row >= g.inHeight() || end <= start) {
                Arrays.fill(to, line, line + g.outWidth(), 0.0);
                continue;
            }
            int place = from + row * g.inWidth() + left;
            Arrays.fill(to, line, line + start, 0.0);
            if (stride == 1) {
                System.arraycopy(x, place + start, to, line + start, end - start);
            } else {
                for (int j = start; j < end; j++) {
                    to[line + j] = x[place + j * stride];
                }
            }
            Arrays.fill(to, line + end, line + g.outWidth(), 0.0);
        }
    }

    /** Adds each row of the unfolded image back to the pixels that it was taken from, kernel elements in order. */
    private static void fold(Conv2d w, int group, int first, int count, double[] image, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        double[] x = CpuBuffer.f64(w.x());
        int channels = g.groupIn();
        int kernel = g.kernelHeight() * g.kernelWidth();
        int plane = g.inHeight() * g.inWidth();
        int places = g.places();
        threads.run(count * channels, (long) count * channels * kernel * places, part -> {
            int s = part / channels;
            int c = part % channels;
            int to = ((first + s) * g.inChannels() + group * channels + c) * plane;
            Arrays.fill(x, to, to + plane, 0.0);
            for (int k = 0; k < kernel; k++) {
                int at = (s * g.depth() + c * kernel + k) * places;
                foldRow(g, image, at, k / g.kernelWidth(), k % g.kernelWidth(), x, to);
            }
        });
    }

    private static void foldRow(Conv2d.Geometry g, double[] image, int at, int a, int b, double[] x, int to) {
        int stride = g.strideX();
        int left = b - g.padLeft();
        int start = firstInside(left, stride, g.outWidth());
        int end = firstOutside(left, stride, g.inWidth(), g.outWidth());
        for (int i = 0; i < g.outHeight(); i++) {
            int row = i * g.strideY() - g.padTop() + a;
            if (row < 0 || row >= g.inHeight()) {
                continue;
            }
            int line = at + i * g.outWidth();
            int place = to + row * g.inWidth() + left;
            for (int j = start; j < end; j++) {
                x[place + j * stride] += image[line + j];
            }
        }
    }

    /** The least j with left + j stride at least 0, at most n. */
    private static int firstInside(int left, int stride, int n) {
        return left >= 0 ? 0 : Math.min(n, (-left + stride - 1) / stride);
    }

    /** The least j with left + j stride at least width, at most n. */
    private static int firstOutside(int left, int stride, int width, int n) {
        return left >= width ? 0 : Math.min(n, (width - left + stride - 1) / stride);
    }

    /** Channel o of a group of y in sample s goes to {@code to[s * sampleStep + o * rowStep]} and behind. */
    private static void load(
            Conv2d w, int group, int first, int count, int sampleStep, int rowStep, double[] to, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        double[] y = CpuBuffer.f64(w.y());
        int places = g.places();
        threads.run(count, (long) count * g.groupOut() * places / 4, s -> {
            for (int o = 0; o < g.groupOut(); o++) {
                int from = ((first + s) * g.outChannels() + group * g.groupOut() + o) * places;
                System.arraycopy(y, from, to, s * sampleStep + o * rowStep, places);
            }
        });
    }

    /** A group's (count, O/G, places) result goes to its place in y, which may be where it is, with the bias added. */
    private static void store(
            Conv2d w, int group, int first, int count, double[] from, double @Nullable [] bias, Threads threads) {
        Conv2d.Geometry g = w.geometry();
        double[] y = CpuBuffer.f64(w.y());
        int places = g.places();
        int rows = g.groupOut();
        threads.run(count, (long) count * rows * places / 2, s -> {
            for (int o = 0; o < rows; o++) {
                int channel = group * rows + o;
                int at = ((first + s) * g.outChannels() + channel) * places;
                int source = (s * rows + o) * places;
                double shift = bias == null ? 0.0 : bias[channel];
                if (bias == null) {
                    System.arraycopy(from, source, y, at, places);
                } else {
                    for (int i = 0; i < places; i++) {
                        y[at + i] = from[source + i] + shift;
                    }
                }
            }
        });
    }
}
