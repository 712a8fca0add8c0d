package org.fewstep.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class PortableNormalTest {
    private static final int MILLION = 1_000_000;

    private static float[] normals(long seed, long sample, int step, int count) {
        float[] out = new float[count];
        PortableNormal.fill(out, 0, count, seed, sample, step);
        return out;
    }

    /** Distance of a float from the true value, in units of the float spacing at the true value. */
    private static double ulps(float got, double truth) {
        return Math.abs(got - truth) / Math.ulp((float) truth);
    }

    @Test
    void logIsWithinTwoUlps() {
        double worst = 0;
        // Every 5th float of [1/4, 2], where exponent and mantissa terms cancel; 5 is prime to every power of two.
        for (int bits = Float.floatToIntBits(0.25f); bits <= Float.floatToIntBits(2f); bits += 5) {
            float u = Float.intBitsToFloat(bits);
            if (u != 1f) {
                worst = Math.max(worst, ulps(PortableNormal.log(u), StrictMath.log(u)));
            }
        }
        SplittableRandom random = new SplittableRandom(1);
        int top = Float.floatToIntBits(Float.MAX_VALUE);
        for (int i = 0; i < MILLION; i++) {
            float u = Float.intBitsToFloat(random.nextInt(Float.floatToIntBits(Float.MIN_NORMAL), top));
            worst = Math.max(worst, ulps(PortableNormal.log(u), StrictMath.log(u)));
        }
        assertTrue(worst <= 2, "log is off by " + worst + " ulp");
        assertEquals(0f, PortableNormal.log(1f));
    }

    @Test
    void sineAndCosineAreWithinTwoUlps() {
        double worst = 0;
        for (int bits = Float.floatToIntBits(0x1p-31f); bits <= Float.floatToIntBits(0.5f); bits += 61) {
            float x = Float.intBitsToFloat(bits);
            double angle = x * (Math.PI / 2);
            worst = Math.max(worst, ulps(PortableNormal.sinQuarter(x), StrictMath.sin(angle)));
            worst = Math.max(worst, ulps(PortableNormal.sinQuarter(-x), StrictMath.sin(-angle)));
            worst = Math.max(worst, ulps(PortableNormal.cosQuarter(x), StrictMath.cos(angle)));
            worst = Math.max(worst, ulps(PortableNormal.cosQuarter(-x), StrictMath.cos(angle)));
        }
        assertTrue(worst <= 2, "sine or cosine is off by " + worst + " ulp");
    }

    @Test
    void turnsReachEveryQuadrant() {
        SplittableRandom random = new SplittableRandom(2);
        int[] edges = {0, -1, 1 << 29, (1 << 29) - 1, 1 << 30, 3 << 29, 1 << 31, Integer.MAX_VALUE, 5 << 29, 7 << 29};
        for (int i = 0; i < MILLION; i++) {
            int word = i < edges.length ? edges[i] : random.nextInt();
            double angle = ((word & 0xFFFFFFFFL) + 0.5) * 0x1p-31 * Math.PI;
            assertEquals(StrictMath.cos(angle), PortableNormal.cosTurn(word), 0x1p-23);
            assertEquals(StrictMath.sin(angle), PortableNormal.sinTurn(word), 0x1p-23);
        }
    }

    @Test
    void radiusRunsFromZeroToTheTail() {
        assertEquals(Math.sqrt(66 * StrictMath.log(2)), PortableNormal.radius(0), 1e-6);
        assertEquals(0f, PortableNormal.radius(-1), 0f);
        assertEquals(Math.sqrt(2 * StrictMath.log(2)), PortableNormal.radius(1 << 31), 1e-6);
    }

    @Test
    void uniformNeverReachesZeroOrOne() {
        assertEquals(0x1p-24f, PortableNormal.uniform(0));
        assertEquals(1 - 0x1p-24f, PortableNormal.uniform(-1));
        assertTrue(PortableNormal.uniform(-1) < 1f);
    }

    @Test
    void elementsFollowTheCounterLayout() {
        long seed = 0x0123456789ABCDEFL;
        long sample = 0x7EDCBA9876543210L;
        int step = 77;
        float[] uniform = new float[11];
        PortableNormal.fillUniform(uniform, 0, 11, seed, sample, step);
        float[] normal = normals(seed, sample, step, 11);
        int[] word = new int[4];
        for (int e = 0; e < 11; e++) {
            Philox.block(e / 4, step, (int) sample, (int) (sample >>> 32), (int) seed, (int) (seed >>> 32), word, 0);
            assertEquals(((word[e % 4] >>> 9) + 0.5) * 0x1p-23, uniform[e]);
            int pair = e % 4 / 2 * 2;
            double u = ((word[pair] & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
            double angle = ((word[pair + 1] & 0xFFFFFFFFL) + 0.5) * 0x1p-31 * Math.PI;
            double z = Math.sqrt(-2 * StrictMath.log(u)) * (e % 2 == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
            assertEquals(z, normal[e], 1e-6);
        }
    }

    @Test
    void aShortFillIsThePrefixOfALongOneAndTouchesNothingElse() {
        float[] all = normals(5, 6, 7, 13);
        for (int count = 0; count <= 13; count++) {
            float[] out = new float[17];
            Arrays.fill(out, -99f);
            PortableNormal.fill(out, 2, count, 5, 6, 7);
            for (int i = 0; i < 17; i++) {
                float expected = i < 2 || i >= 2 + count ? -99f : all[i - 2];
                assertEquals(expected, out[i]);
            }
        }
    }

    @Test
    void seedSampleAndStepEachGiveAnotherStream() {
        float[] base = normals(1, 2, 3, 64);
        float[][] others = {normals(1L << 32 | 1, 2, 3, 64), normals(1, 1L << 32 | 2, 3, 64), normals(1, 2, 4, 64)};
        for (float[] other : others) {
            for (int i = 0; i < 64; i++) {
                assertTrue(base[i] != other[i]);
            }
        }
    }

    @Test
    void momentsOfAMillion() {
        float[] z = normals(42, 0, 0, MILLION);
        for (int lane = 0; lane < 4; lane++) {
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            double s4 = 0;
            int n = MILLION / 4;
            for (int i = lane; i < MILLION; i += 4) {
                double v = z[i];
                s1 += v;
                s2 += v * v;
                s3 += v * v * v;
                s4 += v * v * v * v;
            }
            // Four standard errors: the variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
            assertEquals(0, s1 / n, 4 * Math.sqrt(1.0 / n));
            assertEquals(1, s2 / n, 4 * Math.sqrt(2.0 / n));
            assertEquals(0, s3 / n, 4 * Math.sqrt(15.0 / n));
            assertEquals(3, s4 / n, 4 * Math.sqrt(96.0 / n));
        }
    }

    @Test
    void neighboursAreUncorrelated() {
        float[] z = normals(43, 0, 0, MILLION);
        float[] nextSample = normals(43, 1, 0, MILLION);
        float[] nextStep = normals(43, 0, 1, MILLION);
        float[] nextSeed = normals(44, 0, 0, MILLION);
        for (int lag = 1; lag <= 4; lag++) {
            double value = 0;
            double square = 0;
            for (int i = 0; i + lag < MILLION; i++) {
                value += z[i] * (double) z[i + lag];
                square += (z[i] * z[i] - 1.0) * (z[i + lag] * z[i + lag] - 1.0);
            }
            assertEquals(0, value / MILLION, 4 / Math.sqrt(MILLION));
            assertEquals(0, square / MILLION, 8 / Math.sqrt(MILLION));
        }
        for (float[] other : new float[][] {nextSample, nextStep, nextSeed}) {
            double value = 0;
            for (int i = 0; i < MILLION; i++) {
                value += z[i] * (double) other[i];
            }
            assertEquals(0, value / MILLION, 4 / Math.sqrt(MILLION));
        }
    }

    @Test
    void kolmogorovSmirnovOfAMillion() {
        float[] z = normals(45, 9, 2, MILLION);
        Arrays.sort(z);
        double distance = 0;
        for (int i = 0; i < MILLION; i++) {
            double cdf = normalCdf(z[i]);
            distance = Math.max(distance, Math.max((i + 1.0) / MILLION - cdf, cdf - (double) i / MILLION));
        }
        // 1.628 is the 1 % point of Kolmogorov's distribution.
        assertTrue(distance * Math.sqrt(MILLION) < 1.628, "KS statistic " + distance * Math.sqrt(MILLION));
    }

    @Test
    void kolmogorovSmirnovAcrossSamples() {
        float[] z = new float[MILLION];
        for (int i = 0; i < MILLION / 2; i++) {
            PortableNormal.fill(z, 2 * i, 2, 46, i, 0);
        }
        Arrays.sort(z);
        double distance = 0;
        for (int i = 0; i < MILLION; i++) {
            double cdf = normalCdf(z[i]);
            distance = Math.max(distance, Math.max((i + 1.0) / MILLION - cdf, cdf - (double) i / MILLION));
        }
        assertTrue(distance * Math.sqrt(MILLION) < 1.628, "KS statistic " + distance * Math.sqrt(MILLION));
    }

    @Test
    void tailsOfFourMillion() {
        float[] z = normals(47, 0, 0, 4 * MILLION);
        for (double edge : new double[] {2, 3, 4}) {
            double tail = 1 - normalCdf(edge);
            int above = 0;
            int below = 0;
            for (float v : z) {
                above += v > edge ? 1 : 0;
                below += v < -edge ? 1 : 0;
            }
            double expected = tail * z.length;
            assertEquals(expected, above, 4 * Math.sqrt(expected));
            assertEquals(expected, below, 4 * Math.sqrt(expected));
        }
    }

    /** Computed once by this class; a device, a JVM or a change that gives other bits breaks the promise. */
    @Test
    void bitsArePinned() {
        int[] bits = new int[8];
        float[] z = normals(0x5EED, 123456789012L, 3, 8);
        for (int i = 0; i < 8; i++) {
            bits[i] = Float.floatToRawIntBits(z[i]);
        }
        int[] expected = {0x3F523E4C, 0x3F03B5D1, 0xBF999F06, 0x3F7339E1, 0xBF45B5AB, 0x3E3CE2BD, 0x3F2989BE, 0x3F414748
        };
        assertArrayEquals(expected, bits);

        CRC32 crc = new CRC32();
        for (float v : normals(2024, 1, 0, 100_000)) {
            int b = Float.floatToRawIntBits(v);
            crc.update(b);
            crc.update(b >>> 8);
            crc.update(b >>> 16);
            crc.update(b >>> 24);
        }
        assertEquals(0x26589276L, crc.getValue());
    }

    @Test
    void rangesOutsideTheArrayAreRefused() {
        float[] out = new float[8];
        assertThrows(IllegalArgumentException.class, () -> PortableNormal.fill(out, -1, 2, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> PortableNormal.fill(out, 0, -1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> PortableNormal.fill(out, 7, 2, 0, 0, 0));
        assertThrows(
                IllegalArgumentException.class, () -> PortableNormal.fillUniform(out, 9, Integer.MAX_VALUE, 0, 0, 0));
    }

    /** Marsaglia's series for the normal distribution function, good to 1e-15 for |x| < 7. */
    private static double normalCdf(double x) {
        double term = x;
        double sum = x;
        for (int k = 3; Math.abs(term) > 1e-17; k += 2) {
            term *= x * x / k;
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
