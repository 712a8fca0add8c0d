package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The simulated CUDA driver, by way of JCuda: right kernels give the same numbers in every order of their threads, wrong
 * ones are caught, and calls are refused as NVIDIA's driver refuses them.
 */
@Tag("opencl")
@Tag("cuda-simulated")
@Timeout(300)
class CudaSimulatorTest {
    /** Kernels of 64 threads, right and wrong; the lines count in the messages. */
    private static final String PLANTED = """
            #line 1 "planted.cl"
            extern "C" __global__ void neighbour(int n, const float *in, float *out) {
                __shared__ float part[64];
                part[threadIdx.x] = in[threadIdx.x];
                __syncthreads();
                out[threadIdx.x] = part[(threadIdx.x + 1) % n];
            }
            extern "C" __global__ void race(int n, const float *in, float *out) {
                __shared__ float part[64];
                part[threadIdx.x] = in[threadIdx.x];
                out[threadIdx.x] = part[(threadIdx.x + 1) % n];
            }
            extern "C" __global__ void __launch_bounds__(32 * (2), 1)
                    warp(int n, const float *in, float *out) {
                float sum = in[threadIdx.x];
                for (int apart = 16; apart > 0; apart /= 2) {
                    sum += __shfl_xor_sync(0xffffffffu, sum, apart);
                }
                unsigned odd = __ballot_sync(0xffffffffu, threadIdx.x % 2);
                int next = __shfl_down_sync(0xffffffffu, (int) threadIdx.x, 1, 8);
                out[threadIdx.x] = sum + (odd == 0xaaaaaaaau) + next * 1000;
            }
            extern "C" __global__ void half_warp(int n, const float *in, float *out) {
                float sum = in[threadIdx.x];
                if (threadIdx.x % 32 < 16) {
                    sum = __shfl_sync(0x0000ffffu, sum, 3);
                } else {
                    sum = __shfl_sync(0xffff0000u, sum, 16);
                }
                out[threadIdx.x] = sum;
            }
            extern "C" __global__ void dynamic(int numbers, float *out) {
                DYNAMIC_SHARED(float, part);
                for (int i = threadIdx.x; i < numbers; i += blockDim.x) {
                    part[i] = i;
                }
                __syncthreads();
                out[threadIdx.x] = part[numbers - 64 + threadIdx.x];
            }
            extern "C" __global__ void uninitialised(int n, const float *in, float *out) {
                __shared__ float part[65];
                part[threadIdx.x] = in[threadIdx.x];
                __syncthreads();
                out[threadIdx.x] = part[threadIdx.x + 1];
            }
            extern "C" __global__ void divergent(int n, const float *in, float *out) {
                if (threadIdx.x < 5) {
                    __syncthreads();
                }
                out[threadIdx.x] = 1;
            }
            extern "C" __global__ void two_barriers(int n, const float *in, float *out) {
                if (threadIdx.x < 5) {
                    __syncthreads();
                } else {
                    __syncthreads();
                }
                out[threadIdx.x] = 1;
            }
            extern "C" __global__ void overrun(int n, const float *in, float *out) {
                out[threadIdx.x + 1] = 1;
            }
            extern "C" __global__ void underrun(int n, const float *in, float *out) {
                out[(int) threadIdx.x - 1] = 1;
            }
            extern "C" __global__ void beyond_shared(int n, const float *in, float *out) {
                __shared__ float part[64];
                part[threadIdx.x] = in[threadIdx.x];
                out[threadIdx.x] = part[n];
            }
            extern "C" __global__ void misaligned(int n, const float *in, float *out) {
                *(float4 *) out = *(const float4 *) (in + 1);
            }
            extern "C" __global__ void overflow(int n, const float *in, float *out) {
                int large = 1 << 25;
                out[0] = large * n;
            }
            extern "C" __global__ void endless(int n, const float *in, float *out) {
                while (((volatile const float *) in)[0] == 1) {
                    __nanosleep(10);
                }
            }
            extern "C" __global__ void count(float *out, float *counter) {
                atomicAdd(counter, 1.0f);
            }
            extern "C" __global__ void blocks(float *out, float *counter) {
                if (threadIdx.x == 0) {
                    out[0] = blockIdx.x + 1;
                }
            }
            extern "C" __global__ void add(float value, float *out) {
                out[threadIdx.x] += value;
            }
            """;

