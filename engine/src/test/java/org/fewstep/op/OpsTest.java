package org.fewstep.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Functions of {@link Ops} that are made of several operations. */
class OpsTest extends EngineTest {
    private Tensor tensor(double[] data, int... sizes) {
        return Tensor.of(device, DType.F64, data, sizes);
    }

    private Tensor random(String stream, int... sizes) {
        return tensor(rng.stream(stream).normal(0, Shape.of(sizes).count(), 0), sizes);
    }

    @Test
    void reductionsOverAnyAxes() {
        Tensor x = tensor(new double[] {1, 5, 2, 4, 3, 6, 7, 0}, 2, 2, 2);
        assertArrayEquals(new double[] {5, 7}, Ops.greatest(x, 1, 2).toDoubles());
        assertArrayEquals(new double[] {3, 6, 7, 4}, Ops.greatest(x, 0).toDoubles());
        assertArrayEquals(new double[] {1, 0}, Ops.least(x, 0, 1).toDoubles());
        assertEquals(7, Ops.greatest(x).item());
        assertEquals(Shape.of(), Ops.greatest(x).shape());
        assertArrayEquals(new double[] {2.5, 7.5}, Ops.variance(x, 1, 2).toDoubles(), 1e-15);
        assertEquals(5.25, Ops.variance(x).item(), 1e-15);
        assertArrayEquals(
                new double[] {Math.sqrt(46), Math.sqrt(94)}, Ops.norm(x, 1, -1).toDoubles(), 1e-14);
        assertArrayEquals(
                new double[] {1, 5, 3, 9, 3, 6, 10, 6}, Ops.cumSum(x, 1).toDoubles());
    }

    @Test
    void logSumExpIsStableAndItsGradientIsSoftmax() {
        double inf = Double.NEGATIVE_INFINITY;
        Tensor x = tensor(new double[] {1000, 1001, -1000, -1001, inf, 2, inf, inf}, 4, 2);
        double tail = Math.log1p(Math.exp(-1));
        assertArrayEquals(
                new double[] {1001 + tail, -1000 + tail, 2, inf},
                Ops.logSumExp(x, 1).toDoubles(),
                1e-12);

        Tensor leaf = random("x", 3, 5).requireGrad();
        Tensor g = Grad.createGraph(Ops.sum(Ops.logSumExp(leaf, -1)), List.of(leaf))
                .get(0);
        assertArrayEquals(Ops.softmax(leaf).toDoubles(), g.toDoubles(), 1e-15);
        Tensor d = random("d", 3, 5);
        double[] second = Grad.of(Ops.sum(Ops.mul(g, d)), List.of(leaf)).get(0).toDoubles();
        double[] expected = Jvp.tangentOrZero(Jvp.of(Ops::softmax, leaf, d)).toDoubles();
        assertArrayEquals(expected, second, 1e-14);
        Tensor along = Jvp.tangentOrZero(Jvp.of(v -> Ops.logSumExp(v, 1), leaf, d));
        assertArrayEquals(Ops.sumKeep(Ops.mul(Ops.softmax(leaf), d), -1).toDoubles(), along.toDoubles(), 1e-14);
    }

    @Test
    void stackAndSplitAreInverse() {
        Tensor a = random("a", 2, 3);
        Tensor b = random("b", 2, 3);
        for (int axis : new int[] {0, 1, 2, -1}) {
            Tensor s = Ops.stack(axis, a, b);
            Tensor[] pieces = Ops.split(s, axis, 2);
            assertEquals(3, s.rank());
            assertArrayEquals(a.toDoubles(), pieces[0].toDoubles());
            assertArrayEquals(b.toDoubles(), pieces[1].toDoubles());
        }
        assertEquals(Shape.of(2, 3, 2), Ops.stack(-1, a, b).shape());
        String message = assertThrows(IllegalArgumentException.class, () -> Ops.split(a, 1, 2))
                .getMessage();
        assertTrue(message.startsWith("split: got 2 pieces"), message);
        assertThrows(IllegalArgumentException.class, () -> Ops.stack(0, a, Ops.slice(b, 1, 0, 2)));
        assertThrows(IllegalArgumentException.class, () -> Ops.stack(3, a, b));
    }

    @Test
    void groupNormIsLayerNormOfEachGroup() {
        Tensor x = random("x", 2, 6, 3, 2);
        Tensor y = Ops.groupNorm(x, 3, 1e-5);
        assertEquals(x.shape(), y.shape());
        Tensor one = Ops.slice(Ops.slice(x, 0, 1, 2), 1, 2, 4);
        double[] expected = Ops.layerNorm(Ops.reshape(one, 1, 12), 1e-5).toDoubles();
        assertArrayEquals(expected, Ops.slice(Ops.slice(y, 0, 1, 2), 1, 2, 4).toDoubles());
        assertThrows(IllegalArgumentException.class, () -> Ops.groupNorm(x, 4, 1e-5));
        Tensor scale = random("scale", 6, 1, 1);
        Tensor shift = random("shift", 6, 1, 1);
        double[] modulated = Ops.modulate(y, shift, scale).toDoubles();
        double v = y.toDoubles()[8];
        assertEquals(v * (1 + scale.toDoubles()[1]) + shift.toDoubles()[1], modulated[8], 1e-14);
    }

    @Test
    void poolingAndUpsampling() {
        Tensor x = tensor(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 1, 2, 4);
        assertArrayEquals(new double[] {3.5, 5.5}, Ops.averagePool(x, 2).toDoubles());
        Tensor small = Ops.slice(x, 3, 0, 2);
        Tensor big = Ops.upsampleNearest(small, 2);
        assertEquals(Shape.of(1, 1, 4, 4), big.shape());
        assertArrayEquals(new double[] {1, 1, 2, 2, 1, 1, 2, 2, 5, 5, 6, 6, 5, 5, 6, 6}, big.toDoubles());
        assertArrayEquals(small.toDoubles(), Ops.averagePool(big, 2).toDoubles());
        assertThrows(IllegalArgumentException.class, () -> Ops.averagePool(x, 3));
    }

    @Test
    void transposedConvolutionPutsKernels() {
        Tensor x = tensor(new double[] {1, 2}, 1, 1, 1, 2);
        Tensor w = tensor(new double[] {1, 10, 100}, 1, 1, 1, 3);
        assertArrayEquals(
                new double[] {1, 10, 102, 20, 200},
                Ops.convTranspose2d(x, w, 2, 0, 0, 1).toDoubles());
        assertArrayEquals(
                new double[] {1, 10, 102, 20, 200, 0},
                Ops.slice(Ops.convTranspose2d(x, w, 2, 0, 1, 1), 2, 0, 1).toDoubles());
        assertThrows(IllegalArgumentException.class, () -> Ops.convTranspose2d(x, w, 2, 0, 2, 1));
        assertThrows(IllegalArgumentException.class, () -> Ops.conv2d(x, w, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Ops.conv2d(x, w, 1, 0, 1));
    }
}
