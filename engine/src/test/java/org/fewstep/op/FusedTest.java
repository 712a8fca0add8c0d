package org.fewstep.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.fewstep.tensor.Watch;
import org.junit.jupiter.api.Test;

/** Fused forms against the compositions they stand for: value, both tangents, gradient, and gradients of both. */
class FusedTest extends EngineTest {
    private static final double EPS = 1e-3;

    private Tensor random(String stream, DType dtype, Shape shape) {
        double[] data = rng.stream(stream).normal(0, shape.count(), 0);
        return Tensor.of(device, dtype, data, shape.sizes());
    }

    private Tensor[] inputs(DType dtype, int[]... sizes) {
        Tensor[] in = new Tensor[sizes.length];
        for (int k = 0; k < in.length; k++) {
            in[k] = random("x" + k, dtype, Shape.of(sizes[k]));
        }
        return in;
    }

    private static Tensor[] leaves(Tensor[] in) {
        Tensor[] leaves = new Tensor[in.length];
        for (int k = 0; k < in.length; k++) {
            leaves[k] = in[k].requireGrad();
        }
        return leaves;
    }

    private void all(List<double[]> to, List<Tensor> tensors) {
        tensors.forEach(t -> to.add(t.toDoubles()));
    }

    private List<double[]> derivatives(Function<Tensor[], Tensor> f, Tensor[] in) {
        List<double[]> all = new ArrayList<>();
        try (NoGrad off = NoGrad.open()) {
            all.add(f.apply(in).toDoubles());
        }
        Tensor[] leaves = leaves(in);
        List<Tensor> wrt = List.of(leaves);
        Tensor[] d = new Tensor[in.length];
        for (int k = 0; k < d.length; k++) {
            d[k] = random("d" + k, in[k].dtype(), in[k].shape());
        }
        Dual dual = Jvp.of(f, leaves, d);
        Tensor y = dual.value();
        Tensor dy = Jvp.tangentOrZero(dual);
        Tensor g = random("g", y.dtype(), y.shape());
        Tensor h = random("h", y.dtype(), y.shape());
        all.add(y.toDoubles());
        all.add(dy.toDoubles());
        Dual detached = Jvp.detached(f, leaves, d);
        all.add(Jvp.tangentOrZero(detached).toDoubles());
        all(all, Grad.of(Ops.sum(Ops.mul(detached.value(), g)), wrt));
        all(all, Grad.of(Ops.add(Ops.sum(Ops.mul(dy, h)), Ops.sum(Ops.mul(y, g))), wrt));
        List<Tensor> slopes = Grad.createGraph(Ops.sum(Ops.mul(f.apply(leaves), g)), wrt);
        Tensor squares = Ops.sum(Ops.square(slopes.get(0)));
        for (Tensor slope : slopes.subList(1, slopes.size())) {
            squares = Ops.add(squares, Ops.sum(Ops.square(slope)));
        }
        all(all, Grad.of(squares, wrt));
        return all;
    }

    private void agree(
            String what, Function<Tensor[], Tensor> fused, Function<Tensor[], Tensor> composed, Tensor... in) {
        List<double[]> a = derivatives(composed, in);
        List<double[]> b = derivatives(fused, in);
        assertEquals(a.size(), b.size());
        for (int i = 0; i < a.size(); i++) {
            double scale = 1;
            for (double v : a.get(i)) {
                scale = Math.max(scale, Math.abs(v));
            }
            assertArrayEquals(a.get(i), b.get(i), 1e-12 * scale, what + ", derivative " + i);
        }
    }

    @Test
    void linearWithActivation() {
        for (Activation f : Activation.values()) {
            Tensor[] in = inputs(DType.F64, new int[] {2, 5, 7}, new int[] {7, 9}, new int[] {9});
            agree("linear " + f, x -> Ops.linear(x[0], x[1], x[2], f), x -> f.of(Ops.linear(x[0], x[1], x[2])), in);
        }
    }

    @Test
    void linearWithActivationHasTheCompositionsBitsInF32() {
        for (Activation f : Activation.values()) {
            Tensor[] in = inputs(DType.F32, new int[] {33, 70}, new int[] {70, 129}, new int[] {129});
            List<double[]> a = derivatives(x -> f.of(Ops.linear(x[0], x[1], x[2])), in);
            List<double[]> b = derivatives(x -> Ops.linear(x[0], x[1], x[2], f), in);
            for (int i = 0; i < a.size(); i++) {
                assertArrayEquals(a.get(i), b.get(i), 0, f + ", derivative " + i);
            }
        }
    }

