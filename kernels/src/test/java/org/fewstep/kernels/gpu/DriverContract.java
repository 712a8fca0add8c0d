package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceOutOfMemory;
import org.fewstep.kernels.KernelBuildError;
import org.fewstep.kernels.gpu.Driver.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What {@link Driver} promises, for each driver alike: it is all that {@link GpuDevice} builds on. */
abstract class DriverContract {
    private static final String FILE = "contract.cl";

    /** The third line behind portable.h's has the name that {@link #aFileThatDoesNotCompile} spoils. */
    private static final String TEXT = """
            #line 1 "contract.cl"
            typedef struct { int a; int b; int c; } Three;
            KERNEL void mixed(int n, REAL factor, GLOBAL const REAL *in, Three three, GLOBAL REAL *out, int last) {
                FOR_EACH(i, n) { out[i] = factor * in[i] + (REAL) (three.a + 10 * three.b + 100 * three.c + last); }
            }
            KERNEL void add(int n, GLOBAL const REAL *x, GLOBAL REAL *sum) {
                FOR_EACH(i, n) { sum[i] = 3 * sum[i] + x[i]; }
            }
            KERNEL void places(GLOBAL int *out) {
                int x = (int) GLOBAL_ID(0);
                int y = (int) GLOBAL_ID(1);
                int z = (int) GLOBAL_ID(2);
                out[(z * (int) GLOBAL_SIZE(1) + y) * (int) GLOBAL_SIZE(0) + x] = 10000 * GROUP_ID(2) + 1000 * GROUP_ID(1)
                        + 100 * GROUP_ID(0) + 10 * LOCAL_ID(1) + LOCAL_ID(0);
            }
            """;

    private Driver driver;

    /** A new driver of the first device; skips the test where there is none. */
    abstract Driver open();

    abstract Backend backend();

    @BeforeEach
    void start() {
        driver = open();
    }

    @AfterEach
    void end() {
        if (driver != null) {
            driver.close();
        }
    }

    private static ByteBuffer direct(byte... content) {
        return ByteBuffer.allocateDirect(Math.max(1, content.length))
                .order(ByteOrder.nativeOrder())
                .put(0, content);
    }

