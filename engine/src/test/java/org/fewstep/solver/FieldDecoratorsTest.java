package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.GridPoint;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Guidance, thresholding and inpainting as decorators of fields. */
class FieldDecoratorsTest extends EngineTest {
    private static final GridPoint HALF = new GridPoint(0.5, 1, 0.5);

    private Tensor of(double... values) {
        return Tensor.of(device, DType.F64, values, values.length / 2, 2);
    }

    private Field constant(double... values) {
        return (x, point) -> of(values);
    }

    @Test
    void guidanceGoesBeyondTheStrongField() {
        Field strong = constant(1, 2, 3, 4);
        Field weak = constant(0, 2, 1, 5);
        Tensor x = of(0, 0, 0, 0);
        assertArrayEquals(
                new double[] {3, 2, 7, 2},
                new GuidedField(strong, weak, 3).at(x, HALF).toDoubles(),
                1e-14);
        assertArrayEquals(
                new double[] {0, 2, 1, 5},
                new GuidedField(strong, weak, 0).at(x, HALF).toDoubles(),
                1e-14);
        Field never = (y, point) -> {
            throw new AssertionError("evaluated");
        };
        for (GuidedField off : new GuidedField[] {
            new GuidedField(strong, never, 1),
            new GuidedField(strong, never, 3, 0.6, 1, 0),
            new GuidedField(strong, never, 3, 0, 0.4, 0)
        }) {
            assertArrayEquals(new double[] {1, 2, 3, 4}, off.at(x, HALF).toDoubles());
        }
    }

    /** The first sample's deviation is 1/2 and guided 1/2, the second's 1/2 and guided 5/2. */
    @Test
    void rescalingBringsTheDeviationBack() {
        Field strong = constant(1, 2, 3, 4);
        Field weak = constant(0, 2, 1, 5);
        Tensor x = of(0, 0, 0, 0);
        double[] all = new GuidedField(strong, weak, 3, 0, 1, 1).at(x, HALF).toDoubles();
        assertArrayEquals(new double[] {3, 2, 7 / 5., 2 / 5.}, all, 1e-14);
        double[] half = new GuidedField(strong, weak, 3, 0, 1, 0.5).at(x, HALF).toDoubles();
        assertArrayEquals(new double[] {3, 2, 7 * 0.6, 2 * 0.6}, half, 1e-14);
    }

    @Test
    void thresholdsClip() {
        assertArrayEquals(
                new double[] {-1, 0.5, 1, -0.25},
                new StaticThresholding(constant(-3, 0.5, 1.5, -0.25), 1)
                        .at(of(0, 0, 0, 0), HALF)
                        .toDoubles());
        // Quantile 1 of each sample: 3 and 1.5, but at least 2.
        assertArrayEquals(
                new double[] {-1, 0.5 / 3, 1.5 / 2, -0.25 / 2},
                new DynamicThresholding(constant(-3, 0.5, 1.5, -0.25), 1, 2, 10)
                        .at(of(0, 0, 0, 0), HALF)
                        .toDoubles(),
                1e-14);
    }

    /** One coordinate is known; the other must follow the mixture's component that belongs to it. */
    @Test
    void inpaintingEndsInWhatIsKnownAndDrawsTheRestAlong() {
        GaussianMixture data = new GaussianMixture(
                new double[] {0.5, 0.5}, new double[][] {{2, -1}, {-2, 3}}, new double[] {0.05, 0.05});
        Field x0 = (x, point) -> data.x0(x, PathCoefficients.of(point));
        StepPlan plan = new DpmMultistep(2)
                .plan(TimeGrid.spaced(new EdmSchedule(), new KarrasSpacing(), 40, 20, 0.02, FinalPoint.CLEAN));
        assertEquals(Prediction.X0, plan.field());
        Field inpainted = new MeasuredField(x0, new Masked(of(1, 0, 1, 0)), of(2, 0, -2, 0));
        double[] end = Sampler.run(plan, inpainted, of(5, 9, 4, -12)).toDoubles();
        assertEquals(2, end[0]);
        assertEquals(-1, end[1], 0.2);
        assertEquals(-2, end[2]);
        assertEquals(3, end[3], 0.2);
    }

    @Test
    void badInputIsNamed() {
        Field field = (x, point) -> Ops.scale(x, 1);
        assertThrows(IllegalArgumentException.class, () -> new GuidedField(field, field, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new GuidedField(field, field, 2, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new GuidedField(field, field, 2, 0, 1, 1.5));
        assertThrows(IllegalArgumentException.class, () -> new StaticThresholding(field, 0));
        assertThrows(IllegalArgumentException.class, () -> new DynamicThresholding(field, 2, 1, 2));
        assertThrows(IllegalArgumentException.class, () -> new DynamicThresholding(field, 0.5, 2, 1));
    }
}
