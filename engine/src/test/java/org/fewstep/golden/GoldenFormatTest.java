package org.fewstep.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.fewstep.EngineTest;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a golden file fail, beside a wrong number. */
class GoldenFormatTest extends EngineTest {
    private static final String CASE = """
            {"about": "doubles x", "model": {"kind": "none"}, "params": {"factor": 2.0, "net_input": "words"},
             "inputs": {"x": [1.0, 2.0], "note": "a formula"},
             "expected": {"y": [2.0, 4.0], "count": [2], "far": "Infinity", "big": {"z": [1e6], "small": [1e-9]}}}
            """;

    /** Doubles x. */
    private static class Doubling implements Adapter {
        @Override
        public void run(GoldenRun run) {
            run.requireNoModel();
            double factor = run.params().number("factor");
            double[] x = run.numbers("x");
            run.expected().offer("y", new double[] {factor * x[0], factor * x[1]});
            run.expected().offer("count", new int[] {x.length});
            run.expected().offer("far", Double.POSITIVE_INFINITY);
            run.expected().offer("big/z", new double[] {1e6 * (1 + 0.9e-9)});
            run.expected().offer("big/small", new double[] {1e-9 + 0.9e-6});
        }
    }

    private int check(Adapter adapter, String text, DType dtype) {
        return GoldenRun.check(adapter, JsonCursor.root(Json.parse(text), "case"), device, dtype);
    }

    private String failure(String text) {
        return assertThrows(AssertionError.class, () -> check(new Doubling(), text, DType.F64))
                .getMessage();
    }

    @Test
    void goodCasePassesWithTheFloorOfItsVariant() {
        assertEquals(5, check(new Doubling(), CASE, DType.F64));
    }

    @Test
    void floorIsThatOfTheVariantOnly() {
        // Without its large neighbour the small array has only the absolute floor.
        String text = failure(CASE.replace("\"z\": [1e6]", "\"z\": [1.0]"));
        assertTrue(text.contains("big/z[0]") && text.contains("big/small[0]"), text);
    }

    @Test
    void unknownKeysAreNamed() {
        assertTrue(
                failure(CASE.replace("\"factor\"", "\"extra\": 1, \"factor\"")).contains("params keys [extra]"));
        assertTrue(failure(CASE.replace("\"count\"", "\"w\": [1.0], \"count\"")).contains("expected key \"w\""));
        assertTrue(
                failure(CASE.replace("\"about\"", "\"teacher\": {}, \"about\"")).contains("[teacher]"));
        assertTrue(failure(CASE.replace("\"small\"", "\"other\"")).contains("\"big/other\""));
    }

    @Test
    void unknownModelKindsAreNamed() {
        BadFileException kind = assertThrows(
                BadFileException.class,
                () -> check(new Doubling(), CASE.replace("\"none\"", "\"transformer\""), DType.F64));
        assertTrue(kind.getMessage().contains("transformer"), kind.getMessage());
        BadFileException key = assertThrows(
                BadFileException.class,
                () -> check(new Doubling(), CASE.replace("\"none\"", "\"none\", \"depth\": 3"), DType.F64));
        assertTrue(key.getMessage().contains("depth"), key.getMessage());
    }

    @Test
    void integersAreExactAndShapesCount() {
        assertTrue(failure(CASE.replace("[2]", "[3]")).contains("count[0]"));
        assertTrue(failure(CASE.replace("[2.0, 4.0]", "[[2.0, 4.0]]")).contains("shape"));
        assertThrows(
                BadFileException.class,
                () -> check(new Doubling(), CASE.replace("[2.0, 4.0]", "[2.0, [4.0]]"), DType.F64));
        // A scalar may be written as a list of one.
        assertEquals(5, check(new Doubling(), CASE.replace("\"Infinity\"", "[\"Infinity\"]"), DType.F64));
    }

    @Test
    void toleranceIsThatOfTheDtype() {
        String near = CASE.replace("4.0", "4.0004");
        assertTrue(failure(near).contains("y[1]: got 4.0"));
        assertEquals(5, check(new Doubling(), near, DType.F32));
    }

