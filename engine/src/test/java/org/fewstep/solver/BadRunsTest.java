package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntFunction;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Prediction;
import org.junit.jupiter.api.Test;

/** Grids and orders that no run can be made of, each with one line that names what was got. */
class BadRunsTest {
    private static void refused(String message, Runnable action) {
        String got = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(got.contains(message), got);
        assertEquals(1, got.lines().count(), got);
    }

    @Test
    void timesThatTurnBackStandStillOrAreNone() {
        for (double[] t : new double[][] {{1, 0.5, 0.6}, {0, 0.5, 0.4}, {0.2, 0.8, 0.2}}) {
            refused("got " + t[2] + " after " + t[1] + " at place 2;", () -> TimeGrid.of(LinearPath.NOISE_AT_ONE, t));
        }
        refused("got 0.5 after 0.5 at place 2;", () -> TimeGrid.of(LinearPath.NOISE_AT_ONE, 1, 0.5, 0.5));
        refused("got NaN after 1.0 at place 1;", () -> TimeGrid.of(LinearPath.NOISE_AT_ONE, 1, Double.NaN));
        refused("got NaN at place 0;", () -> TimeGrid.of(LinearPath.NOISE_AT_ONE, Double.NaN, 1));
        refused("got Infinity at place 0;", () -> TimeGrid.of(new EdmSchedule(), Double.POSITIVE_INFINITY, 1));
        refused("got Infinity after 1.0", () -> TimeGrid.of(new EdmSchedule(), 1, Double.POSITIVE_INFINITY));
    }

    /** The source of NaN in diffusers: the last level twice, so that h = 0. */
    @Test
    void repeatedLastLevels() {
        refused("got noise level 0.03 at place 3;", () -> TimeGrid.ofLevels(new EdmSchedule(), 3, 1, 0.03, 0.03));
        refused("got noise level 0.0 at place 3;", () -> TimeGrid.ofLevels(new EdmSchedule(), 3, 1, 0, 0));
        refused(
                "got ends of noise level 80.0 and 0.0;",
                () -> TimeGrid.spaced(new EdmSchedule(), new KarrasSpacing(), 3, 80, 0, FinalPoint.CLEAN));
    }

    @Test
    void ordersAboveThePublished() {
        refused("got order 4; expected 1, 2 or 3", () -> new DpmMultistep(4));
        refused("got order 0;", () -> new DpmMultistep(0));
        refused("got order 4;", () -> new DpmSinglestep(Prediction.X0, 4, Correction.MIDPOINT, false));
        refused("got order 7; expected 1 to 6", () -> new UniPc(7));
        refused("got degree 4; expected 0 to 3", () -> new Deis(Deis.Variable.LOG_RHO, 4));
        refused("got orders 7 and 4", () -> sa(7, 4));
        refused("got orders 0 and 4", () -> sa(0, 4));
        refused("got order 4;", () -> new ErSde(4, ErSde.NoiseScale.SDE, Coefficients.EXACT));
        refused("got order 9;", () -> new LinearMultistep(9));
        refused("got order 4;", () -> new AdaptiveDpm(Prediction.X0, 4));
        refused("got \"dpmpp-4m\"; expected one of ", () -> SolverCatalog.of("dpmpp-4m"));
    }

    private static SaSolver sa(int predictor, int corrector) {
        return new SaSolver(Prediction.X0, predictor, corrector, Tau.constant(0), SaSolver.Mode.FEW_STEPS, false);
    }

    /** Fewer steps than the order are no error: such a run has no history for more, and is the lower order's, step by step. */
    @Test
    void fewerStepsThanTheOrderAreTheLowerOrdersRun() {
        List<IntFunction<Solver>> families = List.of(
                DpmMultistep::new,
                order -> new DpmMultistep(Prediction.EPS, order, Correction.TAYLOR, Coefficients.PUBLISHED, 0, false),
                UniPc::new,
                order -> new Deis(Deis.Variable.LOG_RHO, order - 1),
                LinearMultistep::new,
                order -> new ErSde(order, ErSde.NoiseScale.SDE, Coefficients.EXACT));
        for (IntFunction<Solver> family : families) {
            for (int steps = 1; steps <= 2; steps++) {
                TimeGrid grid =
                        TimeGrid.spaced(new EdmSchedule(), new KarrasSpacing(), steps, 20, 0.1, FinalPoint.LEAST);
                StepPlan plan = family.apply(steps).plan(grid);
                assertEquals(plan.steps(), family.apply(3).plan(grid).steps(), family.apply(3) + " at " + steps);
            }
            TimeGrid enough = TimeGrid.spaced(new EdmSchedule(), new KarrasSpacing(), 12, 20, 0.1, FinalPoint.LEAST);
            assertNotEquals(
                    family.apply(2).plan(enough).steps(),
                    family.apply(3).plan(enough).steps());
        }
        refused("got 0 steps; expected at least 1", () -> TimeGrid.uniform(LinearPath.NOISE_AT_ONE, 0));
    }
}
