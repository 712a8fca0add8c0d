package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Features [cos(w t) | sin(w t)] of a time at fixed frequencies w, as published networks use them. */
public final class FrequencyFeatures extends Module {
    private final Parameter frequencies;
    private final double factor;
    private final boolean odd;

    private FrequencyFeatures(Init init, String name, double[] frequencies, double factor, boolean odd) {
        this.frequencies = constant(init, name, Shape.of(frequencies.length), frequencies);
        this.factor = factor;
        this.odd = odd;
    }

    /**
     * DiT's embedding of time steps (Peebles and Xie 2022, arXiv:2212.09748): w_i = period^(-i / h), i below h =
     * floor(width / 2); an odd width ends with a zero. Times run over 0..1000 there.
     */
    public static FrequencyFeatures geometric(Init init, int width, double period) {
        return decaying(init, width / 2, width / 2, period, width % 2 == 1);
    }

    /**
     * EDM's positional embedding (Karras et al. 2022, arXiv:2206.00364): w_i = positions^(-i / (h - e)), i below h = width /
     * 2, e = 1 with the end point and 0 without.
     */
    public static FrequencyFeatures positional(Init init, int width, double positions, boolean endpoint) {
        if (width % 2 != 0) {
            throw new IllegalArgumentException(
                    "frequency features: got width " + width + "; expected an even number for both halves");
        }
        return decaying(init, width / 2, width / 2 - (endpoint ? 1 : 0), positions, false);
    }

    private static FrequencyFeatures decaying(Init init, int count, int steps, double period, boolean odd) {
        if (count < 1 || steps < 1 || !(period > 0)) {
            throw new IllegalArgumentException("frequency features: got " + count + " frequencies over " + steps
                    + " steps and period " + period + "; expected at least 1 and a positive period");
        }
        double[] w = new double[count];
        for (int i = 0; i < count; i++) {
            w[i] = Math.exp(-Math.log(period) * i / steps);
        }
        return new FrequencyFeatures(init, "frequencies", w, 1, odd);
    }

    /** EDM's Fourier embedding: w = 2 pi f, f normal with standard deviation {@code scale}, stored with the network. */
    public static FrequencyFeatures fourier(Init init, int width, double scale) {
        if (width < 2 || width % 2 != 0) {
            throw new IllegalArgumentException(
                    "frequency features: got width " + width + "; expected an even number for both halves");
        }
        double[] f = init.rng().stream("freqs").normal(0, width / 2, 0);
        for (int i = 0; i < f.length; i++) {
            f[i] *= scale;
        }
        return new FrequencyFeatures(init, "freqs", f, 2 * Math.PI, false);
    }

    /** t (B) to (B, width). */
    public Tensor of(Tensor t) {
        Tensor column = Ops.reshape(factor == 1 ? t : Ops.scale(t, factor), t.dim(0), 1);
        Tensor angle = Ops.mul(column, frequencies.tensor()); // (B, width / 2)
        Tensor both = Ops.concat(1, Ops.cos(angle), Ops.sin(angle));
        return odd ? Ops.pad(both, 1, 0, 1) : both;
    }
}
