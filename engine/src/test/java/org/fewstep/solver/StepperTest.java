package org.fewstep.solver;

import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class StepperTest extends EngineTest {
    private static final Path PATH = LinearPath.NOISE_AT_ONE;
    private static final Field DECAY = (x, point) -> scale(x, 1 + point.t());

    private Tensor start() {
        return Tensor.of(device, DType.F64, new double[] {1, -0.5}, 2, 1);
    }

    /** Adams-Bashforth of order 2 with noise: history, a draw and a combination, as later solvers have them. */
    private static StepPlan multistep(TimeGrid grid, double noise) {
        PlanBuilder plan = new PlanBuilder("ab2", Prediction.V);
        int before = -1;
        for (int i = 0; i < grid.steps(); i++) {
            double h = grid.span(i);
            int x = plan.state();
            int v = plan.evaluate(x, grid.point(i));
            int result = before < 0
                    ? plan.combine(plan.term(1, x), plan.term(h, v))
                    : plan.combine(plan.term(1, x), plan.term(1.5 * h, v), plan.term(-0.5 * h, before));
            if (noise > 0) {
                result = plan.combine(plan.term(1, result), plan.term(noise, plan.noise()));
            }
            before = v;
            plan.step(grid.point(i), grid.point(i + 1), result);
        }
        return plan.build();
    }

    @Test
    void stepsAreTheRun() {
        StepPlan plan = new Heun().plan(TimeGrid.uniform(PATH, 5));
        double[] run = Sampler.run(plan, DECAY, start()).toDoubles();
        try (Stepper stepper = new Stepper(plan, start())) {
            assertEquals(1, stepper.point().t());
            while (!stepper.isFinished()) {
                Tensor x = stepper.step(DECAY, NoiseSource.NONE);
                assertEquals(x, stepper.state());
            }
            assertEquals(5, stepper.done());
            assertEquals(0, stepper.point().t());
            assertArrayEquals(run, stepper.state().toDoubles());
            assertThrows(IllegalStateException.class, () -> stepper.step(DECAY, NoiseSource.NONE));
        }
    }

    @Test
    void historyIsKeptAndMultistepHasOrderTwo() {
        double exact = Math.exp(-1.5); // of dx/dt = (1 + t) x from 1 to 0
        double[] errors = new double[2];
        for (int k = 0; k < 2; k++) {
            StepPlan plan = multistep(TimeGrid.uniform(PATH, 50 << k), 0);
            assertEquals(50 << k, plan.evaluations());
            errors[k] = Math.abs(Sampler.run(plan, DECAY, start()).toDoubles()[0] - exact);
        }
        assertEquals(2, Math.log(errors[0] / errors[1]) / Math.log(2), 0.1);
    }

    @Test
    void copiesRunOnAlone() {
        StepPlan plan = multistep(TimeGrid.uniform(PATH, 6), 0.1);
        NoiseSource noise = NoiseSource.seeded(rng, 0);
        double[] whole = Sampler.run(plan, DECAY, start(), noise).toDoubles();
        try (Stepper stepper = new Stepper(plan, start())) {
            try (Scope scope = device.scope()) {
                for (int i = 0; i < 3; i++) {
                    stepper.step(DECAY, noise);
                }
            }
            try (Stepper copy = stepper.copy();
                    Stepper other = stepper.copy()) {
                stepper.close();
                assertThrows(IllegalStateException.class, stepper::state);
                while (!copy.isFinished()) {
                    copy.step(DECAY, noise);
                }
                assertEquals(3, other.done());
                while (!other.isFinished()) {
                    other.step((x, point) -> scale(x, -2), noise);
                }
                assertArrayEquals(whole, copy.state().toDoubles());
                assertFalse(whole[0] == other.state().toDoubles()[0]);
            }
        }
    }

    @Test
    void noiseDependsOnSeedSampleAndDrawOnly() {
        StepPlan plan = multistep(TimeGrid.uniform(PATH, 4), 1);
        assertEquals(4, plan.draws());
        double[] both =
                Sampler.run(plan, DECAY, start(), NoiseSource.seeded(rng, 0)).toDoubles();
        Tensor second = Tensor.of(device, DType.F64, new double[] {-0.5}, 1, 1);
        double[] alone =
                Sampler.run(plan, DECAY, second, NoiseSource.seeded(rng, 1)).toDoubles();
        assertEquals(both[1], alone[0]);
        assertThrows(IllegalStateException.class, () -> Sampler.run(plan, DECAY, start()));
    }

    @Test
    void gradientsFlowThroughSteps() {
        Tensor rate = Tensor.of(device, DType.F64, new double[] {0.3}, 1).requireGrad();
        StepPlan plan = multistep(TimeGrid.uniform(PATH, 8), 0);
        Field field = (x, point) -> mul(x, rate);
        try (Stepper stepper = new Stepper(plan, start())) {
            while (!stepper.isFinished()) {
                stepper.step(field, NoiseSource.NONE);
            }
            Tensor end = sum(stepper.state());
            double g = Grad.of(end, List.of(rate)).get(0).item();
            double h = 1e-6;
            assertEquals((end(plan, 0.3 + h) - end(plan, 0.3 - h)) / (2 * h), g, 1e-8);
        }
        assertFalse(Sampler.run(plan, field, start()).needsGrad());
    }

    private double end(StepPlan plan, double rate) {
        return sum(Sampler.run(plan, (x, point) -> scale(x, rate), start())).item();
    }

    @Test
    void plansAreChecked() {
        PlanBuilder plan = new PlanBuilder("broken", Prediction.V);
        assertThrows(IllegalStateException.class, plan::build);
        assertThrows(IllegalArgumentException.class, () -> plan.evaluate(3, PATH.at(0.5)));
        String message = assertThrows(IllegalArgumentException.class, () -> plan.term(Double.NaN, 0))
                .getMessage();
        assertTrue(message.contains("broken: got coefficient NaN in step 0"), message);
        assertEquals(1, plan.combine(plan.term(0, 0)));
        assertThrows(IllegalStateException.class, plan::build);
    }
}
