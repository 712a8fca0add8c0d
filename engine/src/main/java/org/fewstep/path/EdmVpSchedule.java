package org.fewstep.path;

/**
 * The noise levels of the variance-preserving diffusion as EDM writes them, without its scaling: alpha = 1, sigma =
 * sqrt(exp(betaD t^2 / 2 + betaMin t) - 1). {@link UnitVariance} of it is the diffusion itself.
 *
 * <p>A fit to a range of noise levels may give a betaMin slightly below 0; sigma is then defined from t = -2 betaMin /
 * betaD on, and at t = 0.
 *
 * @param betaD rise of the rate, above 0
 * @param betaMin rate at t = 0
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364, table 1
 */
public record EdmVpSchedule(double betaD, double betaMin) implements NoiseSchedule {
    public EdmVpSchedule {
        if (!(betaD > 0) || !Double.isFinite(betaD) || !Double.isFinite(betaMin)) {
            throw new IllegalArgumentException("edm-vp: got betaD " + betaD + ", betaMin " + betaMin
                    + "; expected finite rates, betaD above 0; is the range of noise levels very narrow?");
        }
    }

    /** The usual rates 19.9 and 0.1. */
    public EdmVpSchedule() {
        this(19.9, 0.1);
    }

    /** The rates with which sigma(epsilon) and sigma(1) are the given levels. */
    public static EdmVpSchedule fitted(double sigmaMin, double sigmaMax, double epsilon) {
        double low = Math.log1p(sigmaMin * sigmaMin);
        double high = Math.log1p(sigmaMax * sigmaMax);
        double betaD = 2 * (low / epsilon - high) / (epsilon - 1);
        return new EdmVpSchedule(betaD, high - 0.5 * betaD);
    }

    @Override
    public String name() {
        return "edm-vp";
    }

    @Override
    public double alpha(double t) {
        return 1;
    }

    @Override
    public double sigma(double t) {
        return Math.sqrt(Math.expm1(t * (0.5 * betaD * t + betaMin)));
    }

    @Override
    public double dAlpha(double t) {
        return 0;
    }

    @Override
    public double dSigma(double t) {
        double sigma = sigma(t);
        return 0.5 * (betaMin + betaD * t) * (sigma + 1 / sigma);
    }

    // The root of the quadratic that does not cancel.
    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double exponent = Math.log1p(1 / (snr * snr));
        double root = Math.sqrt(betaMin * betaMin + 2 * betaD * exponent);
        return betaMin > 0 ? 2 * exponent / (betaMin + root) : (root - betaMin) / betaD;
    }
}
