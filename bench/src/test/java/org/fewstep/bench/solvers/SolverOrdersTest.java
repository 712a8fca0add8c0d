package org.fewstep.bench.solvers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every deterministic solver converges as its reference implementation does; exact coefficients where those lose order. */
class SolverOrdersTest {
    private static final double TOLERANCE = 0.25;

    @TestFactory
    List<DynamicTest> slopes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (SolverOrders.Measured one : SolverOrders.measure(SolverOrders.rows())) {
            tests.add(dynamicTest(one.row().setting() + ": " + one.row().label(), () -> {
                assertEquals(one.row().slope(), one.slope(), TOLERANCE);
                if (one.row().label().endsWith("EXACT")) {
                    assertTrue(one.slope() >= 2.75, "got order " + one.slope());
                }
            }));
        }
        return tests;
    }
}