    /** One product a layer, forward, whether recorded or not. */
    @Test
    void linearWithActivationRunsOneProduct() {
        Tensor[] in = inputs(DType.F32, new int[] {4, 5}, new int[] {5, 6}, new int[] {6});
        List<String> names = new ArrayList<>();
        try (Watch watch =
                Watch.open((op, inputs, value) -> names.add(op.getClass().getSimpleName()))) {
            Ops.linear(in[0], in[1], in[2], Activation.SILU);
            Ops.linear(in[0], in[1].requireGrad(), in[2], Activation.SILU);
        }
        assertEquals(List.of("LinearActivation", "LinearBefore", "Activated"), names);
    }

    private static Tensor modulated(Tensor z, Tensor scale, Tensor shift) {
        return Ops.mulAdd(z, Ops.scaleShift(scale, 1, 1), shift);
    }

    @Test
    void rowNormsWithTables() {
        for (boolean centred : new boolean[] {true, false}) {
            Function<Tensor, Tensor> norm = x -> centred ? Ops.layerNorm(x, EPS) : Ops.rmsNorm(x, EPS);
            agree(
                    "parameters",
                    x -> centred ? Ops.layerNorm(x[0], x[1], x[2], EPS) : Ops.add(Ops.rmsNorm(x[0], x[1], EPS), x[2]),
                    x -> Ops.mulAdd(norm.apply(x[0]), x[1], x[2]),
                    inputs(DType.F64, new int[] {3, 4, 6}, new int[] {6}, new int[] {6}));
            // For each sample, for each token, for each of both, and tables that no kernel has.
            for (int[] table : new int[][] {{3, 1, 6}, {4, 6}, {3, 4, 6}, {3, 1, 1}, {1}}) {
                agree(
                        "tables " + Shape.of(table),
                        x -> centred
                                ? Ops.modulatedLayerNorm(x[0], x[2], x[1], EPS)
                                : Ops.modulatedRmsNorm(x[0], x[2], x[1], EPS),
                        x -> modulated(norm.apply(x[0]), x[1], x[2]),
                        inputs(DType.F64, new int[] {3, 4, 6}, table, table));
            }
        }
    }

    @Test
    void groupNormsWithTables() {
        int[] image = {2, 6, 3, 2};
        for (int[] table : new int[][] {{6, 1, 1}, {1, 6, 1, 1}, {2, 6, 1, 1}, {2, 1, 1, 1}, {3, 2}}) {
            agree(
                    "parameters " + Shape.of(table),
                    x -> Ops.groupNorm(x[0], 3, x[1], x[2], EPS),
                    x -> Ops.mulAdd(Ops.groupNorm(x[0], 3, EPS), x[1], x[2]),
                    inputs(DType.F64, image, table, table));
            agree(
                    "adaptive " + Shape.of(table),
                    x -> Ops.modulatedGroupNorm(x[0], 3, x[2], x[1], EPS),
                    x -> modulated(Ops.groupNorm(x[0], 3, EPS), x[1], x[2]),
                    inputs(DType.F64, image, table, table));
        }
    }

    @Test
    void tablesOfTheKernelAreOneOperation() {
        Tensor[] in = inputs(DType.F32, new int[] {3, 4, 6}, new int[] {3, 1, 6}, new int[] {3, 1, 6});
        List<Op> ops = new ArrayList<>();
        try (Watch watch = Watch.open((op, inputs, value) -> ops.add(op))) {
            Ops.modulatedLayerNorm(in[0], in[2], in[1], EPS);
        }
        assertEquals(List.of(new ScaledNorm(new NormForm(true, EPS, 0), 1)), ops);
        // The kernel's value has the bits of the composition.
        Tensor fused = Ops.modulatedLayerNorm(in[0], in[2], in[1], EPS);
        Tensor composed = modulated(Ops.layerNorm(in[0], EPS), in[1], in[2]);
        assertArrayEquals(composed.toDoubles(), fused.toDoubles());
        assertFalse(fused.needsGrad());
    }
}