    /** Values of {@code FEWSTEP_SIM_CHECK}: each use of memory is looked at, guards alone are, and races too. */
    private static final String USES = "";

    private static final String GUARDS = "none";
    private static final String RACES = "races";

    @TempDir
    static Path folder;

    @BeforeAll
    static void compile() {
        Optional<String> missing = CudaSimulator.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        for (String check : List.of(USES, GUARDS)) {
            assertEquals("", CudaSimulator.compile(check, dialect(PLANTED), planted(check), "-arch=sm_90"));
            assertEquals(
                    "",
                    CudaSimulator.compile(
                            check, Source.of("matmul.cl"), matmul(check), "-arch=sm_90", "-DREAL_IS_FLOAT=1"));
        }
    }

    private static Path planted(String check) {
        return folder.resolve(check.equals(GUARDS) ? "planted-guards.cubin" : "planted.cubin");
    }

    private static Path matmul(String check) {
        return folder.resolve(check.equals(GUARDS) ? "matmul-guards.cubin" : "matmul.cubin");
    }

    /** With the words of portable.h before it. */
    private static String dialect(String source) {
        return Source.of("portable.h").replace("#line 1 \"portable.h\"", "#define REAL_IS_INT 1") + source;
    }

    private static Map<String, String> run(String check, String order, String work)
            throws IOException, InterruptedException {
        Process process = CudaSimulator.start(
                Map.of("FEWSTEP_SIM_CHECK", check, "FEWSTEP_SIM_ORDER", order, "FEWSTEP_SIM_WORK", work),
                SimulatedRun.class,
                planted(check).toString(),
                matmul(check).toString());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        Map<String, String> outcomes = new LinkedHashMap<>();
        List<String> told = new ArrayList<>();
        for (String line : output.lines().toList()) {
            if (line.startsWith("simulated cuda: ")) {
                told.add(line);
            } else {
                outcomes.put(line.substring(0, line.indexOf(": ")), line.substring(line.indexOf(": ") + 2));
            }
        }
        outcomes.put("log", String.join("\n", told));
        return outcomes;
    }

    private static void expect(Map<String, String> outcomes, String name, String outcome) {
        assertEquals(outcome, outcomes.get(name), name + "\n" + outcomes.get("log"));
    }

    /** The outcomes that depend on nothing. */
    private static void expectAlways(Map<String, String> got) {
        float[] neighbour = new float[64];
        float[] warp = new float[64];
        float[] half = new float[64];
        float[] uninitialised = new float[64];
        for (int i = 0; i < 64; i++) {
            neighbour[i] = (i + 1) % 64 + 1;
            warp[i] = (i < 32 ? 528 : 1552) + 1 + 1000 * (i % 8 == 7 ? i : i + 1);
            half[i] = i / 32 * 32 + (i % 32 < 16 ? 4 : 17);
            uninitialised[i] = i == 63 ? Float.NaN : i + 2;
        }
        expect(got, "before the start", "3");
        expect(got, "without a context", "201");
        expect(got, "capability", "9.0");
        expect(got, "tiles", "exact");
        expect(got, "neighbour", Arrays.toString(neighbour));
        expect(got, "warp", Arrays.toString(warp));
        expect(got, "half a warp", Arrays.toString(half));
        expect(got, "dynamic", "1 0 0 24999.0 1 0 700");
        expect(got, "uninitialised shared", Arrays.toString(uninitialised));
        expect(got, "uninitialised memory", "NaN");
        expect(got, "divergent", "0 719 719 719");
        expect(got, "two barriers", "0 719 719 719");
        expect(got, "overrun", "0 700 700 700");
        expect(got, "underrun", "0 700 700 700");
        expect(got, "beyond shared", "0 700 700 700");
        expect(got, "misaligned", "0 716 716 716");
        expect(got, "overflow", "0 719 719 719");
        expect(got, "endless", "0 702 702 702");
        expect(got, "launches", "1 1 1 1 1 1 0");
        expect(got, "images", "200 209 218 500");
        expect(got, "handles", "1 1 1 1 2 400 400 1");
        expect(got, "replay", "0.0 3.0 5.0 400");
        expect(got, "call in a capture", "900 900 901 0");
        expect(got, "fork and join", "904 0");
    }

