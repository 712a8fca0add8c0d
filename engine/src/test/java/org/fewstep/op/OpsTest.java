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
import org.fewstep.tensor.Dual;
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

    @Test
    void comparisonsAreSix() {
        double nan = Double.NaN;
        Tensor x = tensor(new double[] {1, 2, 3, nan}, 4, 1);
        Tensor y = tensor(new double[] {2, nan}, 2);
        assertArrayEquals(
                new double[] {0, 0, 0, 0, 1, 0, 0, 0}, Ops.greater(x, y).toDoubles());
        assertArrayEquals(
                new double[] {0, 0, 1, 0, 1, 0, 0, 0}, Ops.greaterEqual(x, y).toDoubles());
        assertArrayEquals(new double[] {1, 0, 0, 0, 0, 0, 0, 0}, Ops.less(x, y).toDoubles());
        assertArrayEquals(
                new double[] {1, 0, 1, 0, 0, 0, 0, 0}, Ops.lessEqual(x, y).toDoubles());
        assertArrayEquals(new double[] {0, 0, 1, 0, 0, 0, 0, 0}, Ops.equal(x, y).toDoubles());
        assertArrayEquals(
                new double[] {1, 1, 0, 1, 1, 1, 1, 1}, Ops.notEqual(x, y).toDoubles());
    }

    @Test
    void powersOfZeroHaveTheLimitsAsSlopes() {
        Tensor x = tensor(new double[] {0, 0, 2}, 3).requireGrad();
        Tensor y = tensor(new double[] {2, 1, 3}, 3).requireGrad();
        Tensor p = Ops.pow(x, y);
        assertArrayEquals(new double[] {0, 0, 8}, p.toDoubles(), 1e-15);
        List<Tensor> g = Grad.of(Ops.sum(p), List.of(x, y));
        assertArrayEquals(new double[] {0, 1, 12}, g.get(0).toDoubles(), 1e-14);
        assertArrayEquals(new double[] {0, 0, 8 * Math.log(2)}, g.get(1).toDoubles(), 1e-14);
        // x^1 twice: the constant slope 1 has no slope of its own, at 0 as elsewhere.
        Tensor slope = Grad.createGraph(Ops.sum(Ops.add(Ops.pow(x, 1), Ops.square(x))), List.of(x))
                .get(0);
        assertArrayEquals(
                new double[] {2, 2, 2},
                Grad.of(Ops.sum(slope), List.of(x)).get(0).toDoubles());
    }

    @Test
    void normsHaveFiniteDerivativesAtZero() {
        Tensor x = tensor(new double[] {0, 0, 3, -4}, 2, 2).requireGrad();
        assertArrayEquals(new double[] {0, 5}, Ops.norm(x, 1).toDoubles(), 1e-15);
        assertArrayEquals(new double[] {0, 7}, Ops.norm1(x, 1).toDoubles());
        assertEquals(7, Ops.norm1(x).item());
        Tensor g = Grad.createGraph(Ops.sum(Ops.norm(x, 1)), List.of(x)).get(0);
        assertArrayEquals(new double[] {0, 0, 0.6, -0.8}, g.toDoubles(), 1e-15);
        // The Hessian (I - u u^T) / |x| times (1, 1), u = (0.6, -0.8).
        double[] second = Grad.of(Ops.sum(g), List.of(x)).get(0).toDoubles();
        assertArrayEquals(new double[] {0, 0, (1 + 0.12) / 5, (1 - 0.16) / 5}, second, 1e-15);
        Tensor along = Jvp.tangentOrZero(Jvp.of(v -> Ops.norm(v, 1), x, tensor(new double[] {1, 2, 1, 1}, 2, 2)));
        assertArrayEquals(new double[] {0, -0.2}, along.toDoubles(), 1e-15);
        double[] absolute = Grad.of(Ops.sum(Ops.norm1(x)), List.of(x)).get(0).toDoubles();
        assertArrayEquals(new double[] {0, 0, 1, -1}, absolute);
    }

    @Test
    void logSumExpOverAnyAxes() {
        Tensor x = random("x", 2, 3, 4);
        double[] v = x.toDoubles();
        double[] expected = new double[3];
        for (int i = 0; i < v.length; i++) {
            expected[i / 4 % 3] += Math.exp(v[i]);
        }
        for (int i = 0; i < 3; i++) {
            expected[i] = Math.log(expected[i]);
        }
        assertArrayEquals(expected, Ops.logSumExp(x, 0, -1).toDoubles(), 1e-14);
        assertEquals(Shape.of(), Ops.logSumExp(x).shape());
        Tensor p = Ops.softmax(x, 1);
        assertArrayEquals(Ops.logSoftmax(x, 1).toDoubles(), Ops.log(p).toDoubles(), 1e-14);
        for (double sum : Ops.sum(p, 1).toDoubles()) {
            assertEquals(1, sum, 1e-15);
        }
    }

    @Test
    void argMaxIsAPlaceWithoutDerivative() {
        Tensor x = tensor(new double[] {1, 5, 5, 2, Double.NaN, 7, 0, Double.NaN}, 2, 4);
        assertArrayEquals(new int[] {1, 0}, Ops.argMax(x, 1).toInts());
        assertArrayEquals(new int[] {1, 1, 0, 1}, Ops.argMax(x, 0).toInts());
        assertEquals(DType.I32, Ops.argMax(x, -1).dtype());
        assertEquals(0, Ops.argMax(tensor(new double[] {3}, 1), 0).toInts()[0]);
        String message = assertThrows(
                        IllegalStateException.class, () -> Jvp.of(v -> Ops.argMax(v, 1), x, random("d", 2, 4)))
                .getMessage();
        assertTrue(message.startsWith("argMax: got a question for its derivative"), message);
        Tensor leaf = x.requireGrad();
        Tensor place = Ops.argMax(leaf, 1);
        assertThrows(
                IllegalStateException.class, () -> Grad.vjp(place, Tensor.of(device, new int[2], 2), List.of(leaf)));
    }

    @Test
    void matmulBroadcastsBatchAxes() {
        Tensor a = random("a", 3, 1, 2, 4);
        Tensor b = random("b", 5, 4, 3);
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double[] expected = new double[3 * 5 * 2 * 3];
        for (int i = 0; i < expected.length; i++) {
            for (int k = 0; k < 4; k++) {
                expected[i] += x[(i / 30 * 2 + i / 3 % 2) * 4 + k] * y[(i / 6 % 5 * 4 + k) * 3 + i % 3];
            }
        }
        Tensor c = Ops.matmul(a, b);
        assertEquals(Shape.of(3, 5, 2, 3), c.shape());
        assertArrayEquals(expected, c.toDoubles(), 1e-14);
        Tensor turned = Ops.matmul(Ops.permute(a, 0, 1, 3, 2), Ops.permute(b, 0, 2, 1), true, true);
        assertArrayEquals(expected, turned.toDoubles(), 1e-14);
        // The cotangents sum over what was repeated: that of a row of ones is a sum over the other operand.
        Tensor leaf = a.requireGrad();
        Tensor g = Grad.of(Ops.sum(Ops.matmul(leaf, b)), List.of(leaf)).get(0);
        Tensor columns = Ops.broadcastTo(Ops.sum(b, 0, 2), a.shape());
        assertArrayEquals(columns.toDoubles(), g.toDoubles(), 1e-13);
        // One matrix on either side.
        Tensor m = random("m", 4, 4);
        assertEquals(Shape.of(3, 1, 2, 4), Ops.matmul(a, m).shape());
        assertEquals(Shape.of(5, 4, 3), Ops.matmul(m, b).shape());
        assertEquals(Shape.of(1, 4, 4), Ops.matmul(m, Ops.reshape(m, 1, 4, 4)).shape());
        assertArrayEquals(
                Ops.matmul(m, Ops.slice(b, 0, 2, 3)).toDoubles(),
                Ops.slice(Ops.matmul(m, b), 0, 2, 3).toDoubles());
        assertEquals(Shape.of(0, 4, 3), Ops.matmul(m, Ops.slice(b, 0, 0, 0)).shape());
    }

    @Test
    void picksAndScatters() {
        Tensor x = random("x", 2, 2, 3).requireGrad();
        double[] v = x.toDoubles();
        Tensor p = Ops.pick(x, new int[] {2, 0, 1, 1});
        assertEquals(Shape.of(2, 2), p.shape());
        assertArrayEquals(new double[] {v[2], v[3], v[7], v[10]}, p.toDoubles());
        double[] g = Grad.of(Ops.sum(Ops.square(p)), List.of(x)).get(0).toDoubles();
        assertEquals(2 * v[7], g[7]);
        assertEquals(0, g[6]);
        Tensor rows = tensor(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
        assertArrayEquals(
                new double[] {3, 4, 0, 0, 6, 8},
                Ops.scatterAddRows(rows, new int[] {2, 0, 2}, 3).toDoubles());
    }

    @Test
    void splitsIntoLengths() {
        Tensor x = random("x", 2, 5);
        Tensor[] pieces = Ops.split(x, 1, new int[] {2, 0, 3});
        assertEquals(Shape.of(2, 0), pieces[1].shape());
        assertArrayEquals(x.toDoubles(), Ops.concat(1, pieces).toDoubles());
    }

    /** More than one kernel takes: the bits of one chain, and a derivative for each term. */
    @Test
    void weightedSumsGoOn() {
        for (int terms : new int[] {8, 9, 15, 16, 23}) {
            double[] c = new double[terms];
            Tensor[] x = new Tensor[terms];
            double[] chain = new double[5];
            for (int j = 0; j < terms; j++) {
                c[j] = 0.7 - 0.3 * j;
                x[j] = random("x" + j, 5).requireGrad();
                double[] values = x[j].toDoubles();
                for (int i = 0; i < 5; i++) {
                    chain[i] = j == 0 ? c[0] * values[i] : Math.fma(c[j], values[i], chain[i]);
                }
            }
            Tensor y = Ops.weightedSum(c, x);
            assertArrayEquals(chain, y.toDoubles());
            List<Tensor> g = Grad.of(Ops.sum(y), List.of(x));
            for (int j = 0; j < terms; j++) {
                assertEquals(c[j], g.get(j).toDoubles()[4]);
            }
        }
    }

    /** A sum of one tensor with itself, and a tangent in one term alone. */
    @Test
    void weightedSumsOfTheSame() {
        Tensor x = random("x", 3);
        Tensor y = random("y", 3);
        Dual pass = Jvp.of(v -> Ops.weightedSum(new double[] {2, -0.5, 3}, v, y, v), x, y);
        assertArrayEquals(Ops.scale(y, 5).toDoubles(), Jvp.tangentOrZero(pass).toDoubles(), 1e-14);
    }
}
