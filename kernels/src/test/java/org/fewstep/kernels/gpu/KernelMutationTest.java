package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload.Family;
import org.fewstep.kernels.cpu.KernelContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error planted in a copy of a family's kernel makes the family's contract fail on OpenCL, version by version. */
@Tag("opencl")
class KernelMutationTest {
    /** In the version that a processor runs by itself, unless another is named. */
    private record Mutation(Family family, int version, String file, String code, String wrong) {
        Mutation(Family family, String file, String code, String wrong) {
            this(family, 0, file, code, wrong);
        }

        Choices choices() {
            return version == 0 ? Choices.STANDARD : Choices.preferring(family, Choice.version(version));
        }
    }

    static Mutation[] mutations() {
        return new Mutation[] {
            new Mutation(Family.ELEMENTWISE, "elementwise.cl", "to += at * w.step[0][d]", "to += at"),
            new Mutation(Family.COMBINE, "combine.cl", "fma(c5, x5[i], sum)", "c5 * x5[i] + sum"),
            new Mutation(Family.COMBINE, "combine.cl", "terms > 6", "terms > 7"),
            new Mutation(Family.MATMUL, "matmul.cl", "high[r] = fma(factor, b1,", "high[r] = fma(factor, b0,"),
            new Mutation(Family.REDUCE, "reduce.cl", "b < blocks - step", "b < blocks - step - 1"),
            new Mutation(Family.SCAN, "scan.cl", "at -= inner", "at -= 1"),
            new Mutation(Family.SOFTMAX, "softmax.cl", "y[i] / sum", "y[i]"),
            new Mutation(Family.NORM, "norm.cl", "sum / n + eps", "sum / n"),
            new Mutation(Family.NORM, 2, "norm.cl", "SUM_LANES * j < left", "SUM_LANES * j < left - 1"),
            new Mutation(Family.NORM, 2, "norm.cl", "waiting[height - 1] + sum", "sum"),
            new Mutation(Family.NORM, 2, "norm.cl", "INT64 pairs = parts;", "INT64 pairs = 0;"),
            new Mutation(Family.NORM, 2, "norm.cl", "- mean_g - (own[j]", "- (own[j]"),
            new Mutation(Family.MODULATED_NORM, "modulated_norm.cl", "row / repeat % table_rows", "row % table_rows"),
            new Mutation(Family.CONV2D, 1, "conv2d.cl", "row + s.pad_top - a", "row + s.pad_top"),
            new Mutation(Family.CONV2D, 2, "conv2d.cl", "beside + tap.low,", "beside,"),
            new Mutation(
                    Family.CONV2D, 2, "conv2d.cl", "rows.at + place.middle - tap.middle", "place.middle - tap.middle"),
            new Mutation(Family.CONV2D, 2, "conv2d.cl", "int there = p < end;", "int there = p < places;"),
            new Mutation(Family.CONV2D, 3, "conv2d.cl", "if (++j == s.spread_width)", "if (++j == s.width)"),
            new Mutation(Family.CONV2D, 3, "conv2d.cl", "rows.at - tap.middle - low_y", "rows.at - tap.middle"),
            new Mutation(Family.CONV2D, 3, "conv2d.cl", "at += spread_item - lines * LANES;", ""),
            new Mutation(Family.REDUCE, 2, "reduce.cl", "part[k] += part[k + pair]", "part[k] += part[pair]"),
            new Mutation(Family.REDUCE, 2, "reduce.cl", "unit % strips * width", "unit % strips"),
            new Mutation(Family.REDUCE, 2, "reduce.cl", "number == most && at < best", "number == most && at > best"),
            new Mutation(Family.SOFTMAX, 2, "softmax.cl", "INT64 piece = 0; piece < n;", "INT64 piece = 0; piece < 1;"),
            new Mutation(Family.SOFTMAX, 2, "softmax.cl", "own_g[j] - dot", "own_g[j]"),
            new Mutation(Family.MODULATED_NORM, 2, "modulated_norm.cl", "entry + column_of(i, inner)", "entry + i"),
            new Mutation(Family.MODULATED_NORM, 2, "modulated_norm.cl", "s * repeat + user\n", "user\n"),
            new Mutation(Family.ATTENTION, "attention.cl", "p * (c - row[4])", "p * c"),
            new Mutation(Family.GATHER, "gather.cl", "sum += in[", "sum = in["),
            new Mutation(Family.RANDOM, "random.cl", "(low < (UINT32) counter[1] ? 1u : 0u)", "0u"),
            new Mutation(Family.UPDATE, "update.cl", "rest2 * gi * gi", "rest2 * gi"),
            new Mutation(Family.UPDATE, 2, "update.cl", "(unit - UNITS_BEFORE(all, t))", "unit"),
            new Mutation(Family.UPDATE, 2, "update.cl", "T + jump < MOST && ", "jump == 1 && "),
        };
    }

    @Test
    void everyFamilyHasOne() {
        Set<Family> families = ofDefaults().stream().map(Mutation::family).collect(Collectors.toSet());
        assertEquals(Set.of(Family.values()), families);
    }

    /** Of the versions that this device takes by itself. */
    static List<Mutation> ofDefaults() {
        return Arrays.stream(mutations())
                .filter(m -> m.version() == 0 || (m.family() == Family.CONV2D && m.version() == 3))
                .toList();
    }

    static List<Mutation> ofOtherVersions() {
        List<Mutation> others = new ArrayList<>(List.of(mutations()));
        others.removeAll(ofDefaults());
        return others;
    }

    @ParameterizedTest
    @MethodSource("ofDefaults")
    void aPlantedErrorIsFound(Mutation mutation) {
        check(mutation);
    }

    @ParameterizedTest
    @MethodSource("ofOtherVersions")
    @Tag("slow")
    void aPlantedErrorInAnotherVersionIsFound(Mutation mutation) {
        check(mutation);
    }

    private static void check(Mutation mutation) {
        String source = Source.of(mutation.file());
        assertTrue(source.contains(mutation.code()), mutation.file() + " has no longer: " + mutation.code());
        try (GpuDevice device = TestGpu.open(
                TestGpu.driver(),
                file -> Source.of(file).replace(mutation.code(), mutation.wrong()),
                mutation.choices(),
                1 << 28,
                false)) {
            assertThrows(AssertionError.class, () -> KernelContract.check(mutation.family(), device, DType.F32));
        }
    }
}
