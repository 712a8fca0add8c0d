package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadsTest {
    private static final long LARGE = 1_000_000_000;

    private static int[] counts(Threads threads, int parts, long nanos) {
        AtomicIntegerArray seen = new AtomicIntegerArray(parts);
        threads.run(parts, nanos, seen::incrementAndGet);
        int[] counts = new int[parts];
        for (int i = 0; i < parts; i++) {
            counts[i] = seen.get(i);
        }
        return counts;
    }

    private static int[] ones(int n) {
        int[] ones = new int[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Test
    void everyPartRunsOnce() {
        for (int count = 1; count <= 4; count++) {
            try (Threads threads = new Threads(count)) {
                assertEquals(count, threads.count());
                for (int parts : new int[] {0, 1, 2, 3, 100}) {
                    for (int again = 0; again < 200; again++) {
                        assertArrayEquals(ones(parts), counts(threads, parts, LARGE));
                    }
                    assertArrayEquals(ones(parts), counts(threads, parts, 0));
                }
            }
        }
    }

    @Test
    void largeWorkIsSharedAndSmallWorkIsNot() throws Exception {
        try (Threads threads = new Threads(2)) {
            CountDownLatch both = new CountDownLatch(2);
            // Each part waits for the other: one thread alone would never end.
            threads.run(2, LARGE, part -> {
                both.countDown();
                try {
                    assertTrue(both.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Set<Thread> used = ConcurrentHashMap.newKeySet();
            threads.run(50, 1000, part -> used.add(Thread.currentThread()));
            assertEquals(Set.of(Thread.currentThread()), used);
        }
    }

    @Test
    void workersWakeAfterTheyParked() throws Exception {
        try (Threads threads = new Threads(3)) {
            for (int again = 0; again < 5; again++) {
                Thread.sleep(5);
                assertArrayEquals(ones(64), counts(threads, 64, LARGE));
            }
        }
    }

    @Test
    void aFailureReachesTheCallerAndTheThreadsGoOn() {
        try (Threads threads = new Threads(2)) {
            IllegalArgumentException mine = new IllegalArgumentException("part 7");
            for (int again = 0; again < 50; again++) {
                assertSame(
                        mine,
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> threads.run(20, LARGE, part -> {
                                    if (part == 7) {
                                        throw mine;
                                    }
                                })));
                assertThrows(
                        StackOverflowError.class,
                        () -> threads.run(20, LARGE, part -> {
                            if (part == 19) {
                                throw new StackOverflowError();
                            }
                        }));
            }
            assertArrayEquals(ones(30), counts(threads, 30, LARGE));
        }
    }

    @Test
    void nestedWorkRunsInline() {
        try (Threads threads = new Threads(2)) {
            AtomicIntegerArray seen = new AtomicIntegerArray(12);
            threads.run(4, LARGE, outer -> {
                Thread here = Thread.currentThread();
                threads.run(3, LARGE, inner -> {
                    assertSame(here, Thread.currentThread());
                    seen.incrementAndGet(outer * 3 + inner);
                });
            });
            for (int i = 0; i < 12; i++) {
                assertEquals(1, seen.get(i));
            }
        }
    }

    @Test
    void manyCallersAtOnce() throws Exception {
        try (Threads threads = new Threads(2)) {
            Set<Throwable> failures = ConcurrentHashMap.newKeySet();
            Thread[] callers = new Thread[4];
            for (int c = 0; c < callers.length; c++) {
                callers[c] = new Thread(() -> {
                    try {
                        for (int again = 0; again < 300; again++) {
                            assertArrayEquals(ones(17), counts(threads, 17, LARGE));
                        }
                    } catch (Throwable t) {
                        failures.add(t);
                    }
                });
                callers[c].start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(Set.of(), failures);
        }
    }

    @Test
    void closeEndsTheWorkers() throws Exception {
        Threads threads = new Threads(3);
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        while (used.size() < 2) {
            threads.run(100, LARGE, part -> {
                used.add(Thread.currentThread());
                Thread.onSpinWait();
            });
        }
        used.remove(Thread.currentThread());
        threads.close();
        for (Thread worker : used) {
            worker.join(10_000);
            assertFalse(worker.isAlive());
        }
        assertArrayEquals(ones(5), counts(threads, 5, LARGE));
    }

    @Test
    void refusesNoThread() {
        assertThrows(IllegalArgumentException.class, () -> new Threads(0));
    }
}