    private static byte[] random(long seed, int n) {
        byte[] bytes = new byte[n];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private byte[] download(Driver.Memory from, long place, int bytes) {
        ByteBuffer to = ByteBuffer.allocateDirect(bytes);
        driver.download(from, place, to, bytes);
        byte[] result = new byte[bytes];
        to.get(0, result);
        return result;
    }

    private Driver.Memory filled(DType dtype, double... values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(dtype.bytes() * values.length).order(ByteOrder.nativeOrder());
        for (double value : values) {
            switch (dtype) {
                case F32 -> bytes.putFloat((float) value);
                case F64 -> bytes.putDouble(value);
                case I32 -> bytes.putInt((int) value);
            }
        }
        Driver.Memory memory = driver.allocate(bytes.capacity());
        driver.upload(memory, 0, bytes, 0, bytes.capacity());
        driver.synchronize();
        return memory;
    }

    private double[] numbers(DType dtype, Driver.Memory memory) {
        int n = (int) memory.bytes() / dtype.bytes();
        ByteBuffer bytes =
                ByteBuffer.wrap(download(memory, 0, n * dtype.bytes())).order(ByteOrder.nativeOrder());
        double[] numbers = new double[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = switch (dtype) {
                case F32 -> bytes.getFloat();
                case F64 -> bytes.getDouble();
                case I32 -> bytes.getInt();
            };
        }
        return numbers;
    }

    private List<String> options(DType dtype) {
        List<String> options = new ArrayList<>(driver.options());
        options.add(dtype == DType.F64 ? "-DREAL_IS_DOUBLE=1" : "-DREAL_IS_FLOAT=1");
        return options;
    }

    private Driver.Program compiled(DType dtype) {
        return driver.compile(FILE, Source.of("portable.h") + TEXT, options(dtype));
    }

    @Test
    void factsAreThoseOfADevice() {
        Driver.Facts facts = driver.facts();
        assertFalse(facts.name().isBlank());
        assertFalse(facts.version().isBlank());
        assertEquals(backend(), facts.backend());
        assertEquals(backend() == Backend.CUDA, facts.capability() > 0);
        assertTrue(facts.units() > 0 && facts.units() < 100_000, facts.toString());
        assertTrue(facts.bytes() >= 1 << 26, facts.toString());
        assertTrue(
                driver.options().contains("-DBACKEND_" + backend() + "=1"),
                driver.options().toString());
        assertEquals(facts, driver.facts());
    }

    @Test
    void bytesComeBackFromOddPlaces() {
        for (int size : new int[] {1, 3, 4, 13, 1023, 4097, (1 << 20) + 13}) {
            byte[] all = random(size, size);
            Driver.Memory memory = driver.allocate(size);
            assertEquals(size, memory.bytes());
            ByteBuffer from = direct(all);
            driver.upload(memory, 0, from, 0, size);
            for (int place : new int[] {1, 3, size / 2, size - 1}) {
                int count = Math.max(0, Math.min(size - place, 7));
                if (count == 0) {
                    continue;
                }
                byte[] some = random(place, 11 + count);
                ByteBuffer part = direct(some);
                driver.upload(memory, place, part, 11, count);
                System.arraycopy(some, 11, all, place, count);
                assertArrayEquals(Arrays.copyOfRange(all, place, place + count), download(memory, place, count));
            }
            assertArrayEquals(all, download(memory, 0, size));
            driver.free(memory);
        }
    }

    @Test
    void blocksAreApart() {
        Driver.Memory a = filled(DType.I32, 1, 2, 3);
        Driver.Memory b = filled(DType.I32, 4, 5, 6);
        assertArrayEquals(new double[] {1, 2, 3}, numbers(DType.I32, a));
        driver.free(a);
        assertArrayEquals(new double[] {4, 5, 6}, numbers(DType.I32, b));
        driver.free(b);
    }

    @Test
    void argumentsOfEveryKindArrive() {
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            if (dtype == DType.F64 && !driver.facts().f64()) {
                continue;
            }
            Driver.Program program = compiled(dtype);
            Driver.Function mixed = driver.function(program, "mixed");
            Driver.Memory in = filled(dtype, 1, 2, 3, 0.1);
            Driver.Memory out = filled(dtype, 9, 9, 9, 9);
            // Twice, with other values: a call keeps no arguments of the one before.
            for (double factor : new double[] {0.1, -7}) {
                driver.launch(new Launch(mixed)
                        .over(3, 2)
                        .int32(3)
                        .real(dtype, factor)
                        .memory(in)
                        .int32(4, 5, 6)
                        .memory(out)
                        .int32(-7000));
                double added = 4 + 50 + 600 - 7000;
                double[] expected = {0, 0, 0, 9};
                for (int i = 0; i < 3; i++) {
                    expected[i] =
                            dtype == DType.F64 ? factor * (i + 1) + added : (float) factor * (i + 1) + (float) added;
                }
                assertArrayEquals(expected, numbers(dtype, out));
            }
            driver.release(mixed);
            driver.release(program);
            driver.free(in);
            driver.free(out);
        }
    }

