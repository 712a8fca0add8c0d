package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.DoubleVector.broadcast;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.OR;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * x^p = e^(p ln |x|) in doubles, rounded to float at the end; signs, and what has no value, as in {@link Math#pow}.
 *
 * <p>|x| = 2^e m with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series to s^13; e^r by
 * its series to r^8, |r| at most ln(2) / 2: errors of 2^-39 and 2^-32.
 */
final class VectorPowF32 {
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    /** Bits of sqrt(1/2), the least m. */
    private static final long ROOT_HALF_BITS = 0x3FE6A09E667F3BCDL;

    private static final long BIAS = 1023;

    /** 2^52, and its bits: the sum with a small whole number holds that number in its low bits. */
    private static final double TWO_52 = 0x1p52;

    private static final long TWO_52_BITS = 0x4330000000000000L;

    /** 1.5 2^52: a sum with it has no fraction bits left. */
    private static final double MAGIC = 0x1.8p52;

    private static final double LN2 = 0x1.62e42fefa39efp-1;
    private static final double LOG2_E = 0x1.71547652b82fep+0;

    private VectorPowF32() {}

    /** u = ln |x|. */
    static void start(VectorRunF32 r) {
        r.a.widen(r.n, r.u);
        for (int i = 0; i < r.n; i += D.length()) {
            log(DoubleVector.fromArray(D, r.u, i).abs()).intoArray(r.u, i);
        }
    }

    /** u = e^(p u), for which p = 0 gives NaN where u is infinite. */
    static void exp(VectorRunF32 r) {
        double p = r.p;
        for (int i = 0; i < r.n; i += D.length()) {
            exp(DoubleVector.fromArray(D, r.u, i).mul(p)).intoArray(r.u, i);
        }
    }

    /** The power from u: a negative x keeps its sign under an odd p and has none under one that is not whole. */
    static void pow(VectorRunF32 r) {
        boolean whole = r.p == (float) Math.rint(r.p);
        boolean odd = whole && Math.abs(r.p) < 0x1p24f && ((int) r.p & 1) != 0;
        for (int i = 0; i < r.n; i++) {
            float x = r.a.number(i);
            float size = (float) r.u[i];
            if (r.p == 0) {
                size = 1;
            } else if (odd) {
                size = Math.copySign(size, x);
            } else if (!whole && x < 0 && x != Float.NEGATIVE_INFINITY) {
                size = Float.NaN;
            }
            r.y[r.yAt + i] = size;
        }
    }

    private static DoubleVector log(DoubleVector x) {
        LongVector bits = x.reinterpretAsLongs();
        LongVector e = bits.sub(ROOT_HALF_BITS - (BIAS << 52)).lanewise(LSHR, 52);
        DoubleVector m = bits.sub(e.sub(BIAS).lanewise(LSHL, 52)).reinterpretAsDoubles();
        DoubleVector n = e.lanewise(OR, TWO_52_BITS).reinterpretAsDoubles().sub(TWO_52 + BIAS);
        DoubleVector s = m.sub(1).div(m.add(1));
        DoubleVector z = s.mul(s);
        DoubleVector q = z.fma(broadcast(D, 2.0 / 13), broadcast(D, 2.0 / 11)).fma(z, broadcast(D, 2.0 / 9));
        q = q.fma(z, broadcast(D, 2.0 / 7)).fma(z, broadcast(D, 2.0 / 5)).fma(z, broadcast(D, 2.0 / 3));
        DoubleVector y = n.fma(broadcast(D, LN2), s.mul(z).fma(q, s.add(s)));
        y = y.blend(Double.NEGATIVE_INFINITY, x.compare(EQ, 0));
        return x.blend(y, x.compare(LT, Double.POSITIVE_INFINITY));
    }

    private static DoubleVector exp(DoubleVector t) {
        DoubleVector x = t.blend(200, t.compare(GT, 200));
        x = x.blend(-200, x.compare(LT, -200));
        DoubleVector z = x.fma(broadcast(D, LOG2_E), broadcast(D, MAGIC));
        DoubleVector r = z.sub(MAGIC).fma(broadcast(D, -LN2), x);
        DoubleVector p =
                r.fma(broadcast(D, 1.0 / 40_320), broadcast(D, 1.0 / 5040)).fma(r, broadcast(D, 1.0 / 720));
        p = p.fma(r, broadcast(D, 1.0 / 120)).fma(r, broadcast(D, 1.0 / 24)).fma(r, broadcast(D, 1.0 / 6));
        p = p.fma(r, broadcast(D, 0.5)).fma(r, broadcast(D, 1)).fma(r, broadcast(D, 1));
        return p.reinterpretAsLongs()
                .add(z.reinterpretAsLongs().lanewise(LSHL, 52))
                .reinterpretAsDoubles();
    }
}
