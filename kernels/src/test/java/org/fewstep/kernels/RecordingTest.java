package org.fewstep.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Recordings and plans: the same bits as run anew, what is refused, and where the blocks go. */
@Timeout(60)
class RecordingTest {
    private static final int N = 4096;

    private final PooledDevice device = open();

    PooledDevice open() {
        return new CpuDevice(Provider.LOOPS, 2);
    }

    /** Blocks of N numbers that the program's kernels need for themselves. */
    int ownBlocks() {
        return 0;
    }

    @AfterEach
    void nothingLeaks() {
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().bytes().get());
        assertEquals(0, device.live().plans().get());
        device.close();
    }

    /** Bytes that the kernels of the recorded run leave in the pool. */
    int pooledByTheRun() {
        return 0;
    }

    private static float[] numbers(int seed) {
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = (float) Math.sin(0.1 * i + seed);
        }
        return values;
    }

    private Buffer input(int seed) {
        Buffer buffer = device.own(DType.F32, N);
        device.write(buffer, numbers(seed), 0, N);
        return buffer;
    }

    private float[] host(Buffer buffer) {
        float[] values = new float[buffer.size()];
        device.read(buffer, values, 0, values.length);
        return values;
    }

    /** Matrix product with itself, silu, noise added, mean taken off, through temporaries that are given back. */
    private Buffer program(Buffer x, Buffer counter) {
        int side = (int) Math.sqrt(N);
        Buffer product = device.allocate(DType.F32, N);
        device.run(new MatMul(1, side, side, side, false, true, false, false, x, x, null, product));
        Buffer curved = device.allocate(DType.F32, N);
        device.run(Elementwise.flat(Code.SILU, 0, 0, N, curved, product));
        Scope.drop(product);
        Buffer noise = device.allocate(DType.F32, N);
        device.run(new Random(Random.Code.NORMAL, 7, side, side, counter, noise));
        Buffer sum = device.allocate(DType.F32, N);
        device.run(Elementwise.flat(Code.ADD, 0, 0, N, sum, curved, noise));
        Scope.drop(noise);
        Scope.drop(curved);
        Buffer mean = device.allocate(DType.F32, 1);
        device.run(new Reduce(Reduce.Code.SUM, 1, N, 1, 1.0 / N, sum, mean));
        Buffer result = device.allocate(DType.F32, N);
        device.run(new Elementwise(
                Code.SUB,
                0,
                0,
                new int[] {N},
                Layout.contiguous(result, N),
                Layout.contiguous(sum, N),
                Layout.broadcast(mean, new int[] {1}, new int[] {N})));
        return result;
    }

    @Test
    void aReplayHasTheBitsOfARunAnew() {
        Buffer x = input(1);
        Buffer counter = device.own(DType.I32, 3);
        device.write(counter, new int[3], 0, 3);
        Plan plan;
        Buffer result;
        float[] recorded;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            result = recording.keep(program(x, counter));
            plan = recording.finish();
            recorded = host(result);
        }
        assertEquals(6, plan.size());
        for (int i = 0; i < 20; i++) {
            device.write(x, numbers(i), 0, N);
            device.write(counter, new int[] {i, 3, 0}, 0, 3);
            plan.replay();
            float[] replayed = host(result);
            try (Scope scope = device.scope()) {
                assertArrayEquals(host(program(x, counter)), replayed);
            }
        }
        device.write(x, numbers(1), 0, N);
        device.write(counter, new int[3], 0, 3);
        plan.replay();
        assertArrayEquals(recorded, host(result));
        plan.close();
        plan.close();
        assertFalse(result.isLive());
        x.release();
        counter.release();
    }

    @Test
    void weightedSumsReplayWithTheirCoefficients() {
        Buffer x = input(0);
        Buffer state = input(1);
        double[] c = {0.5, -0.3};
        Plan plan;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            device.run(new Combine(N, c, List.of(state, x), state));
            plan = recording.finish();
        }
        float[] expected = host(state);
        c[1] = 9;
        for (int i = 0; i < 5; i++) {
            device.write(x, numbers(i), 0, N);
            plan.replay();
            for (int k = 0; k < N; k++) {
                expected[k] = Math.fma(-0.3f, numbers(i)[k], 0.5f * expected[k]);
            }
            assertArrayEquals(expected, host(state));
        }
        plan.close();
        x.release();
        state.release();
    }

    @Test
    void slotsChangeBetweenReplays() {
        Buffer p = input(0);
        Buffer q = input(0);
        Buffer g = input(5);
        try (Slots slots = new Slots(device, DType.F32, 1);
                Scope scope = device.scope();
                Recording recording = device.record()) {
            Slot decay = slots.add(0.5);
            Update move = Update.ema(List.of(p), List.of(g), decay);
            device.run(move);
            try (Plan plan = recording.finish()) {
                device.write(p, numbers(0), 0, N);
                for (int i = 0; i < 4; i++) {
                    decay.set(0.1 * i);
                    slots.stage();
                    plan.replay();
                    device.run(Update.ema(List.of(q), List.of(g), decay));
                    assertArrayEquals(host(q), host(p));
                }
            }
        }
        p.release();
        q.release();
        g.release();
    }

    @Test
    void blocksAreUsedAgainInsideAndGivenBackAtTheEnd() {
        Buffer x = input(2);
        Buffer counter = device.own(DType.I32, 3);
        device.write(counter, new int[3], 0, 3);
        long before = device.live().bytes().get();
        long pooled = device.live().pooledBytes().get();
        Plan plan;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            program(x, counter);
            plan = recording.finish();
        }
        long held = device.live().bytes().get() - before;
        held -= 4 * N * ownBlocks();
        assertTrue(held >= 2 * 4 * N && held < 4 * 4 * N, "blocks that stay with the plan: " + held + " bytes");
        assertEquals(pooled + pooledByTheRun(), device.live().pooledBytes().get());
        assertEquals(1, device.live().plans().get());
        plan.close();
        assertEquals(before, device.live().bytes().get());
        assertEquals(
                pooled + held + 4 * N * ownBlocks() + pooledByTheRun(),
                device.live().pooledBytes().get());
        x.release();
        counter.release();
    }

    @Test
    void aResultThatOutlivesItsPlanKeepsItsBlock() {
        try (Scope outer = device.scope()) {
            Buffer result;
            Buffer table;
            try (Scope scope = device.scope();
                    Recording recording = device.record()) {
                table = scope.keep(device.constant(DType.F32, new double[] {1, 2, 3}));
                result = scope.keep(device.allocate(DType.F32, 3));
                device.run(Elementwise.flat(Code.NEG, 0, 0, 3, result, table));
                recording.finish().close();
            }
            Buffer other = device.allocate(DType.F32, 3);
            Buffer another = device.allocate(DType.F32, 3);
            device.write(other, new double[] {9, 9, 9}, 0, 3);
            device.write(another, new double[] {9, 9, 9}, 0, 3);
            assertArrayEquals(new float[] {1, 2, 3}, host(table));
            assertArrayEquals(new float[] {-1, -2, -3}, host(result));
        }
    }

    @Test
    void constantsAreTheSameInEveryReplay() {
        Buffer x = device.own(DType.F32, 3);
        Buffer result;
        Plan plan;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            Buffer sum = device.allocate(DType.F32, 3);
            device.run(Elementwise.flat(Code.FILL, 5, 0, 3, sum));
            Scope.drop(sum);
            // Were they to share the block of sum, the next replay would spoil them.
            Buffer table = device.constant(DType.F32, new double[] {1, 2, 3});
            Buffer index = device.constant(new int[] {2, 0});
            Buffer picked = device.allocate(DType.F32, 2);
            device.run(new Gather(Gather.Code.PICK, 3, 2, 1, index, table, picked));
            Scope.drop(table);
            Scope.drop(index);
            Buffer filler = device.allocate(DType.F32, 3);
            device.run(Elementwise.flat(Code.FILL, 7, 0, 3, filler));
            result = recording.keep(device.allocate(DType.F32, 2));
            device.run(Elementwise.flat(Code.ADD, 0, 0, 2, result, picked, x));
            plan = recording.finish();
        }
        for (int i = 0; i < 3; i++) {
            device.write(x, new double[] {i, 10 * i, 0}, 0, 3);
            plan.replay();
            assertArrayEquals(new float[] {3 + i, 1 + 10 * i}, host(result));
        }
        plan.close();
        x.release();
    }

    private static void refused(String start, Executable call) {
        String message = assertThrows(IllegalStateException.class, call).getMessage();
        assertTrue(message.startsWith(start) && message.contains("; expected "), message);
    }

    @Test
    void whatCannotBeReplayedIsRefused() {
        Buffer x = input(3);
        Buffer index = device.own(DType.I32, 2);
        try (Slots slots = new Slots(device, DType.F32, 1);
                Scope scope = device.scope()) {
            Plan other;
            try (Recording recording = device.record()) {
                refused("write: ", () -> device.write(x, new float[1], 0, 1));
                refused("write: ", () -> device.write(x, new double[1], 0, 1));
                refused("write: ", () -> device.write(index, new int[1], 0, 1));
                refused("read: ", () -> device.read(x, new float[1], 0, 1));
                refused("read: ", () -> device.read(x, new double[1], 0, 1));
                refused("read: ", () -> device.read(index, new int[1], 0, 1));
                refused("write: ", slots::stage);
                refused("own: ", () -> device.own(DType.F32, 1));
                refused("warm-up: ", device::warmUp);
                refused("record: ", device::record);
                other = recording.finish();
                refused("finish: ", recording::finish);
                refused("keep: ", () -> recording.keep(x));
            }
            try (Recording recording = device.record()) {
                refused("replay: ", other::replay);
            }
            other.replay();
            other.close();
            refused("replay: ", other::replay);
            device.read(x, new float[1], 0, 1);
        }
        x.release();
        index.release();
    }

    @Test
    void aBufferThatIsGoneStopsAReplay() {
        Buffer x = input(4);
        Plan plan;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            device.run(Elementwise.flat(Code.NEG, 0, 0, N, device.allocate(DType.F32, N), x));
            plan = recording.finish();
        }
        plan.replay();
        x.release();
        refused("replay: ", plan::replay);
        plan.close();
    }

    @Test
    void aFailureInsideARecordingLeavesNothing() {
        try (Scope scope = device.scope()) {
            assertThrows(IllegalArgumentException.class, () -> {
                try (Recording recording = device.record()) {
                    recording.keep(device.allocate(DType.F32, N));
                    device.run(Elementwise.flat(Code.NEG, 0, 0, N, device.allocate(DType.F32, 1)));
                }
            });
            assertEquals(0, device.live().plans().get());
            try (Recording recording = device.record()) {
                device.run(Elementwise.flat(Code.FILL, 0, 0, N, device.allocate(DType.F32, N)));
            }
        }
    }

    @Test
    void aRecordingBelongsToItsThread() throws Exception {
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread other = new Thread(() -> {
                try (Scope mine = device.scope()) {
                    refused("finish: got thread", recording::finish);
                    refused("keep: got thread", () -> recording.keep(device.allocate(DType.F32, 1)));
                    refused("close: got thread", recording::close);
                    // This thread records nothing, so nothing is refused here.
                    Buffer x = device.allocate(DType.F32, 1);
                    device.write(x, new float[] {1}, 0, 1);
                    device.run(Elementwise.flat(Code.NEG, 0, 0, 1, x, x));
                } catch (Throwable t) {
                    failure.set(t);
                }
            });
            other.start();
            other.join();
            assertSame(null, failure.get());
            try (Plan plan = recording.finish()) {
                assertEquals(0, plan.size());
            }
        }
    }

    @Test
    void twoThreadsRecordAtTheSameTime() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Set<Throwable> failures = ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[2];
        for (int k = 0; k < 2; k++) {
            int seed = k;
            threads[k] = new Thread(() -> {
                try {
                    recordsAndReplays(seed, together);
                } catch (Throwable t) {
                    failures.add(t);
                }
            });
            threads[k].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(Set.of(), failures);
    }

    private void recordsAndReplays(int seed, CyclicBarrier together) throws Exception {
        Buffer x = input(seed);
        Buffer counter = device.own(DType.I32, 3);
        device.write(counter, new int[] {seed, 0, 0}, 0, 3);
        for (int again = 0; again < 20; again++) {
            Buffer result;
            Plan plan;
            together.await();
            try (Scope scope = device.scope();
                    Recording recording = device.record()) {
                result = recording.keep(program(x, counter));
                plan = recording.finish();
            }
            together.await();
            for (int i = 0; i < 10; i++) {
                device.write(x, numbers(100 * seed + i), 0, N);
                plan.replay();
                float[] replayed = host(result);
                try (Scope scope = device.scope()) {
                    assertArrayEquals(host(program(x, counter)), replayed);
                }
            }
            plan.close();
        }
        x.release();
        counter.release();
    }

    @Test
    void onePlanServesOneThreadAtATime() throws Exception {
        Buffer x = input(6);
        Plan plan;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            for (int i = 0; i < 200; i++) {
                device.run(Elementwise.flat(Code.SILU, 0, 0, N, x, x));
            }
            plan = recording.finish();
        }
        CountDownLatch refusedOnce = new CountDownLatch(1);
        Thread[] callers = new Thread[2];
        for (int k = 0; k < 2; k++) {
            callers[k] = new Thread(() -> {
                while (refusedOnce.getCount() > 0) {
                    try {
                        plan.replay();
                    } catch (IllegalStateException e) {
                        assertTrue(e.getMessage().contains("another thread"), e.getMessage());
                        refusedOnce.countDown();
                    }
                }
            });
            callers[k].start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        plan.close();
        x.release();
    }
}
