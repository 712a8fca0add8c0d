package org.fewstep.path;

import org.fewstep.tensor.Rng;

/**
 * Two logit-normal times with r &lt;= t (Geng et al. 2025, arXiv:2505.13447, section 4.3).
 *
 * @param first law of the first time
 * @param second law of the second time
 * @param order how r &lt;= t is reached
 * @param diagonal which samples get r = t
 */
public record LogitNormalPairs(LogitNormalTimes first, LogitNormalTimes second, Order order, Diagonal diagonal)
        implements TimePairSampler {
    /** How two independent times become r &lt;= t. */
    public enum Order {
        /** t is the greater, r the lesser; then r becomes t on the diagonal (JAX code; torch code, version 0). */
        SORT,
        /** On the diagonal both are the first time; else t is the greater, r the lesser (pixel MeanFlow). */
        SORT_REST,
        /** t stays; r becomes t on the diagonal, else min(r, t) (torch code, version 1). */
        CAP
    }

    /** The paper's law: both times alike, sorted. */
    public LogitNormalPairs(double mean, double std, Diagonal diagonal) {
        this(new LogitNormalTimes(mean, std), new LogitNormalTimes(mean, std), Order.SORT, diagonal);
    }

    @Override
    public TimePairs sample(Rng rng, int step, int count) {
        return pairs(
                rng.stream("t").normal(0, count, step),
                rng.stream("r").normal(0, count, step),
                rng.stream("r = t").uniform(0, count, step));
    }

    /**
     * The pairs that given random numbers stand for.
     *
     * @param normalT standard normal numbers of the first time (B)
     * @param normalR standard normal numbers of the second time (B)
     * @param uniform numbers in (0, 1) for the diagonal (B)
     */
    public TimePairs pairs(double[] normalT, double[] normalR, double[] uniform) {
        double[] t = first.times(normalT);
        double[] r = second.times(normalR);
        boolean[] on = diagonal.of(uniform);
        if (t.length != r.length || t.length != on.length) {
            throw new IllegalArgumentException("logit-normal pairs: got " + t.length + ", " + r.length + " and "
                    + on.length + " random numbers; expected as many of each");
        }
        for (int i = 0; i < t.length; i++) {
            double a = t[i];
            double b = r[i];
            boolean sort = order == Order.SORT || (order == Order.SORT_REST && !on[i]);
            t[i] = sort ? Math.max(a, b) : a;
            r[i] = on[i] ? t[i] : Math.min(a, b);
        }
        return new TimePairs(t, r);
    }
}
