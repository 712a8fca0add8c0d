package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiled files are found again, checked, and kept where only the user may write. */
class ProgramCacheTest {
    @TempDir
    Path folder;

    /** Runs a kernel with a cache and returns how many files were compiled. */
    private int compilations(Path cache) {
        Wrapped driver = new Wrapped(TestGpu.driver());
        Programs programs = new Programs(driver, new ProgramCache(cache), Source::of);
        try (GpuDevice device = new GpuDevice(TestGpu.NAME, driver, programs, Choices.STANDARD, 0, false);
                Scope scope = device.scope()) {
            org.fewstep.kernels.Buffer x = device.allocate(DType.F32, 3);
            device.write(x, new float[] {1, 2, 3}, 0, 3);
            device.run(Elementwise.flat(Code.NEG, 0, 0, 3, x, x));
            float[] y = new float[3];
            device.read(x, y, 0, 3);
            assertEquals(-2, y[1]);
        }
        return driver.compilations();
    }

    private List<Path> files(Path cache) throws IOException {
        try (Stream<Path> list = Files.list(cache)) {
            return list.toList();
        }
    }

    @Test
    void aFileIsCompiledOnce() throws IOException {
        Path cache = folder.resolve("a").resolve("b");
        assertEquals(1, compilations(cache));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
        assertEquals(1, files(cache).size());
        assertEquals(0, compilations(cache));
    }

    @Test
    void aDamagedFileIsCompiledAnew() throws IOException {
        Path cache = folder.resolve("damaged");
        compilations(cache);
        Path file = files(cache).get(0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        assertEquals(1, compilations(cache));
        assertEquals(0, compilations(cache));
        Files.write(file, new byte[5]);
        assertEquals(1, compilations(cache));
    }

    @Test
    void aDirectoryThatOthersMayWriteIsNotUsed() throws IOException {
        Path cache = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(1, compilations(cache));
        assertEquals(List.of(), files(cache));
    }

    @Test
    void withoutACacheEverythingWorks() {
        assertTrue(compilations(null) == 1);
    }
}
