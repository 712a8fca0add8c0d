package org.fewstep.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.fewstep.kernels.Philox;
import org.fewstep.kernels.PortableNormal;
import org.junit.jupiter.api.Test;

class RngTest {
    private static final int N = 200_000;

    @Test
    void aSampleDoesNotDependOnWhereTheRequestStarts() {
        Rng rng = new Rng(7);
        double[] uniform = rng.uniform(1000, 50, 3);
        double[] normal = rng.normal(1000, 50, 3);
        int[] integers = rng.integers(1000, 50, 3, 1000);
        for (int i = 0; i < 50; i++) {
            assertEquals(uniform[i], rng.uniform(1000 + i, 1, 3)[0]);
            assertEquals(normal[i], rng.normal(1000 + i, 1, 3)[0]);
            assertEquals(integers[i], rng.integers(1000 + i, 1, 3, 1000)[0]);
        }
    }

    @Test
    void normalsAreTheDevicesWidened() {
        float[] expected = new float[6];
        PortableNormal.fill(expected, 0, 6, 99, 12, 4);
        float[] got = new float[8];
        new Rng(99).fillNormal(got, 1, 6, 12, 4);
        assertArrayEquals(expected, Arrays.copyOfRange(got, 1, 7));
        assertEquals((double) expected[0], new Rng(99).normal(12, 1, 4)[0]);
    }

    @Test
    void uniformsFillTheIntervalEvenly() {
        double[] u = new Rng(1).uniform(0, N, 0);
        double mean = Arrays.stream(u).average().orElseThrow();
        assertEquals(0.5, mean, 4 / Math.sqrt(12.0 * N));
        Arrays.sort(u);
        assertTrue(u[0] > 0 && u[N - 1] < 1);
        double distance = 0;
        for (int i = 0; i < N; i++) {
            distance = Math.max(distance, Math.max((i + 1.0) / N - u[i], u[i] - (double) i / N));
        }
        assertTrue(distance * Math.sqrt(N) < 1.628, "KS statistic " + distance * Math.sqrt(N));
    }

    @Test
    void uniformsAreOddMultiplesOfTwoToTheMinus53() {
        for (double u : new Rng(5).uniform(0, 100, 1)) {
            assertEquals(1, (long) (u * 0x1p53) & 1);
            assertEquals(u * 0x1p53, Math.rint(u * 0x1p53));
        }
    }

    /** Bounds for which taking a remainder, or the high half without rejection, is visibly biased. */
    @Test
    void integersAreUnbiased() {
        for (int bound : new int[] {1, 2, 3, 6, 10, 100}) {
            chiSquare(new Rng(3).integers(0, N, bound, bound), bound);
        }
        int third = 3 << 29;
        int[] big = new Rng(3).integers(0, N, 7, third);
        for (int i = 0; i < N; i++) {
            assertTrue(big[i] >= 0 && big[i] < third);
            big[i] %= 3;
        }
        chiSquare(big, 3);
    }

    private static void chiSquare(int[] values, int bound) {
        double[] count = new double[bound];
        for (int v : values) {
            count[v]++;
        }
        double expected = (double) values.length / bound;
        double chi = 0;
        for (double c : count) {
            chi += (c - expected) * (c - expected) / expected;
        }
        double degrees = bound - 1;
        assertTrue(chi <= degrees + 4 * Math.sqrt(2 * degrees), "chi square " + chi + " for bound " + bound);
    }

    @Test
    void rejectionTakesTheNextWordOfTheStream() {
        int bound = 3 << 29;
        Rng rng = new Rng(11);
        int[] got = rng.integers(0, 1000, 0, bound);
        long surplus = (1L << 32) % bound;
        int rejected = 0;
        int[] word = new int[4];
        for (int i = 0; i < 1000; i++) {
            int used = 0;
            long product;
            do {
                Philox.block(used / 4, 0, i, 0, 11, 0, word, 0);
                product = (word[used % 4] & 0xFFFFFFFFL) * bound;
                used++;
            } while ((product & 0xFFFFFFFFL) < surplus);
            rejected += used - 1;
            assertEquals(product >>> 32, got[i]);
        }
        assertTrue(rejected > 200, "the bound must make rejections, got " + rejected);
    }

