package org.fewstep.path;

/**
 * The time r between an end s and a start t that lies a constant noise level below t: with eta = sigma / alpha,
 *
 * <pre>
 * r = max(s, eta^-1(max(eta(t) - decrement, 0)))
 * </pre>
 *
 * <p>Near the noise end r is t to all the digits of F32, so it is worked out in double.
 *
 * @param decrement of the level, above 0
 * @paper Zhou, Ermon, Song: Inductive Moment Matching, 2025, arXiv:2503.07565
 */
public record EtaDecrement(double decrement) {
    public EtaDecrement {
        if (!(decrement > 0) || Double.isInfinite(decrement)) {
            throw new IllegalArgumentException(
                    "eta decrement: got " + decrement + "; expected a finite number above 0");
        }
    }

    /**
     * The range of levels in 2^k parts.
     *
     * @param etaMin least level, at least 0; 0 as published
     * @param etaMax greatest level; 160 as published
     * @param k at least 0; 12 (ImageNet) and 15 (CIFAR-10) as published
     */
    public static EtaDecrement ofRange(double etaMin, double etaMax, int k) {
        if (!(0 <= etaMin && etaMin < etaMax) || k < 0) {
            throw new IllegalArgumentException("eta decrement: got levels " + etaMin + " to " + etaMax + ", k " + k
                    + "; expected 0 <= least < greatest, k at least 0");
        }
        return new EtaDecrement((etaMax - etaMin) / Math.pow(2, k));
    }

    /**
     * The time r.
     *
     * @param path noise at 1
     * @param t start, above s
     * @param s end
     * @return between s and t
     */
    public double between(Path path, double t, double s) {
        double level = Math.max(path.at(t).rho() - decrement, 0);
        return Math.max(s, path.atLevel(level).t());
    }
}
