package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Layers beyond what the golden files fix. */
class LayersTest extends EngineTest {
    private final Init init = new Init(device, DType.F64, rng);

    private Tensor random(String stream, int... sizes) {
        double[] data = rng.stream(stream).normal(0, Shape.of(sizes).count(), 0);
        return Tensor.of(device, DType.F64, data, sizes);
    }

    @Test
    void dropoutIsReplayedAndDoesNotDependOnTheBatch() {
        Tensor x = Tensor.full(device, DType.F64, 1, Shape.of(6, 500));
        double[] all = Dropout.of(x, 0.25, rng, 10, 3).toDoubles();
        assertArrayEquals(all, Dropout.of(x, 0.25, rng, 10, 3).toDoubles());
        double[] tail = Dropout.of(Ops.slice(x, 0, 4, 6), 0.25, rng, 14, 3).toDoubles();
        assertArrayEquals(Arrays.copyOfRange(all, 2000, 3000), tail);
        assertTrue(!Arrays.equals(all, Dropout.of(x, 0.25, rng, 10, 4).toDoubles()), "another step drops others");
        long kept = Arrays.stream(all).filter(v -> v != 0).count();
        assertEquals(2250, kept, 4 * Math.sqrt(3000 * 0.25 * 0.75));
        assertTrue(Arrays.stream(all).allMatch(v -> v == 0 || Math.abs(v - 4.0 / 3) < 1e-15));
        assertSame(x, Dropout.of(x, 0, rng, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Dropout.of(x, 1, rng, 0, 0));
    }

    @Test
    void crossEntropyOfClasses() {
        Tensor logits = random("logits", 3, 4);
        double[] log = Ops.logSoftmax(logits).toDoubles();
        double[] hard = CrossEntropy.of(logits, new int[] {1, 0, 3}, 0).toDoubles();
        assertArrayEquals(new double[] {-log[1], -log[4], -log[11]}, hard, 1e-15);
        double[] even = CrossEntropy.of(logits, new int[] {1, 0, 3}, 1).toDoubles();
        assertEquals(-(log[0] + log[1] + log[2] + log[3]) / 4, even[0], 1e-15);
        assertThrows(IllegalArgumentException.class, () -> CrossEntropy.of(logits, new int[] {1, 4, 0}, 0));
        assertThrows(IllegalArgumentException.class, () -> CrossEntropy.of(logits, new int[] {1}, 0));
        assertThrows(IllegalArgumentException.class, () -> CrossEntropy.of(logits, random("t", 4, 3)));
    }

    /** Fused and plain resampling differ in how they pad only. */
    @Test
    void fusedResamplingAgreesInside() {
        for (boolean up : new boolean[] {true, false}) {
            for (double[] taps : new double[][] {{1, 1}, {1, 3, 3, 1}}) {
                FirFilter filter = new FirFilter(taps);
                try (ResampleConv fused = new ResampleConv(init, 2, 3, 3, up, !up, filter, true, 1);
                        ResampleConv plain = new ResampleConv(init, 2, 3, 3, up, !up, filter, false, 1)) {
                    Tensor x = random("x", 1, 2, 12, 12);
                    Tensor a = fused.of(x);
                    Tensor b = up ? plain.of(x) : downThenConv(plain, fused, x, filter);
                    assertEquals(Shape.of(1, 3, up ? 24 : 6, up ? 24 : 6), a.shape());
                    int edge = up ? 4 : 2;
                    assertArrayEquals(inside(b, edge), inside(a, edge), 1e-13);
                }
            }
        }
    }

    /** Convolution first, then the filter: what fused downsampling is away from the border. */
    private static Tensor downThenConv(ResampleConv plain, ResampleConv fused, Tensor x, FirFilter filter) {
        assertEquals(plain.parameters().keySet(), fused.parameters().keySet());
        Tensor w = plain.parameters().get("weight").leaf();
        Tensor bias = plain.parameters().get("bias").leaf();
        return Ops.add(filter.down(Ops.conv2d(x, w, 1, 1, 1)), Ops.reshape(bias, 3, 1, 1));
    }

    private static double[] inside(Tensor x, int edge) {
        Tensor rows = Ops.slice(x, 2, edge, x.dim(2) - edge);
        return Ops.slice(rows, 3, edge, x.dim(3) - edge).toDoubles();
    }

    @Test
    void boxFilterIsPoolingAndNearest() {
        FirFilter box = new FirFilter(1, 1);
        Tensor x = random("x", 2, 3, 4, 6);
        assertArrayEquals(Ops.averagePool(x, 2).toDoubles(), box.down(x).toDoubles(), 1e-15);
        assertArrayEquals(Ops.upsampleNearest(x, 2).toDoubles(), box.up(x).toDoubles(), 1e-15);
        assertThrows(IllegalArgumentException.class, () -> new FirFilter(1, -1));
        try (ResampleConv alone = new ResampleConv(init, 3, 3, 0, false, true, box, false, 1)) {
            assertEquals(Set.of("resample_filter"), alone.parameters().keySet());
            assertArrayEquals(box.down(x).toDoubles(), alone.of(x).toDoubles());
        }
    }

    @Test
    void stateDictionaryNamesLayoutsAndErrors() {
        assertEquals("blocks.0.attn.qkv.weight", StateDict.name("blocks.0.attn.qkv.W"));
        assertEquals("bias", StateDict.name("b"));
        assertEquals("embedding_table.weight", StateDict.name("embedding_table.table"));
        assertEquals("conv.weight", StateDict.name("conv.weight"));
        assertEquals(Shape.of(3, 2), StateDict.shape("a.W", Shape.of(2, 3)));
        try (Linear linear = new Linear(init, 2, 3, 1)) {
            Set<String> used = StateDict.load(
                    linear,
                    (name, shape) -> name.equals("weight")
                            ? new double[] {1, 2, 3, 4, 5, 6}
                            : name.equals("bias") ? new double[] {10, 20, 30} : null);
            assertEquals(Set.of("weight", "bias"), used);
            Tensor x = Tensor.of(device, DType.F64, new double[] {1, 100}, 1, 2);
            assertArrayEquals(new double[] {211, 423, 635}, linear.of(x).toDoubles());
            double[] own = linear.parameters().get("W").leaf().toDoubles();
            assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, StateDict.published("W", Shape.of(2, 3), own));
            String message = assertThrows(
                            IllegalArgumentException.class, () -> StateDict.load(linear, (name, shape) -> null))
                    .getMessage();
            assertTrue(message.contains("bias (3), weight (3, 2)"), message);
            assertThrows(IllegalArgumentException.class, () -> StateDict.load(linear, (name, shape) -> new double[1]));
        }
    }

    @Test
    void wrongSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SelfAttention(init, 6, 4));
        assertThrows(IllegalArgumentException.class, () -> new GroupNorm(init, 6, 4, 1e-5));
        assertThrows(IllegalArgumentException.class, () -> new Conv(init, 3, 4, 3, 1, 1, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> new TransposedConv(init, 0, 4, 3, 1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> FrequencyFeatures.positional(init, 5, 100, true));
        assertThrows(IllegalArgumentException.class, () -> FrequencyFeatures.fourier(init, 3, 1));
        assertThrows(IllegalArgumentException.class, () -> PositionTable.grid(6, 2));
        assertThrows(
                IllegalArgumentException.class, () -> new ResampleConv(init, 3, 3, 3, true, false, null, false, 1));
    }

    @Test
    void oddWidthEndsWithZero() {
        try (FrequencyFeatures features = FrequencyFeatures.geometric(init, 5, 10_000)) {
            Tensor t = Tensor.of(device, DType.F64, new double[] {2}, 1);
            assertArrayEquals(
                    new double[] {Math.cos(2), Math.cos(0.02), Math.sin(2), Math.sin(0.02), 0},
                    features.of(t).toDoubles(),
                    1e-15);
        }
    }
}
