package org.fewstep.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicReference;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private final CpuDevice device = new CpuDevice(Provider.LOOPS, 1);

    @AfterEach
    void nothingLeaks() {
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().bytes().get());
        assertEquals(0, device.live().scopes().get());
        device.close();
    }

    @Test
    void buffersLiveAsLongAsTheirScope() {
        Buffer outer;
        Buffer inner;
        try (Scope a = device.scope()) {
            outer = device.allocate(DType.F32, 1);
            try (Scope b = device.scope()) {
                inner = device.allocate(DType.F32, 1);
                assertTrue(b.holds(inner));
                assertFalse(b.holds(outer));
            }
            assertFalse(inner.isLive());
            assertTrue(outer.isLive());
        }
        assertFalse(outer.isLive());
        assertThrows(IllegalStateException.class, () -> outer.requireLive("test"));
        assertThrows(IllegalStateException.class, outer::hold);
        assertThrows(IllegalStateException.class, outer::release);
    }

    @Test
    void allocationNeedsAScope() {
        assertFalse(device.inScope());
        assertThrows(IllegalStateException.class, () -> device.allocate(DType.F32, 1));
        Buffer own = device.own(DType.F32, 1);
        assertTrue(own.isLive());
        own.release();
        assertThrows(IllegalStateException.class, own::release);
    }

    @Test
    void keepMovesToTheEnclosingScope() {
        try (Scope a = device.scope()) {
            Buffer kept;
            try (Scope b = device.scope()) {
                kept = b.keep(device.allocate(DType.F32, 1));
                assertTrue(a.holds(kept));
                assertSame(kept, b.keep(kept), "not held here any more: left alone");
            }
            assertTrue(kept.isLive());
            assertThrows(IllegalStateException.class, () -> a.keep(kept));
        }
    }

    @Test
    void holdsAddUp() {
        Buffer x;
        try (Scope a = device.scope()) {
            x = device.allocate(DType.F32, 1);
            x.hold();
        }
        assertTrue(x.isLive());
        x.release();
        assertFalse(x.isLive());
    }

    @Test
    void dropGivesBackEarlyAndOnce() {
        try (Scope a = device.scope()) {
            Buffer x = device.allocate(DType.F32, 1);
            try (Scope b = device.scope()) {
                Scope.drop(x);
                assertFalse(x.isLive());
                Scope.drop(x);
            }
        }
    }

    @Test
    void scopesCloseInnermostFirstAndOnce() {
        Scope a = device.scope();
        Scope b = device.scope();
        assertThrows(IllegalStateException.class, a::close);
        b.close();
        b.close();
        assertThrows(IllegalStateException.class, () -> b.keep(device.allocate(DType.F32, 1)));
        a.close();
    }

    @Test
    void anotherThreadMayNotTouchAScope() throws Exception {
        try (Scope mine = device.scope()) {
            Buffer x = device.allocate(DType.F32, 1);
            AtomicReference<Throwable> close = new AtomicReference<>();
            AtomicReference<Throwable> keep = new AtomicReference<>();
            AtomicReference<Throwable> allocate = new AtomicReference<>();
            Thread other = new Thread(() -> {
                close.set(assertThrows(IllegalStateException.class, mine::close));
                keep.set(assertThrows(IllegalStateException.class, () -> mine.keep(x)));
                allocate.set(assertThrows(IllegalStateException.class, () -> device.allocate(DType.F32, 1)));
            });
            other.start();
            other.join();
            assertTrue(close.get().getMessage().startsWith("close: got thread"));
            assertTrue(keep.get().getMessage().startsWith("keep: got thread"));
            assertTrue(allocate.get().getMessage().startsWith("allocate: got no open scope"));
            assertTrue(x.isLive());
        }
    }

    @Test
    void scopesOfTwoDevicesNest() {
        try (CpuDevice other = new CpuDevice(Provider.LOOPS, 1);
                Scope a = device.scope();
                Scope b = other.scope()) {
            Buffer x = device.allocate(DType.F32, 1);
            assertTrue(a.holds(x));
            try (Scope c = device.scope()) {
                Buffer y = c.keep(device.allocate(DType.F32, 1));
                assertTrue(a.holds(y));
            }
        }
    }

    @Test
    void slotsAreStagedInOneCopy() {
        try (Slots slots = new Slots(device, DType.F32, 2)) {
            Slot first = slots.add(1);
            Slot second = slots.add(2);
            assertThrows(IllegalStateException.class, () -> slots.add(3));
            slots.stage();
            first.set(5);
            float[] host = new float[2];
            device.read(slots.buffer(), host, 0, 2);
            assertEquals(1, host[0], "not staged yet");
            slots.stage();
            device.read(slots.buffer(), host, 0, 2);
            assertEquals(5, host[0]);
            assertEquals(2, host[second.index()]);
            assertEquals(5, first.get());
        }
        assertThrows(IllegalArgumentException.class, () -> new Slots(device, DType.I32, 2));
    }
}
