package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Interpreted code, every stage of compilation, and fully compiled code give the same bits. */
class ColdAndHotTest {
    private static final int ROWS = 20;
    private static final int HOT_TOURS = 120;

    @ParameterizedTest
    @CsvSource({"vector, F32", "loops, F32", "ejml, F32", "loops, F64"})
    void bitsDoNotDependOnCompilation(String provider, DType dtype) throws Exception {
        String cold = interpreted(provider, dtype);
        try (CpuDevice device = new CpuDevice(Provider.of(provider), 1)) {
            for (int tour = 0; tour < HOT_TOURS; tour++) {
                assertEquals(cold, Long.toString(KernelTour.hash(device, dtype, ROWS)), "tour " + tour);
            }
        }
    }

    private static String interpreted(String provider, DType dtype) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        Provider.VECTOR_FLAG,
                        "-cp",
                        System.getProperty("java.class.path"),
                        KernelTour.class.getName(),
                        provider,
                        dtype.name(),
                        Integer.toString(ROWS))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the interpreted tour did not end");
        assertEquals(0, process.exitValue(), output);
        return output;
    }
}
