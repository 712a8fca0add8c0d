package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.CosinePath;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.Path;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Retimed;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SamplewiseDormandPrinceTest extends EngineTest {
    private static final Path PATH = new CosinePath();
    private static final double[] TIMES = {PATH.noiseTime(), 0.5, PATH.dataTime()};
    private static final GaussianMixture DATA =
            new GaussianMixture(new double[] {0.5, 0.5}, new double[][] {{1, 0}, {-1, 0.5}}, new double[] {0.1, 0.3});
    private static final Retimed.Velocity FIELD = (x, t) -> DATA.v(x, PathCoefficients.of(PATH, t));
    private static final SamplewiseDormandPrince METHOD = new SamplewiseDormandPrince(1e-6, 1e-7);

    private Tensor of(double... values) {
        return Tensor.of(device, DType.F64, values, values.length / 2, 2);
    }

    private Tensor states(int count) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * count, 0), count, 2);
    }

    @Test
    void aSampleIsThatOfABatchOfOne() {
        int n = 9;
        double[] start = states(n).toDoubles();
        SamplewiseDormandPrince.Solution together = METHOD.solve(FIELD, of(start), TIMES);
        assertEquals(3, together.states().size());
        for (int i = n - 1; i >= 0; i--) {
            SamplewiseDormandPrince.Solution alone =
                    METHOD.solve(FIELD, of(Arrays.copyOfRange(start, 2 * i, 2 * i + 2)), TIMES);
            for (int k = 0; k < 3; k++) {
                double[] all = together.states().get(k).toDoubles();
                assertArrayEquals(
                        Arrays.copyOfRange(all, 2 * i, 2 * i + 2),
                        alone.states().get(k).toDoubles(),
                        "sample " + i + " at time " + TIMES[k]);
            }
            assertEquals(alone.accepted()[0], together.accepted()[i]);
            assertEquals(alone.rejected()[0], together.rejected()[i]);
        }
        assertTrue(Arrays.stream(together.accepted()).distinct().count() > 1, "steps of their own");
        assertTrue(Arrays.stream(together.rejected()).sum() > 0, "some are rejected");
    }

    @Test
    void oneSampleTakesTheStepsOfTheSharedMethod() {
        Tensor start = of(0.3, -0.8);
        DormandPrince.Solution shared = new DormandPrince(1e-6, 1e-7)
                .solve((x, p) -> DATA.v(x, PathCoefficients.of(PATH, p.t())), PATH, start, TIMES);
        SamplewiseDormandPrince.Solution own = METHOD.solve(FIELD, start, TIMES);
        assertEquals(shared.evaluations(), own.evaluations());
        assertEquals(shared.accepted(), own.accepted()[0]);
        assertEquals(shared.rejected(), own.rejected()[0]);
        assertArrayEquals(shared.end().toDoubles(), own.end().toDoubles(), 1e-13);
    }

    @Test
    void exactMapOfAGaussian() {
        GaussianMixture one = new GaussianMixture(new double[] {1}, new double[][] {{0.7, 0.7}}, new double[] {0.4});
        double[] end = new SamplewiseDormandPrince(1e-10, 1e-12)
                .solve((x, t) -> one.v(x, PathCoefficients.of(PATH, t)), of(1, -0.5, 2, 0), TIMES)
                .end()
                .toDoubles();
        assertArrayEquals(new double[] {1.1, 0.5, 1.5, 0.7}, end, 1e-9);
    }

    /** dx/dt = rate x, a rate of its own for each sample: the hard one must not cost the easy one steps. */
    @Test
    void easySamplesWaitForTheHardOnes() {
        Retimed.Velocity field = (x, t) -> Ops.mul(x, Tensor.perSample(new double[] {0.1, -40}, x));
        SamplewiseDormandPrince.Solution solution = METHOD.solve(field, of(1, 1, 1, 1), 0, 1);
        assertTrue(solution.accepted()[0] < 8 && solution.accepted()[1] > 30, Arrays.toString(solution.accepted()));
        assertEquals(Math.exp(0.1), solution.end().toDoubles()[0], 1e-6);
        assertEquals(0, solution.end().toDoubles()[2], 1e-5);
        int trials = solution.accepted()[1] + solution.rejected()[1];
        assertEquals(2 + 6 * trials, solution.evaluations());
    }

    @Test
    void aSampleWithoutProgressIsNamed() {
        Retimed.Velocity singular = (x, t) -> {
            double[] rate = new double[t.length];
            Arrays.setAll(rate, i -> i == 1 ? -1 / Math.pow(t[i] - 0.5, 2) : 1);
            return Ops.mul(x, Tensor.perSample(rate, x));
        };
        String message = assertThrows(IllegalStateException.class, () -> METHOD.solve(singular, states(3), 1, 0))
                .getMessage();
        assertTrue(message.contains("for sample 1 at t 0.5"), message);
        assertThrows(IllegalArgumentException.class, () -> new SamplewiseDormandPrince(0, 1e-6));
        assertThrows(IllegalArgumentException.class, () -> new SamplewiseDormandPrince(1e-6, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> METHOD.solve(FIELD, states(2), 1, 0.5, 0.7));
    }
}
