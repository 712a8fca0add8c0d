package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeepStackTest {
    private static int depth(int left) {
        return left == 0 ? 0 : 1 + depth(left - 1);
    }

    @Test
    void thereIsRoom() {
        assertEquals(150_000, DeepStack.<Integer>run(() -> depth(150_000)));
    }

    @Test
    void whatIsThrownIsThrown() {
        IllegalStateException e = new IllegalStateException("mine");
        assertSame(
                e,
                assertThrows(
                        IllegalStateException.class,
                        () -> DeepStack.run(() -> {
                            throw e;
                        })));
        AssertionError error = new AssertionError("mine");
        assertSame(
                error,
                assertThrows(
                        AssertionError.class,
                        () -> DeepStack.run(() -> {
                            throw error;
                        })));
    }

    @Test
    void anInterruptIsKept() {
        Thread.currentThread().interrupt();
        assertEquals("done", DeepStack.run(() -> "done"));
        assertTrue(Thread.interrupted());
    }
}
