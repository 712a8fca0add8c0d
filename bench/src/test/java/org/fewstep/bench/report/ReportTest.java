package org.fewstep.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.fewstep.bench.machine.Machine;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Param;

class ReportTest {
    private static final List<PeerHealth> HEALTHY = List.of(new PeerHealth(PeerHealth.LIBTORCH, true, ""));

    private static JmhText products() {
        return new JmhText()
                .add("kernels.MatMulBenchmark.run", 100, 110, params("default"))
                .add("kernels.MatMulBenchmark.run", 500, 510, params("loops"))
                .add("peers.ejml.MatMulBenchmark.run", 2500, 2600, "sizes", "256x256x256", "threads", "1");
    }

    private static String[] params(String provider) {
        return new String[] {"sizes", "256x256x256", "threads", "1", "provider", provider};
    }

    private static String verdict(JmhText text, String label, String against) {
        for (Target target : Targets.all()) {
            Target.Outcome o = target.judge(text.run(), HEALTHY);
            if (o.label().equals(label) && o.against().equals(against)) {
                return o.ratio() + " " + o.verdict();
            }
        }
        throw new AssertionError("no target " + label);
    }

    @Test
    void ratiosCompareMinimaWithTheTarget() {
        assertEquals("25.0x met", verdict(products(), "matmul 256, 1 thread", "ejml"));
        assertEquals("5.00x met", verdict(products(), "matmul 256, 1 thread, without the vector module", "ejml"));
        assertEquals("- not measured", verdict(products(), "matmul 256, 2 threads", "ejml"));
        assertEquals("- not measured", verdict(products(), "matmul 256, 1 thread", "djl"));
    }

    @Test
    void targetsOfJdk17DifferWhereTheyWereAskedSo() {
        Map<String, String> params = Map.of("threads", "1");
        SpeedTarget target = new SpeedTarget("sum", new Target.Work("Sum", params), "default", "djl", 0.8, 0.9, 1.05);
        JmhText text = new JmhText()
                .add("ops.SumBenchmark.run", 100, 100, "provider", "default", "threads", "1")
                .add("peers.djl.SumBenchmark.run", 85, 85, "threads", "1");
        assertEquals("MISSED", target.judge(text.run(), HEALTHY).verdict());
        Run on17 = new Run(
                "17",
                JmhFile.parse(text.text().replace("25.0.3", "17.0.15").getBytes(StandardCharsets.UTF_8), "17"),
                null);
        assertEquals("met", target.judge(on17, HEALTHY).verdict());
    }

    @Test
    void allocationAndOwnCostAreJudgedFromBelow() {
        String[] flow = {"loss", "flow-matching", "batch", "16", "threads", "2", "provider", "default", "mode", "eager"
        };
        String[] mean = {"loss", "mean-flow", "batch", "16", "threads", "2", "provider", "default", "mode", "eager"};
        JmhText text = new JmhText()
                .add("losses.LossStepBenchmark.run", 100, 100, flow)
                .add("losses.LossStepBenchmark.run", 170, 170, mean)
                .add(
                        "networks.MlpStepBenchmark.run",
                        4000,
                        4000,
                        "batch",
                        "1024",
                        "threads",
                        "2",
                        "provider",
                        "default",
                        "mode",
                        "eager");
        assertEquals(
                "1.70x MISSED", verdict(text, "MeanFlow step over the plain flow-matching step, DiT, eager", "own"));
        assertEquals("- met", verdict(text, "allocation of an MLP training step, eager", "heap"));
        assertEquals("- not measured", verdict(text, "allocation of an MLP training step, replayed", "heap"));
    }

    /** Every target names a benchmark and parameters that a run of this module has. */
    @Test
    void targetsNameBenchmarksThatExist() throws Exception {
        for (Target target : Targets.all()) {
            Target.Work work = target instanceof SpeedTarget t
                    ? t.work()
                    : target instanceof CostTarget t ? t.work() : ((AllocationTarget) target).work();
            Class<?> type = benchmark(work.name());
            for (Map.Entry<String, String> param : work.params().entrySet()) {
                assertTrue(values(type, param.getKey()).contains(param.getValue()), target.label() + ": " + param);
            }
            if (!work.mode().isEmpty()) {
                assertTrue(values(type, "mode").contains(work.mode()), target.label());
            }
        }
    }

    private static List<String> values(Class<?> type, String param) throws NoSuchFieldException {
        return List.of(type.getField(param).getAnnotation(Param.class).value());
    }

    private static Class<?> benchmark(String work) throws ClassNotFoundException {
        for (String room : List.of("kernels", "ops", "networks", "losses")) {
            try {
                return Class.forName("org.fewstep.bench." + room + "." + work + "Benchmark");
            } catch (ClassNotFoundException e) {
                continue;
            }
        }
        throw new ClassNotFoundException(work);
    }

    @Test
    void pagesNameMachineAndCommand() {
        Machine machine = new Machine(
                "A CPU", 2, "Linux", "25", "cpu/vector/512", List.of("OMP_NUM_THREADS=1"), 0.1, 1.9, "java -jar x");
        Run run = new Run("r.json", products().run().measurements(), machine);
        Report report = Report.ofRuns(List.of(run));
        for (String page : List.of(report.markdown(), report.html())) {
            for (String word : List.of("A CPU", "2 cores", "cpu/vector/512", "java -jar x", "25.0x", "met")) {
                assertTrue(page.contains(word), word + " in " + page);
            }
        }
        assertTrue(report.markdown().contains("\n    java -jar x\n"));
        assertTrue(report.html().contains("<svg"));
    }

    @Test
    void foreignTextHasNoEffectOnThePage() {
        String evil = "<script>alert(1)</script>|`[x](y)&\"";
        Machine machine = new Machine(evil, 2, "Linux", "25", "cpu", List.of(), -1, -1, evil);
        Report report = Report.ofRuns(List.of(new Run(evil, products().run().measurements(), machine)));
        assertFalse(report.html().contains("<script"), report.html());
        for (String line : report.markdown().lines().toList()) {
            assertTrue(line.startsWith("    ") || !line.matches(".*[^\\\\]<script.*"), line);
        }
    }
}
