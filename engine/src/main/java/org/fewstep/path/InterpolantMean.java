package org.fewstep.path;

/** How a stochastic interpolant goes from the source x0 to the target x1 beside its latent noise: a(t) x0 + b(t) x1. */
public enum InterpolantMean {
    /** a = 1 - t, b = t. */
    LINEAR("linear"),
    /** a, b = sqrt(1 - gamma^2) (cos, sin)(pi t / 2), of constant variance for ends of variance 1. */
    TRIG("trig"),
    /** cos^2(pi t) on the source up to t = 1/2 and on the target after: all is noise in the middle. */
    ENCODING_DECODING("encoding-decoding");

    private final String text;

    InterpolantMean(String text) {
        this.text = text;
    }

    /** Name as in recipes. */
    public String text() {
        return text;
    }
}
