package org.fewstep.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.cpu.CpuDevice;
import org.junit.jupiter.api.Test;

class KernelCasesTest {
    @Test
    void everyFamilyIsThereAndRuns() {
        Set<Workload.Family> seen = EnumSet.noneOf(Workload.Family.class);
        try (CpuDevice device = EngineDevice.reference()) {
            try (KernelCases cases = new KernelCases(device)) {
                for (KernelCases.Case c : cases.cases()) {
                    seen.add(c.work().family());
                    assertTrue(c.work().bytes() > 0, c.work().label());
                    device.run(c.work());
                }
            }
            assertEquals(0, device.live().buffers().get());
        }
        assertEquals(EnumSet.allOf(Workload.Family.class), seen);
    }
}
