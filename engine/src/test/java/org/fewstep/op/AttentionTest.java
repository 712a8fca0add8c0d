package org.fewstep.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Fused attention against matmul, softmax, matmul: value, gradient, tangent, and gradients of both. */
class AttentionTest extends EngineTest {
    private Tensor random(String stream, int... sizes) {
        double[] data = rng.stream(stream).normal(0, Shape.of(sizes).count(), 0);
        return Tensor.of(device, DType.F64, data, sizes);
    }

    /** softmax(q k^T / sqrt(C)) v of qkv (B, T, 3 H C) from elementary operations. */
    private static Tensor composed(Tensor qkv, int heads) {
        int batch = qkv.dim(0);
        int tokens = qkv.dim(1);
        int channels = qkv.dim(2) / 3 / heads;
        Tensor parts = Ops.permute(Ops.reshape(qkv, batch, tokens, 3, heads, channels), 2, 0, 3, 1, 4);
        Tensor[] each = Ops.split(Ops.reshape(parts, 3 * batch * heads, tokens, channels), 0, 3);
        Tensor scores = Ops.scale(Ops.matmul(each[0], each[1], false, true), 1 / Math.sqrt(channels));
        Tensor o = Ops.reshape(Ops.matmul(Ops.softmax(scores), each[2]), batch, heads, tokens, channels);
        return Ops.reshape(Ops.permute(o, 0, 2, 1, 3), batch, tokens, heads * channels);
    }

    /** Value, tangent, gradient, gradient through the tangent, and gradient of a squared gradient. */
    private List<double[]> derivatives(Function<Tensor, Tensor> f, Tensor x) {
        Tensor leaf = x.requireGrad();
        List<Tensor> wrt = List.of(leaf);
        List<double[]> all = new ArrayList<>();
        Dual dual = Jvp.of(f, leaf, random("d", x.shape().sizes()));
        Tensor y = dual.value();
        Tensor dy = Jvp.tangentOrZero(dual);
        Tensor g = random("g", y.shape().sizes());
        Tensor h = random("h", y.shape().sizes());
        all.add(y.toDoubles());
        all.add(dy.toDoubles());
        all.add(Grad.retain(Ops.sum(Ops.mul(y, g)), wrt).get(0).toDoubles());
        Tensor both = Ops.add(Ops.sum(Ops.mul(dy, h)), Ops.sum(Ops.mul(y, g)));
        all.add(Grad.of(both, wrt).get(0).toDoubles());
        Tensor slope = Grad.createGraph(Ops.sum(Ops.mul(f.apply(leaf), g)), wrt).get(0);
        all.add(Grad.of(Ops.sum(Ops.square(slope)), wrt).get(0).toDoubles());
        return all;
    }

    @Test
    void fusedAgreesWithComposed() {
        Tensor x = random("x", 2, 75, 3 * 3 * 5);
        List<double[]> fused = derivatives(v -> Ops.selfAttention(v, 3), x);
        List<double[]> composed = derivatives(v -> composed(v, 3), x);
        assertEquals(5, fused.size());
        for (int i = 0; i < fused.size(); i++) {
            assertArrayEquals(composed.get(i), fused.get(i), 1e-11, "derivative " + i);
        }
    }

    @Test
    void threeTensorsAgreeWithOne() {
        Tensor x = random("x", 2, 6, 3 * 2 * 4);
        Tensor parts = Ops.permute(Ops.reshape(x, 2, 6, 3, 2, 4), 2, 0, 3, 1, 4);
        Tensor[] each = Ops.split(Ops.reshape(parts, 6, 2, 6, 4), 0, 3);
        Tensor o = Ops.attention(each[0], each[1], each[2], 0.5);
        double[] expected = Ops.selfAttention(x, 2).toDoubles();
        assertArrayEquals(
                expected, Ops.reshape(Ops.permute(o, 0, 2, 1, 3), 2, 6, 8).toDoubles(), 1e-14);
        // With other lengths or widths the composed form serves: half of the keys twice is the same as once.
        Tensor twice = Ops.attention(each[0], Ops.concat(2, each[1], each[1]), Ops.concat(2, each[2], each[2]), 0.5);
        assertArrayEquals(o.toDoubles(), twice.toDoubles(), 1e-14);
        Tensor narrow = Ops.attention(each[0], each[1], Ops.slice(each[2], 3, 1, 3), 0.5);
        assertArrayEquals(Ops.slice(o, 3, 1, 3).toDoubles(), narrow.toDoubles(), 1e-14);
    }

    @Test
    void memoryIsLinearInTheTokens() {
        int tokens = 700;
        Tensor x = random("x", 1, tokens, 3 * 4).requireGrad();
        Tensor d = random("d", 1, tokens, 3 * 4);
        long before = device.live().bytes().get();
        Dual dual = Jvp.of(v -> Ops.selfAttention(v, 1), x, d);
        Tensor both = Ops.add(Ops.sum(Ops.square(dual.value())), Ops.sum(Ops.square(Jvp.tangentOrZero(dual))));
        Grad.retain(both, List.of(x));
        long used = device.live().bytes().get() - before;
        assertTrue(used > 0 && used < 30L * 8 * x.shape().count(), used + " bytes for " + x.shape());
        assertTrue(used < 8L * tokens * tokens, used + " bytes, less than one table of scores");
    }

    @Test
    void wrongShapesAreRefused() {
        Tensor x = random("x", 2, 4, 12);
        assertThrows(IllegalArgumentException.class, () -> Ops.selfAttention(x, 3));
        assertThrows(IllegalArgumentException.class, () -> Ops.selfAttention(x, 0));
        assertThrows(IllegalArgumentException.class, () -> Ops.pixelAttention(x));
        Tensor q = random("q", 2, 1, 4, 3);
        assertThrows(IllegalArgumentException.class, () -> Ops.attention(q, q, Ops.slice(q, 2, 0, 3), 1));
        String message = assertThrows(IllegalArgumentException.class, () -> Ops.attention(x, x, x, 1))
                .getMessage();
        assertTrue(message.startsWith("attention: got q (2, 4, 12)"), message);
    }
}
