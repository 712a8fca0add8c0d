package org.fewstep.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.junit.jupiter.api.Test;

class JmhFileTest {
    private static final JmhText GOOD = new JmhText()
            .add("networks.MlpStepBenchmark.run", 4000, 4100, "threads", "2", "provider", "default", "mode", "eager")
            .add("peers.djl.MlpStepBenchmark.run", 5300, 5400, "threads", "2");

    private static List<Measurement> parse(String text) {
        return JmhFile.parse(text.getBytes(StandardCharsets.UTF_8), "run.json");
    }

    @Test
    void readsWhoDidWhatInWhatTime() {
        List<Measurement> all = parse(GOOD.text());
        Measurement own = all.get(0);
        Measurement peer = all.get(1);
        assertEquals("fewstep/default/eager", own.who());
        assertEquals("djl", peer.who());
        assertEquals("MlpStep", own.work());
        assertEquals(Map.of("threads", "2"), own.params());
        assertTrue(own.sameWork(peer));
        assertEquals(4e-3, own.min(), 1e-12);
        assertEquals(4.1e-3, own.median(), 1e-12);
        assertTrue(Double.isNaN(own.error()));
        assertEquals(2048, own.allocated());
        assertEquals("25.0.3", own.jdk());
    }

    @Test
    void truncatedFilesAreBadFiles() {
        String text = GOOD.text();
        for (int end = 0; end < text.length(); end++) {
            String cut = text.substring(0, end);
            assertThrows(BadFileException.class, () -> parse(cut), cut);
        }
    }

    @Test
    void otherFilesAreBadFiles() {
        for (String text : List.of("{}", "[]", "3", "[1]", "[{}]", "[null]", "\"\"", "[[]]")) {
            assertThrows(BadFileException.class, () -> parse(text), text);
        }
    }

    @Test
    void wrongValuesAreBadFiles() {
        String text = GOOD.text();
        for (String[] swap : new String[][] {
            {"org.fewstep.bench.networks.MlpStepBenchmark.run", "com.other.MlpStepBenchmark.run"},
            {"org.fewstep.bench.networks.MlpStepBenchmark.run", "org.fewstep.bench.networks.MlpStep.run"},
            {"org.fewstep.bench.networks.MlpStepBenchmark.run", "org.fewstep.bench."},
            {"org.fewstep.bench.peers.djl.MlpStepBenchmark.run", "org.fewstep.bench.peers.XBenchmark.run"},
            {"us/op", "ops/s"},
            {"4000.0", "-1.0"},
            {"4000.0", "0"},
            {"4000.0", "1e400"},
            {"4000.0", "4200.0"},
            {"4000.0", "\"NaN\""},
            {"\"scoreError\":\"NaN\"", "\"scoreError\":-1"},
            {"\"scoreError\":\"NaN\"", "\"scoreError\":\"Infinity\""},
            {"\"50.0\"", "\"51.0\""},
            {"\"primaryMetric\"", "\"other\""},
            {"\"forks\":3", "\"forks\":3e99"},
            {"\"threads\":\"2\"", "\"threads\":2"},
            {"2048.0", "\"many\""},
        }) {
            String changed = text.replace(swap[0], swap[1]);
            assertTrue(!changed.equals(text), swap[0]);
            assertThrows(BadFileException.class, () -> parse(changed), swap[1]);
        }
    }

    @Test
    void theSameTwiceIsABadFile() {
        String twice = GOOD.text().replaceFirst("^\\[", "[" + entry() + ",");
        assertThrows(BadFileException.class, () -> parse(twice));
    }

    private static String entry() {
        String one = new JmhText()
                .add("peers.djl.MlpStepBenchmark.run", 1, 2, "threads", "2")
                .text();
        return one.substring(1, one.length() - 1);
    }

    @Test
    void deepNestingIsABadFile() {
        assertThrows(BadFileException.class, () -> parse("[".repeat(100_000)));
    }
}
