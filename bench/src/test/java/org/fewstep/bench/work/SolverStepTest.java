package org.fewstep.bench.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SolverStepTest {
    /** First steps, full orders, the end and the next run's first steps. */
    @ParameterizedTest
    @ValueSource(strings = {"dpmpp-2m", "dpmpp-3m", "unipc-3", "sa-3-4"})
    void theLoopsByHandGiveTheSameBits(String solver) {
        CpuDevice device = EngineDevice.reference();
        StepByHand byHand = new StepByHand(solver);
        try (SolverStep engine = new SolverStep(device, solver)) {
            for (int i = 0; i < 505; i++) {
                List<float[]> states = engine.numbers(1);
                float[] own = byHand.step();
                if (i < 6 || i > 496) {
                    assertArrayEquals(own, states.get(0), "step " + i);
                }
            }
        }
        assertEquals(0, device.live().buffers().get());
    }

    @Test
    void anUnknownSolverIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StepByHand("euler"));
    }
}
