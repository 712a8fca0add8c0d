package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The convolutional classifier as a whole: gradients in F64, samples alone, sizes. */
class ConvClassifierTest extends EngineTest {
    private static final double H = 1e-6;
    private static final ConvClassifierConfig CONFIG = new ConvClassifierConfig(8, 2, List.of(4, 6), 3);

    private Tensor images(DType dtype, int n) {
        return Tensor.of(device, dtype, new Rng(5).normal(0, n * 128, 0), n, 2, 8, 8);
    }

    private static double loss(ConvClassifier net, Tensor x) {
        try (NoGrad off = NoGrad.open()) {
            return Ops.sum(Ops.square(net.logits(x))).toDoubles()[0];
        }
    }

    @Test
    void gradientsAreThoseOfCentralDifferences() {
        try (ConvClassifier net = CONFIG.build(new Init(device, DType.F64, new Rng(3)))) {
            Tensor x = images(DType.F64, 3);
            List<Parameter> parameters = new ArrayList<>(net.parameters().values());
            Tensor value = Ops.sum(Ops.square(net.logits(x)));
            List<Tensor> gradients =
                    Grad.of(value, parameters.stream().map(Parameter::tensor).toList());
            for (int p = 0; p < parameters.size(); p++) {
                Tensor tensor = parameters.get(p).tensor();
                double[] numbers = tensor.toDoubles();
                double[] direction = new Rng(7 + p).normal(0, numbers.length, 0);
                double expected =
                        (along(net, x, tensor, numbers, direction, H) - along(net, x, tensor, numbers, direction, -H))
                                / (2 * H);
                double[] g = gradients.get(p).toDoubles();
                double actual = 0;
                for (int i = 0; i < g.length; i++) {
                    actual += g[i] * direction[i];
                }
                assertEquals(expected, actual, 1e-6 * Math.max(1, Math.abs(expected)), "parameter " + p);
            }
        }
    }

    /** The loss with a parameter moved by h along the direction; the parameter is put back. */
    private double along(ConvClassifier net, Tensor x, Tensor parameter, double[] at, double[] direction, double h) {
        double[] moved = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            moved[i] = at[i] + h * direction[i];
        }
        device.write(parameter.buffer(), moved, 0, moved.length);
        double loss = loss(net, x);
        device.write(parameter.buffer(), at, 0, at.length);
        return loss;
    }

    @Test
    void aSampleAloneHasTheSameBits() {
        try (ConvClassifier net = CONFIG.build(new Init(device, DType.F32, new Rng(3)));
                NoGrad off = NoGrad.open()) {
            Tensor x = images(DType.F32, 5);
            float[] all = net.logits(x).toFloats();
            for (int i = 0; i < 5; i++) {
                float[] alone = net.logits(Ops.slice(x, 0, i, i + 1)).toFloats();
                assertArrayEquals(Arrays.copyOfRange(all, 3 * i, 3 * i + 3), alone, 0f, "sample " + i);
            }
        }
    }

    @Test
    void sizesAreChecked() {
        try (ConvClassifier net = CONFIG.build(new Init(device, DType.F32, new Rng(3)))) {
            Tensor wrong = Tensor.of(device, DType.F32, new double[98], 1, 2, 7, 7);
            String text = assertThrows(IllegalArgumentException.class, () -> net.logits(wrong))
                    .getMessage();
            assertEquals("conv classifier: got x (1, 2, 7, 7); expected (B, 2, 8, 8)", text);
            double all = net.parameters().values().stream()
                    .map(Parameter::shape)
                    .mapToDouble(Shape::count)
                    .sum();
            assertTrue(CONFIG.leastNumbers() <= all && CONFIG.leastNumbers() > 0.7 * all, all + " numbers");
        }
        assertThrows(IllegalArgumentException.class, () -> new ConvClassifierConfig(6, 2, List.of(4, 6, 8), 3));
    }
}
