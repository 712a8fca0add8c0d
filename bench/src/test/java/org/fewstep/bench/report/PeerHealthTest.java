package org.fewstep.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.bench.machine.FmaPeak;
import org.junit.jupiter.api.Test;

class PeerHealthTest {
    /** Microseconds of the multiply-adds on a machine of 200 GFLOP/s a thread. */
    private static final double PEAK = FmaPeak.FLOPS / 200e3;

    private static final double PRODUCT_FLOPS = 2.0 * 512 * 512 * 512;

    /** A run whose libtorch reaches a share of the peak. */
    private static JmhText run(double share1, double share2) {
        return new JmhText()
                .add("machine.PeakBenchmark.run", PEAK, PEAK, "threads", "1")
                .add("machine.PeakBenchmark.run", PEAK, PEAK, "threads", "2")
                .add("peers.djl.MatMulBenchmark.run", time(share1, 1), time(share1, 1), product("1"))
                .add("peers.djl.MatMulBenchmark.run", time(share2, 2), time(share2, 2), product("2"))
                .add("ops.SumBenchmark.run", 10, 11, "provider", "default", "threads", "1")
                .add("peers.djl.SumBenchmark.run", 20, 29, "threads", "1");
    }

    private static double time(double share, int threads) {
        return PRODUCT_FLOPS / (200e3 * threads * share);
    }

    private static String[] product(String threads) {
        return new String[] {"sizes", "512x512x512", "threads", threads};
    }

    @Test
    void threeQuartersOfThePeakCount() {
        assertTrue(torch(run(0.84, 0.82)).counts());
        assertTrue(torch(run(0.751, 0.751)).counts());
        assertFalse(torch(run(0.749, 0.8)).counts());
        assertFalse(torch(run(0.8, 0.5)).counts());
    }

    @Test
    void withoutPeakOrProductNothingCounts() {
        JmhText noPeak = new JmhText().add("peers.djl.MatMulBenchmark.run", 100, 100, product("1"));
        assertFalse(torch(noPeak).counts());
        JmhText noProduct = new JmhText().add("machine.PeakBenchmark.run", PEAK, PEAK, "threads", "1");
        assertFalse(torch(noProduct).counts());
    }

    /** OpenBLAS on a processor that it does not know. */
    @Test
    void nd4jIsHeldToLess() {
        assertTrue(PeerHealth.of(nd4j(0.51).run(), PeerHealth.ND4J).counts());
        assertFalse(PeerHealth.of(nd4j(0.49).run(), PeerHealth.ND4J).counts());
        String page = Report.ofRuns(List.of(nd4j(0.3).run())).markdown();
        assertTrue(page.contains("not counted: ND4J unhealthy"), page);
    }

    private static JmhText nd4j(double share) {
        return new JmhText()
                .add("machine.PeakBenchmark.run", PEAK, PEAK, "threads", "1")
                .add(
                        "kernels.MatMulBenchmark.run",
                        10,
                        11,
                        "provider",
                        "default",
                        "sizes",
                        "512x512x512",
                        "threads",
                        "1")
                .add("peers.nd4j.MatMulBenchmark.run", time(share, 1), time(share, 1), product("1"));
    }

    private static PeerHealth torch(JmhText text) {
        return PeerHealth.of(text.run(), PeerHealth.LIBTORCH);
    }

    @Test
    void aReportOfAnUnhealthyRunHasNoRatioToLibtorch() {
        Run sick = run(0.3, 0.8).run();
        String page = Report.ofRuns(List.of(sick)).markdown();
        assertTrue(page.contains("UNHEALTHY"), page);
        assertTrue(page.contains("not counted: libtorch unhealthy"), page);
        assertFalse(page.contains("2.00x"), page);
        String well = Report.ofRuns(List.of(run(0.8, 0.8).run())).markdown();
        assertFalse(well.contains("UNHEALTHY"), well);
        assertTrue(well.contains("2.00x"), well);
    }

    @Test
    void aSpreadTimeOfLibtorchIsDiscarded() {
        JmhText text = new JmhText()
                .add("peers.djl.SumBenchmark.run", 20, 31, "threads", "1")
                .add("peers.nd4j.SumBenchmark.run", 20, 31, "threads", "1");
        List<PeerHealth> well =
                List.of(new PeerHealth(PeerHealth.LIBTORCH, true, ""), new PeerHealth(PeerHealth.ND4J, true, ""));
        Measurement torch = text.run().measurements().get(0);
        assertEquals("discarded: median 1.55x its minimum", PeerHealth.objection(well, torch));
        assertNull(PeerHealth.objection(well, text.run().measurements().get(1)));
        assertNull(PeerHealth.objection(well, run(1, 1).run().measurements().get(5)));
        List<PeerHealth> sick = List.of(new PeerHealth(PeerHealth.LIBTORCH, false, ""));
        assertNotNull(PeerHealth.objection(sick, torch));
    }
}
