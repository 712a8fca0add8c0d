package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.LinearPath;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FiniteFieldTest extends EngineTest {
    private final StepPlan plan = new Euler().plan(TimeGrid.of(LinearPath.NOISE_AT_ONE, 1, 0.75, 0.5, 0.25));

    private Tensor start() {
        return Tensor.of(device, DType.F64, new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
    }

    @Test
    void finiteValuesPass() {
        Field field = (x, point) -> Ops.scale(x, 1e307);
        double[] plain = field.at(start(), plan.steps().get(0).from()).toDoubles();
        assertArrayEquals(
                plain,
                new FiniteField(field).at(start(), plan.steps().get(0).from()).toDoubles());
    }

    @Test
    void theEvaluationAndItsTimeAreNamed() {
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Field field = new FiniteField((x, point) ->
                    point.t() > 0.5 ? x : Tensor.of(device, DType.F64, new double[] {1, wrong, 3, 4, 5, wrong}, 3, 2));
            ArithmeticException e =
                    assertThrows(ArithmeticException.class, () -> Sampler.run(plan, field, start(), NoiseSource.NONE));
            String message = e.getMessage();
            assertTrue(message.contains("2 of 3 samples") && message.contains("evaluation 3, t = 0.5;"), message);
        }
    }
}
