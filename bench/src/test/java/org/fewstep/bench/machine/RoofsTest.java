package org.fewstep.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoofsTest {
    private static final Roofs ROOFS = new Roofs(
            1,
            100e9,
            "by hand",
            List.of(
                    new Roofs.Level("near", 1000, new Bandwidth(40e9, 50e9)),
                    new Roofs.Level("far", Long.MAX_VALUE, new Bandwidth(8e9, 10e9))));

    @Test
    void arithmeticLimitsWhereOperationsTakeLonger() {
        assertEquals(10e-6, ROOFS.seconds(1_000_000, 500), 1e-12);
        assertTrue(ROOFS.isArithmetic(1_000_000, 500));
    }

    @Test
    void memoryLimitsElsewhereByTheLevelThatHoldsTheBytes() {
        assertEquals(20e-9, ROOFS.seconds(1, 1000), 1e-15);
        assertEquals(0.1e-3, ROOFS.seconds(1, 1_000_000), 1e-12);
        assertEquals("far", ROOFS.level(1001).name());
        assertFalse(ROOFS.isArithmetic(1, 1000));
    }

    @Test
    void cacheSizesAreReadWithTheirUnit() {
        assertEquals(2048L << 10, Caches.bytes("2048K"));
        assertEquals(32L << 20, Caches.bytes("32M"));
        assertEquals(512, Caches.bytes("512"));
        assertThrows(NumberFormatException.class, () -> Caches.bytes("K"));
        assertThrows(NumberFormatException.class, () -> Caches.bytes(""));
    }
}
