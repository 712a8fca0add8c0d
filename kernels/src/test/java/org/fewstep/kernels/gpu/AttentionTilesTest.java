package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention by tiles, which runs on CUDA alone, in the simulator: the family's contract, and errors planted for it. */
@Tag("opencl")
@Tag("cuda-simulated")
class AttentionTilesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void simulatorIsHere() {
        Optional<String> missing = CudaSimulator.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
    }

    private List<String> run(String check, String dtype, String... planted) throws IOException, InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of(CudaSimulator.compiler().toString(), folder.toString(), dtype));
        arguments.addAll(Arrays.asList(planted));
        Process process = CudaSimulator.start(
                Map.of("FEWSTEP_SIM_CHECK", check, "FEWSTEP_SIM_ORDER", "shuffled:1"),
                AttentionTilesRun.class,
                arguments.toArray(String[]::new));
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return AttentionTilesRun.outcomes(output);
    }

    /** Threads in shuffled order, races looked for. */
    @ParameterizedTest
    @ValueSource(strings = {"F32", "F64"})
    void contract(String dtype) throws Exception {
        assertEquals(List.of(AttentionTilesRun.GOOD), run("races", dtype));
    }

    @Test
    void plantedErrorsAreFound() throws Exception {
        String[] planted = {
            "&& channel < tile.channels ? at[n * ACROSS * from.token_step]", "? at[n * ACROSS * from.token_step]",
            "tile.first = GROUP_ID(0) % tiles * SIDE", "tile.first = 0",
            "tile.first_channel = GROUP_ID(1) * CHUNK", "tile.first_channel = 0",
            "times_rows(o, shrink);", "",
            "int end = tile.tokens - first < SIDE ? tile.tokens - first : SIDE;", "int end = DEEP;",
            "o[r][c] = fma(-mean[r], of_mean[r][c], o[r][c]);", "",
            "centre_columns(a, 1, stats, 6, 5,", "centre_columns(a, 1, stats, 6, 4,"
        };
        List<String> outcomes = run("none", "F32", planted);
        assertEquals(planted.length / 2, outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            assertTrue(outcomes.get(i).contains("AssertionError"), planted[2 * i] + ": " + outcomes.get(i));
        }
    }

    @Test
    void aMissingBarrierIsFound() throws Exception {
        String code = "keep_tokens(right, next_right, columns);\n        BARRIER();";
        List<String> outcomes = run("races", "F32", code, code.replace("BARRIER();", ""));
        assertTrue(outcomes.get(0).contains("CUDA_ERROR_LAUNCH_FAILED"), outcomes.toString());
    }
}