    @Test
    void nanNeverPasses() {
        Adapter nan = new Doubling() {
            @Override
            public void run(GoldenRun run) {
                run.expected().offer("y", new double[] {2, Double.NaN});
                super.run(run);
            }
        };
        String text = assertThrows(AssertionError.class, () -> check(nan, CASE, DType.F32))
                .getMessage();
        assertTrue(text.contains("y[1]: got NaN") && text.contains("y: offered twice"), text);
    }

    @Test
    void optionsAreReadAndNotCompared() {
        Adapter withOption = new Doubling() {
            @Override
            public void run(GoldenRun run) {
                assertEquals(7, run.expected().option("big/steps").asInt());
                super.run(run);
            }
        };
        String text = CASE.replace("\"big\": {", "\"big\": {\"steps\": 7, ");
        assertEquals(5, check(withOption, text, DType.F64));
        assertTrue(failure(text).contains("big/steps"));
    }

    @Test
    void finiteDifferencesAreComparedInF64Only() {
        String text = CASE.replace("\"count\"", "\"jvp\": [1.0], \"count\"");
        Adapter wrong = new Doubling() {
            @Override
            public void run(GoldenRun run) {
                super.run(run);
                Tensor jvp = Tensor.of(run.device(), run.dtype(), new double[] {3}, 1);
                run.expected().offer("jvp", jvp, Tolerance.FINITE_DIFFERENCE);
            }
        };
        assertEquals(5, check(wrong, text, DType.F32));
        assertThrows(AssertionError.class, () -> check(wrong, text, DType.F64));
    }

    @Test
    void networkRefusesUnknownParts() {
        String net = """
                {"kind": "mlp", "layers": [{"W": [[1.0, 2.0]], "b": [0.5]}], "activation": "relu", "inputs": ["x"]}
                """;
        refusesNet(net, "relu");
        refusesNet(net.replace("relu", "silu").replace("[\"x\"]", "[\"x\", \"zeta\"]"), "zeta");
        refusesNet(net.replace("relu", "silu").replace("\"kind\"", "\"dropout\": 0.1, \"kind\""), "dropout");
        refusesNet(net.replace("relu", "silu").replace("\"mlp\"", "\"cnn\""), "cnn");
    }

    private void refusesNet(String net, String named) {
        BadFileException error = assertThrows(
                BadFileException.class,
                () -> new GoldenMlp(JsonCursor.root(Json.parse(net), "net"), device, DType.F64));
        assertTrue(error.getMessage().contains(named), error.getMessage());
    }

    @Test
    void adapterIsTheLongestKnownPrefix() {
        assertEquals(
                MeanFlowTorchAdapter.class,
                Adapters.of("flowmaps", "meanflow_official_torch_b").getClass());
        assertEquals(
                MeanFlowJaxAdapter.class,
                Adapters.of("flowmaps", "meanflow_official_jax").getClass());
        assertThrows(AssertionError.class, () -> Adapters.of("flowmaps", "meanflow_by_nobody"));
        assertThrows(AssertionError.class, () -> Adapters.of("flowmatching", "meanflow_official_torch"));
    }

    @Test
    void emptyFoldersFail(@TempDir Path folder) throws IOException {
        assertThrows(AssertionError.class, () -> GoldenCases.in(folder, List.of()));
        assertThrows(AssertionError.class, () -> GoldenCases.in(folder.resolve("none"), List.of()));
        Files.createDirectory(folder.resolve("imm"));
        Files.writeString(folder.resolve("FORMAT.md"), "words");
        assertThrows(AssertionError.class, () -> GoldenCases.in(folder, List.of("imm")));
        assertThrows(AssertionError.class, () -> GoldenCases.in(folder, List.of("flowmaps")));
        Files.writeString(folder.resolve("imm").resolve("b.json"), "{}");
        Files.writeString(folder.resolve("imm").resolve("a.json"), "{}");
        assertEquals(
                List.of("imm/a", "imm/b"),
                GoldenCases.in(folder, List.of()).stream()
                        .map(GoldenCases.Case::name)
                        .toList());
        assertEquals(
                Set.of("imm"),
                Set.of(GoldenCases.in(folder, List.of("imm")).get(0).family()));
    }
}