    @Test
    void inEveryOrder() throws Exception {
        Map<String, String> forward = run(USES, "forward", "late");
        Map<String, String> reverse = run(USES, "reverse", "late");
        Map<String, String> shuffled = run(USES, "shuffled:1", "late");
        for (Map<String, String> got : List.of(forward, reverse, shuffled)) {
            expectAlways(got);
            expect(got, "pinned", "2.0 1.0 1");
            expect(got, "other stream", "0.0 600 7.0 0");
            expect(got, "written after free", "700");
        }
        expect(forward, "race of blocks", "128.0 2.0");
        expect(reverse, "race of blocks", "128.0 1.0");
        assertNotEquals(forward.get("race"), reverse.get("race"));
        assertNotEquals(forward.get("race"), shuffled.get("race"));
        assertNotEquals(reverse.get("race"), shuffled.get("race"));
    }

    @Test
    void theLogNamesPlaces() throws Exception {
        Map<String, String> got = run(RACES, "forward", "late");
        expectAlways(got);
        expect(got, "race", "719");
        expect(got, "race of blocks", "128.0 error 719");
        for (String told : List.of(
                "kernel race: race: a write at planted.cl:9 of what thread (0, 0, 0) used for a read at planted.cl:10",
                "of what another block used for a write at planted.cl:",
                "5 threads wait at the barrier planted.cl:47",
                "planted.cl:68: index outside an array",
                "planted.cl:71: misaligned access",
                "planted.cl:75: signed product overflows",
                "kernel overrun: a write at planted.cl:60 of 4 bytes outside memory, at byte 256 of allocation",
                "1025 threads a block")) {
            assertTrue(got.get("log").contains(told), told + "\n" + got.get("log"));
        }
    }

    /** Faster, for long runs: what a kernel writes outside memory is seen by the guards around it. */
    @Test
    void withGuardsAlone() throws Exception {
        Map<String, String> got = run(GUARDS, "forward", "early");
        expectAlways(got);
        expect(got, "pinned", "1.0 1.0 1");
        expect(got, "other stream", "7.0 0 7.0 0");
        assertTrue(got.get("log").contains("kernel overrun wrote at byte 256 of allocation"), got.get("log"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attention.cl",
                "attention_tiles.cl",
                "combine.cl",
                "conv2d.cl",
                "elementwise.cl",
                "gather.cl",
                "matmul.cl",
                "modulated_norm.cl",
                "norm.cl",
                "random.cl",
                "reduce.cl",
                "scan.cl",
                "softmax.cl",
                "update.cl"
            })
    void compilesInBothTypes(String file) {
        for (String real : List.of("-DREAL_IS_FLOAT=1", "-DREAL_IS_DOUBLE=1")) {
            assertEquals(
                    "",
                    CudaSimulator.compile(
                            GUARDS,
                            Source.of(file),
                            folder.resolve("kernels.cubin"),
                            "-arch=sm_90a",
                            "-Werror",
                            "all-warnings",
                            "-DCHANNELS=32",
                            real));
        }
    }

    @Test
    void anErrorHasItsPlace() {
        String source = Source.of("scan.cl").replace("REAL sum = 0;", "REAL sum = nothing;");
        String before = source.substring(0, source.indexOf("= nothing;"));
        int directive = before.lastIndexOf("#line ");
        int first = Integer.parseInt(before.substring(directive + 6, before.indexOf(' ', directive + 6)));
        int line = first + (int) before.substring(directive).lines().count() - 2;
        String log = CudaSimulator.compile(
                USES, source, folder.resolve("kernels.cubin"), "-arch=sm_90", "-DREAL_IS_FLOAT=1");
        assertTrue(log.contains("scan.cl:" + line + ":") && log.contains("nothing"), log);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--fast", "-ptx", "-arch=compute_90"})
    void anUnknownOptionIsRefused(String option) {
        String log = CudaSimulator.compile(USES, "", folder.resolve("kernels.cubin"), option);
        assertTrue(log.startsWith("simcc: "), log);
    }
}