    @Test
    void permutationsHoldEveryIndexOnce() {
        for (int n : new int[] {0, 1, 2, 17, 1000}) {
            int[] sorted = new Rng(1).permutation(5, n);
            Arrays.sort(sorted);
            for (int i = 0; i < n; i++) {
                assertEquals(i, sorted[i]);
            }
        }
        assertArrayEquals(new Rng(1).permutation(5, 100), new Rng(1).permutation(5, 100));
        assertNotEquals(
                Arrays.toString(new Rng(1).permutation(5, 100)), Arrays.toString(new Rng(1).permutation(6, 100)));
        assertNotEquals(
                Arrays.toString(new Rng(1).permutation(5, 100)), Arrays.toString(new Rng(2).permutation(5, 100)));
    }

    @Test
    void allOrdersOfFourAreEquallyLikely() {
        int[] code = new int[24_000];
        for (int epoch = 0; epoch < code.length; epoch++) {
            int[] p = new Rng(8).permutation(epoch, 4);
            int rank = 0;
            for (int i = 0; i < 4; i++) {
                int smaller = 0;
                for (int j = i + 1; j < 4; j++) {
                    smaller += p[j] < p[i] ? 1 : 0;
                }
                rank = rank * (4 - i) + smaller;
            }
            code[epoch] = rank;
        }
        chiSquare(code, 24);
    }

    @Test
    void streamsAreDistinctAndReproducible() {
        Rng rng = new Rng(42);
        Set<Long> seeds = new HashSet<>();
        seeds.add(rng.seed());
        String[] names = {"", "a", "b", "a\0", "noise", "noise of a long name", "noise of a long namf", "größe"};
        for (String name : names) {
            assertTrue(seeds.add(rng.stream(name).seed()), name);
            assertEquals(rng.stream(name), rng.stream(name));
        }
        for (long id = -50; id < 50; id++) {
            assertTrue(seeds.add(rng.stream(id).seed()), "stream " + id);
        }
        assertTrue(seeds.add(rng.stream(1L << 32).seed()));
        assertNotEquals(rng.stream("a").stream("b"), rng.stream("b").stream("a"));
        assertNotEquals(rng.stream("a"), new Rng(43).stream("a"));
    }

    @Test
    void streamsAreUncorrelated() {
        Rng rng = new Rng(42);
        double[] a = rng.normal(0, N, 0);
        for (Rng other : new Rng[] {rng.stream(0), rng.stream("a"), rng.stream(1)}) {
            double[] b = other.normal(0, N, 0);
            double product = 0;
            for (int i = 0; i < N; i++) {
                product += a[i] * b[i];
            }
            assertEquals(0, product / N, 4 / Math.sqrt(N));
        }
    }

    /** Data orders and derived seeds are part of every saved run. */
    @Test
    void valuesArePinned() {
        Rng rng = new Rng(1234567890123456789L);
        assertEquals(-4762607444890168446L, rng.stream("student").seed());
        assertEquals(
                -1538053107532766547L,
                rng.stream("a name of more than twelve bytes").seed());
        assertEquals(-2749447852325587965L, rng.stream(7).seed());
        assertArrayEquals(new int[] {2, 0, 7, 3, 4, 8, 9, 1, 6, 5}, rng.permutation(3, 10));
        assertArrayEquals(new int[] {84, 46, 95, 48, 15, 49, 34, 22}, rng.integers(0, 8, 1, 100));
        assertArrayEquals(new double[] {0x1.f077d412042a7p-1, 0x1.b65a31e09feacp-3}, rng.uniform(1L << 40, 2, 9));
    }

    @Test
    void badArgumentsAreRefused() {
        Rng rng = new Rng(1);
        assertThrows(IllegalArgumentException.class, () -> rng.uniform(-1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> rng.normal(0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> rng.normal(Long.MAX_VALUE, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> rng.integers(0, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> rng.permutation(0, -1));
        assertThrows(IllegalArgumentException.class, () -> rng.fillNormal(new float[2], 0, 2, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> rng.fillNormal(new float[2], 0, 3, 0, 0));
    }
}