    @Test
    void copiesAndCallsKeepTheirOrder() {
        int steps = 12;
        int n = 1000;
        Driver.Program program = compiled(DType.F32);
        Driver.Function add = driver.function(program, "add");
        Driver.Memory x = driver.allocate(4 * n);
        Driver.Memory sum = filled(DType.F32, new double[n]);
        ByteBuffer all = ByteBuffer.allocateDirect(4 * n * steps).order(ByteOrder.nativeOrder());
        double expected = 0;
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < n; i++) {
                all.putFloat(4 * (step * n + i), step + 1);
            }
            driver.upload(x, 0, all, 4 * step * n, 4 * n);
            driver.launch(new Launch(add).over(n, 16).int32(n).memory(x).memory(sum));
            expected = 3 * expected + step + 1;
            if (step % 5 == 0) {
                driver.flush();
            }
        }
        for (double got : numbers(DType.F32, sum)) {
            assertEquals(expected, got);
        }
        driver.release(add);
        driver.release(program);
        driver.free(x);
        driver.free(sum);
    }

    /** Arguments count as they are when it is recorded, memory as it is when it runs. */
    @Test
    void aRecordingRunsAgainAndAgain() {
        Driver.Program program = compiled(DType.F32);
        Driver.Function add = driver.function(program, "add");
        Driver.Function mixed = driver.function(program, "mixed");
        Driver.Memory x = filled(DType.F32, 1, 2, 3);
        Driver.Memory sum = filled(DType.F32, 0, 0, 0);
        Driver.Memory out = filled(DType.F32, 0, 0, 0);
        Launch first = new Launch(add).over(3, 1).int32(3).memory(x).memory(sum);
        Launch second = new Launch(mixed)
                .over(3, 1)
                .int32(3)
                .real(DType.F32, 2)
                .memory(sum)
                .int32(0, 0, 0)
                .memory(out)
                .int32(1);
        Driver.Recorded recorded = driver.record(List.of(first, second));
        assertArrayEquals(new double[3], numbers(DType.F32, sum));
        ByteBuffer more =
                ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putFloat(0, 10);
        double[] expected = new double[3];
        for (int run = 0; run < 3; run++) {
            driver.run(recorded);
            double[] twice = new double[3];
            for (int i = 0; i < 3; i++) {
                expected[i] = 3 * expected[i] + (i == 1 && run > 0 ? 10 : i + 1);
                twice[i] = 2 * expected[i] + 1;
            }
            assertArrayEquals(twice, numbers(DType.F32, out));
            driver.upload(x, 4, more, 0, 4);
        }
        driver.synchronize();
        driver.release(recorded);
        driver.release(add);
        driver.release(mixed);
        worksStill(program);
        driver.free(x);
        driver.free(sum);
        driver.free(out);
    }

    @Test
    void hostMemoryCarriesCopiesBothWays() {
        ByteBuffer host = driver.host(4097);
        assertEquals(4097, host.capacity());
        assertEquals(ByteOrder.nativeOrder(), host.order());
        byte[] content = random(5, 4097);
        host.put(0, content);
        Driver.Memory memory = driver.allocate(4097);
        driver.upload(memory, 0, host, 0, 4097);
        driver.synchronize();
        host.put(0, new byte[4097]);
        driver.download(memory, 0, host, 4097);
        byte[] back = new byte[4097];
        host.get(0, back);
        assertArrayEquals(content, back);
        driver.free(memory);
        driver.release(host);
    }

    @Test
    void aKernelsResourcesAreThoseOfADevice() {
        Driver.Program program = compiled(DType.F32);
        Driver.Function add = driver.function(program, "add");
        KernelResources resources = driver.resources(add);
        assertTrue(resources.threads() > 0 && resources.threads() <= 1 << 16, resources.toString());
        if (backend() == Backend.CUDA) {
            assertEquals(32, resources.multiple(), resources.toString());
        }
        driver.release(add);
        driver.release(program);
    }

    @Test
    void gridsHaveThreeDimensions() {
        int[] groups = {3, 2, 4};
        int[] threads = {5, 2, 1};
        int size = 1;
        for (int d = 0; d < 3; d++) {
            size *= groups[d] * threads[d];
        }
        Driver.Program program = compiled(DType.F32);
        Driver.Function places = driver.function(program, "places");
        Driver.Memory out = filled(DType.I32, new double[size]);
        driver.launch(new Launch(places)
                .grid(groups[0], groups[1], groups[2], threads[0], threads[1])
                .memory(out));
        double[] got = numbers(DType.I32, out);
        int width = groups[0] * threads[0];
        int height = groups[1] * threads[1];
        for (int i = 0; i < size; i++) {
            int x = i % width;
            int y = i / width % height;
            int z = i / width / height;
            int expected = 10000 * z
                    + 1000 * (y / threads[1])
                    + 100 * (x / threads[0])
                    + 10 * (y % threads[1])
                    + x % threads[0];
            assertEquals(expected, got[i], "place (" + x + ", " + y + ", " + z + ")");
        }
    }

    @Test
    void aFileThatDoesNotCompile() {
        String wrong = Source.of("portable.h") + TEXT.replace("factor * in[i]", "factor * nothing_of_that_name[i]");
        List<String> options = options(DType.F32);
        KernelBuildError e = assertThrows(KernelBuildError.class, () -> driver.compile(FILE, wrong, options));
        String message = e.getMessage();
        assertTrue(message.lines().findFirst().orElse("").contains(FILE), message);
        assertTrue(
                message.contains(
                        backend() == Backend.CUDA ? "-arch=sm_" : driver.facts().name()),
                message);
        assertTrue(message.contains("-DREAL_IS_FLOAT=1"), message);
        assertTrue(message.contains("nothing_of_that_name"), message);
        assertTrue(message.matches("(?s).*contract\\.cl[:(]3\\D.*"), message);
        worksStill();
    }

    /** The bytes of a program are a program again, with the same results. */
    @Test
    void binariesAreLoaded() {
        Driver.Program program = compiled(DType.F32);
        byte[] binary = driver.binary(program);
        assertTrue(binary.length > 0);
        driver.release(program);
        worksStill(driver.load(FILE, binary, options(DType.F32)));
    }

    @Test
    void damagedBinariesAreRefused() {
        Driver.Program program = compiled(DType.F32);
        byte[] binary = driver.binary(program);
        driver.release(program);
        byte[] header = binary.clone();
        Arrays.fill(header, 0, Math.min(64, header.length), (byte) 0x55);
        for (byte[] damaged : List.of(random(1, 1000), new byte[1], header)) {
            assertThrows(DeviceException.class, () -> driver.load(FILE, damaged, options(DType.F32)));
        }
        worksStill();
    }

    @Test
    void unknownKernelsAreNamed() {
        Driver.Program program = compiled(DType.F32);
        DeviceException e = assertThrows(DeviceException.class, () -> driver.function(program, "no_such_kernel"));
        assertTrue(e.getMessage().contains("no_such_kernel"), e.getMessage());
        worksStill(program);
    }

    @Test
    void moreThanThereIsIsRefused() {
        long all = driver.facts().bytes();
        for (long bytes : new long[] {all + 1, 4 * all, Long.MAX_VALUE / 2}) {
            DeviceOutOfMemory e = assertThrows(DeviceOutOfMemory.class, () -> driver.allocate(bytes));
            assertTrue(e.getMessage().contains(driver.facts().name()), e.getMessage());
        }
        assertThrows(DeviceException.class, () -> driver.allocate(0));
        worksStill();
    }

    @Test
    void nothingWorksAfterTheEndButGivingBack() {
        Driver.Program program = compiled(DType.F32);
        Driver.Function add = driver.function(program, "add");
        Driver.Memory memory = filled(DType.I32, 1, 2, 3);
        ByteBuffer host = direct(new byte[4]);
        driver.close();
        List<Executable> calls = List.of(
                () -> driver.allocate(4),
                () -> driver.upload(memory, 0, host, 0, 4),
                () -> driver.download(memory, 0, host, 4),
                () -> compiled(DType.F32),
                () -> driver.binary(program),
                () -> driver.load(FILE, new byte[9], List.of()),
                () -> driver.function(program, "add"),
                () -> driver.launch(
                        new Launch(add).over(1, 1).int32(1).memory(memory).memory(memory)),
                () -> driver.record(List.of()),
                () -> driver.host(4),
                driver::flush,
                driver::synchronize);
        for (Executable call : calls) {
            IllegalStateException e = assertThrows(IllegalStateException.class, call);
            assertTrue(e.getMessage().contains(driver.facts().name()), e.getMessage());
        }
        driver.release(add);
        driver.release(program);
        driver.free(memory);
        driver.close();
    }

    private void worksStill() {
        worksStill(compiled(DType.F32));
    }

    private void worksStill(Driver.Program program) {
        Driver.Function add = driver.function(program, "add");
        Driver.Memory x = filled(DType.F32, 1, 2, 3);
        Driver.Memory sum = filled(DType.F32, 10, 20, 30);
        driver.launch(new Launch(add).over(3, 1).int32(3).memory(x).memory(sum));
        assertArrayEquals(new double[] {31, 62, 93}, numbers(DType.F32, sum));
        driver.release(add);
        driver.release(program);
        driver.free(x);
        driver.free(sum);
    }
}
