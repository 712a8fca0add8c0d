package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.fewstep.kernels.Elementwise;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A point's bits do not depend on what stands beside it: loops with and without clamps agree. */
class VectorNearF32Test {
    private static final int N = 4099;

    /** Distance of arguments that are not of a usual size. */
    private static final int OTHER = 100;

    static Stream<Elementwise.Code> codes() {
        return Arrays.stream(Elementwise.Code.values()).filter(code -> VectorNearF32.of(code) != null);
    }

    /** Results at the points whose argument is not {@code other}, which every piece of a run meets. */
    private static int[] bits(
            Elementwise.Code code, float[] a, float[] b, boolean second, float other, boolean inPlace) {
        float[] a2 = a.clone();
        float[] b2 = b.clone();
        for (int i = OTHER; i < N; i += OTHER) {
            (second ? b2 : a2)[i] = other;
        }
        float[] y = inPlace ? (second ? b2 : a2) : new float[N];
        VectorElementwiseF32.apply(code, 0, 0, y, a2, b2, b2, 0, N);
        int[] bits = new int[N];
        for (int i = 0; i < N; i++) {
            bits[i] = i % OTHER == 0 ? 0 : Float.floatToRawIntBits(y[i]);
        }
        return bits;
    }

    @ParameterizedTest
    @MethodSource("codes")
    void aLargeNeighbourChangesNoBit(Elementwise.Code code) {
        VectorNearF32 near = VectorNearF32.of(code);
        assertTrue(near != null);
        boolean second = near.second();
        float most = Float.intBitsToFloat(near.mostBits());
        float[] x = new float[N];
        float[] g = new float[N];
        Random random = new Random(5);
        for (int i = 0; i < N; i++) {
            x[i] = (2 * random.nextFloat() - 1) * (i % 3 == 0 ? most : 4);
            g[i] = (float) random.nextGaussian();
        }
        float[] special = {0f, -0f, most, -most, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-20f, -1e-20f, 1f, -1f};
        System.arraycopy(special, 0, x, 1, special.length);
        float[] a = second ? g : x;
        float[] b = second ? x : g;
        int[] expected = bits(code, a, b, second, 1f, false);
        assertArrayEquals(expected, bits(code, a, b, second, 1f, true), code + " in place");
        for (float other : new float[] {Math.nextUp(most), -1e30f, Float.NEGATIVE_INFINITY, Float.NaN, -Float.NaN}) {
            for (boolean inPlace : new boolean[] {false, true}) {
                int[] found = bits(code, a, b, second, other, inPlace);
                assertArrayEquals(expected, found, code + " beside " + other + ", in place " + inPlace);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("codes")
    void nanStaysNan(Elementwise.Code code) {
        float[] x = new float[40];
        Arrays.fill(x, 1f);
        x[3] = Float.NaN;
        x[20] = Float.intBitsToFloat(0xFFC00000);
        float[] y = new float[40];
        VectorElementwiseF32.apply(code, 0, 0, y, x, x, x, 0, 40);
        for (int i = 0; i < 40; i++) {
            assertEquals(i == 3 || i == 20, Float.isNaN(y[i]), code + " at " + i);
        }
    }
}
