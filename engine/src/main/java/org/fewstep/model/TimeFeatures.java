package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Features of a time in [0, 1], without the factor 1000 of image diffusion code: that factor multiplies du/dt and so the
 * tangent of every JVP-based loss.
 *
 * <p>SINUSOIDAL: sin and cos of 2 pi f t with n/2 frequencies f spaced geometrically from 1/4 to {@code maxFrequency};
 * FOURIER: f normal with standard deviation {@code maxFrequency}, drawn once and stored with the network.
 */
public final class TimeFeatures extends Module {
    private final int width;
    private final @Nullable Parameter frequencies;

    /**
     * The encoding.
     *
     * @param width number of features, 1 for RAW, else even
     * @param maxFrequency highest frequency (SINUSOIDAL) or its spread (FOURIER), in cycles over [0, 1]
     */
    public TimeFeatures(Init init, TimeEncoding encoding, int width, double maxFrequency) {
        boolean raw = encoding == TimeEncoding.RAW;
        if (raw ? width != 1 : width < 4 || width % 2 != 0 || !(maxFrequency > 0.25)) {
            throw new IllegalArgumentException("time features: got " + encoding + " of width " + width
                    + " and highest frequency " + maxFrequency
                    + "; expected width 1 for RAW, else an even width of at least 4 and a frequency above 0.25");
        }
        this.width = width;
        this.frequencies = raw
                ? null
                : constant(
                        init,
                        "frequencies",
                        Shape.of(1, width / 2),
                        frequencies(init, encoding, width / 2, maxFrequency));
    }

    private static double[] frequencies(Init init, TimeEncoding encoding, int count, double max) {
        double[] normal = init.rng().stream("frequencies").normal(0, count, 0);
        double[] angular = new double[count];
        for (int i = 0; i < count; i++) {
            double f = encoding == TimeEncoding.FOURIER
                    ? max * normal[i]
                    : 0.25 * Math.pow(max / 0.25, (double) i / (count - 1));
            angular[i] = 2 * Math.PI * f;
        }
        return angular;
    }

    public int width() {
        return width;
    }

    /** t (B) to (B, width). */
    public Tensor of(Tensor t) {
        Tensor column = Ops.reshape(t, Shape.of(t.dim(0), 1));
        if (frequencies == null) {
            return column;
        }
        Tensor angle = Ops.mul(column, frequencies.tensor()); // (B, width / 2)
        return Ops.concat(1, Ops.sin(angle), Ops.cos(angle));
    }
}
