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

    static Stream<Elementwise.Code> codes() {
        return Arrays.stream(Elementwise.Code.values()).filter(code -> VectorNearF32.of(code) != null);
    }

    private static int[] bits(Elementwise.Code code, float[] a, float[] b, float[] arguments, float last) {
        arguments[N] = last;
        float[] y = new float[N + 1];
        VectorElementwiseF32.apply(code, 0, 0, y, a, b, b, 0, N + 1);
        int[] bits = new int[N];
        for (int i = 0; i < N; i++) {
            bits[i] = Float.floatToRawIntBits(y[i]);
        }
        return bits;
    }

    @ParameterizedTest
    @MethodSource("codes")
    void aLargeNeighbourChangesNoBit(Elementwise.Code code) {
        VectorNearF32 near = VectorNearF32.of(code);
        assertTrue(near != null);
        float most = near.most();
        float[] x = new float[N + 1];
        float[] g = new float[N + 1];
        Random random = new Random(5);
        for (int i = 0; i < N; i++) {
            x[i] = (2 * random.nextFloat() - 1) * (i % 3 == 0 ? most : 4);
            g[i] = (float) random.nextGaussian();
        }
        float[] special = {0f, -0f, most, -most, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-20f, -1e-20f, 1f, -1f};
        System.arraycopy(special, 0, x, 0, special.length);
        float[] a = near.second() ? g : x;
        float[] b = near.second() ? x : g;
        int[] expected = bits(code, a, b, x, 1f);
        for (float last : new float[] {Math.nextUp(most), -1e30f, Float.NEGATIVE_INFINITY, Float.NaN, -Float.NaN}) {
            assertArrayEquals(expected, bits(code, a, b, x, last), code + " beside " + last);
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
