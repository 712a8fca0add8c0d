package org.fewstep.bench.work;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static final float[] OURS = {1, -4, 0.5f};

    @Test
    void equalResultsAgree() {
        assertDoesNotThrow(() -> Agreement.require("work", OURS, OURS.clone(), 1e-6));
    }

    @Test
    void toleranceIsRelativeToTheGreatestElement() {
        float[] near = {1, -4, 0.5f + 3.9e-4f};
        assertDoesNotThrow(() -> Agreement.require("work", OURS, near, 1e-4));
        assertThrows(Disagreement.class, () -> Agreement.require("work", OURS, near, 0.9e-4));
    }

    @Test
    void wrongElementStopsAndIsNamed() {
        Disagreement error = assertThrows(
                Disagreement.class, () -> Agreement.require("matmul by X", OURS, new float[] {1, 4, 0.5f}, 1e-3));
        assertTrue(error.getMessage().contains("matmul by X"), error.getMessage());
        assertTrue(error.getMessage().contains("element 1"), error.getMessage());
    }

    @Test
    void missingAndNotFiniteNumbersStop() {
        assertThrows(Disagreement.class, () -> Agreement.require("work", OURS, new float[] {1, -4}, 1));
        assertThrows(Disagreement.class, () -> Agreement.require("work", OURS, new float[] {1, Float.NaN, 0.5f}, 1));
        assertThrows(Disagreement.class, () -> Agreement.require("work", new float[0], new float[0], 1));
    }

    @Test
    void zerosAloneProveNothing() {
        assertThrows(Disagreement.class, () -> Agreement.require("work", new float[3], new float[3], 1));
    }

    @Test
    void eachResultIsHeldToItsOwnScale() {
        List<float[]> ours = List.of(new float[] {1000}, new float[] {1});
        List<float[]> theirs = List.of(new float[] {1000}, new float[] {1.01f});
        assertThrows(Disagreement.class, () -> Agreement.require("work", ours, theirs, 1e-4));
        assertThrows(Disagreement.class, () -> Agreement.require("work", ours, List.of(new float[] {1000}), 1));
    }

    @Test
    void aWrongProductOfRealWorkStops() {
        int[] sizes = {5, 7, 3};
        try (MatMulWork work = new MatMulWork(EngineDevice.reference(), sizes)) {
            float[] a = MatMulWork.left(sizes);
            float[] b = MatMulWork.right(sizes);
            float[] c = new float[15];
            for (int i = 0; i < 5; i++) {
                for (int j = 0; j < 3; j++) {
                    for (int k = 0; k < 7; k++) {
                        c[i * 3 + j] += a[i * 7 + k] * b[k * 3 + j];
                    }
                }
            }
            List<float[]> ours = work.numbers(1);
            assertDoesNotThrow(() -> Agreement.require("product", ours, List.of(c), MatMulWork.TOLERANCE));
            c[4] *= 1.001f;
            assertThrows(
                    Disagreement.class, () -> Agreement.require("product", ours, List.of(c), MatMulWork.TOLERANCE));
        }
    }
}
