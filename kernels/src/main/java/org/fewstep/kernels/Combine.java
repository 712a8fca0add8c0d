package org.fewstep.kernels;

import java.util.List;

/**
 * A weighted sum of up to 8 blocks in one pass: y[i] = c[0] x[0][i] + c[1] x[1][i] + ..., as a solver's step is made of.
 *
 * <p>The terms are added in their order as one chain, s = c[0] x[0][i], then s = fma(c[j], x[j][i], s), so that the bits
 * are the same on every device. Coefficients are rounded once to the dtype. The result may be one of the inputs. A sum
 * of more terms goes on with coefficient 1 for what it has so far, which changes no bit.
 */
public final class Combine extends Workload {
    /** Most terms of one sum. */
    public static final int MOST_TERMS = 8;

    private final int points;
    private final double[] coefficients;
    private final List<Buffer> x;
    private final Buffer out;

    /**
     * Describes the work on the first {@code points} elements of all buffers.
     *
     * @param points at least 0
     * @param coefficients 1 to 8, one an input
     * @param x inputs of the result's dtype
     */
    public Combine(int points, double[] coefficients, List<Buffer> x, Buffer out) {
        super(Family.COMBINE, out.dtype(), x, List.of(out));
        requireFloating(label(), out);
        if (points < 0) {
            throw new IllegalArgumentException(label() + ": got " + points + " points; expected at least 0");
        }
        if (x.isEmpty() || x.size() > MOST_TERMS || coefficients.length != x.size()) {
            throw new IllegalArgumentException(
                    label() + ": got " + coefficients.length + " coefficients for " + x.size()
                            + " inputs; expected 1 to " + MOST_TERMS + ", one an input; add more terms to their sum");
        }
        for (Buffer term : x) {
            requireDType(label(), out.dtype(), term);
            requireSize(label(), "an input", term, points);
        }
        requireSize(label(), "the output", out, points);
        this.points = points;
        this.coefficients = coefficients.clone();
        this.x = reads();
        this.out = out;
    }

    public int points() {
        return points;
    }

    /** Number of inputs. */
    public int terms() {
        return coefficients.length;
    }

    public double coefficient(int j) {
        return coefficients[j];
    }

    public Buffer x(int j) {
        return x.get(j);
    }

    public Buffer out() {
        return out;
    }

    @Override
    public long bytes() {
        return (long) points * (terms() + 1) * dtype().bytes();
    }

    @Override
    public long flops() {
        return (long) points * (2 * terms() - 1);
    }
}
