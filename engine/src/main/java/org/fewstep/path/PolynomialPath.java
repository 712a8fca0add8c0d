package org.fewstep.path;

/**
 * The polynomial path alpha = t^n, sigma = 1 - t^n with noise at 0 (facebookresearch/flow_matching, PolynomialConvex).
 * For n &lt; 1 the derivatives are infinite at 0.
 *
 * @param n exponent, above 0; 1 is the linear path
 */
public record PolynomialPath(double n) implements Path {
    public PolynomialPath {
        if (!(n > 0) || Double.isInfinite(n)) {
            throw new IllegalArgumentException("polynomial path: got n " + n + "; expected a finite number above 0");
        }
    }

    @Override
    public String name() {
        return "polynomial";
    }

    @Override
    public double noiseTime() {
        return 0;
    }

    @Override
    public double alpha(double t) {
        return Math.pow(t, n);
    }

    @Override
    public double sigma(double t) {
        return 1 - Math.pow(t, n);
    }

    @Override
    public double dAlpha(double t) {
        return n * Math.pow(t, n - 1);
    }

    @Override
    public double dSigma(double t) {
        return -dAlpha(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        return Math.pow(1 / (1 + 1 / snr), 1 / n);
    }
}
