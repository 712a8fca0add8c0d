package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    Path folder;

    private String jsonl() throws IOException {
        return Files.readString(folder.resolve(MetricsLog.JSONL));
    }

    private String csv() throws IOException {
        return Files.readString(folder.resolve(MetricsLog.CSV));
    }

    /** Steps from..to of a run that evaluates each tenth step from 20 on. */
    private static void train(MetricsLog log, long from, long to) {
        for (long step = from; step <= to; step++) {
            log.row(step, Map.of("loss", 1.0 / step, "rate", 1e-3));
            if (step % 10 == 0 && step >= 20) {
                log.row(step, Map.of("distance", step * 0.1));
            }
        }
    }

    @Test
    void rowsReachBothFiles() throws IOException {
        try (MetricsLog log = MetricsLog.open(folder, -1)) {
            log.row(1, Map.of("loss", 0.5, "a,\"b", 2.0));
            log.row(2, Map.of("loss", Double.NaN));
            log.row(2, Map.of("extra", Double.NEGATIVE_INFINITY, "loss", 0.1));
            log.force();
        }
        assertEquals("""
                {"step":1,"a,\\"b":2.0,"loss":0.5}
                {"step":2,"loss":"NaN"}
                {"step":2,"extra":"-Infinity","loss":0.1}
                """, jsonl());
        assertEquals("""
                step,"a,""b",loss,extra
                1,2.0,0.5,
                2,,NaN,
                2,,0.1,-Infinity
                """, csv());
        String before = csv();
        MetricsLog.open(folder, 2).close();
        assertEquals(before, csv());
    }

    @Test
    void killedAndResumedRunsLeaveTheBytesOfAnUnbrokenOne(@TempDir Path other) throws IOException {
        try (MetricsLog log = MetricsLog.open(other, -1)) {
            train(log, 1, 60);
        }
        Random random = new Random(4);
        for (int kill = 0; kill < 60; kill += 4) {
            try (MetricsLog log = MetricsLog.open(folder, -1)) {
                train(log, 1, kill);
            }
            long checkpoint = random.nextInt(kill + 1);
            if (kill % 12 != 0) { // a torn last line, in either file
                String torn = "{\"step\":" + (kill + 1) + ",\"lo";
                Files.writeString(folder.resolve(MetricsLog.JSONL), torn, StandardOpenOption.APPEND);
                Files.writeString(folder.resolve(MetricsLog.CSV), "12,0.", StandardOpenOption.APPEND);
            }
            try (MetricsLog log = MetricsLog.open(folder, checkpoint)) {
                train(log, checkpoint + 1, 60);
            }
            assertEquals(-1, Files.mismatch(folder.resolve(MetricsLog.JSONL), other.resolve(MetricsLog.JSONL)));
            assertEquals(-1, Files.mismatch(folder.resolve(MetricsLog.CSV), other.resolve(MetricsLog.CSV)));
        }
    }

    @Test
    void aNewRunStartsEmpty() throws IOException {
        try (MetricsLog log = MetricsLog.open(folder, -1)) {
            train(log, 1, 5);
        }
        MetricsLog.open(folder, -1).close();
        assertEquals("", jsonl());
        assertEquals("step\n", csv());
    }

    @Test
    void stepsGoForward() {
        try (MetricsLog log = MetricsLog.open(folder, -1)) {
            log.row(5, Map.of("loss", 1.0));
            assertThrows(IllegalArgumentException.class, () -> log.row(4, Map.of("loss", 1.0)));
            assertThrows(IllegalArgumentException.class, () -> log.row(6, Map.of("step", 1.0)));
        }
        try (MetricsLog log = MetricsLog.open(folder, 5)) {
            assertThrows(IllegalArgumentException.class, () -> log.row(4, Map.of("loss", 1.0)));
        }
    }

    @Test
    void foreignRowsAreRefusedAndLeftAlone() throws IOException {
        for (String line : new String[] {
            "x\n",
            "{}\n",
            "{\"step\":\"1\"}\n",
            "{\"step\":1,\"loss\":true}\n",
            "{\"step\":1,\"loss\":\"nan\"}\n",
            "[1]\n",
            "{\"step\":2}\n{\"step\":1}\n",
            "{\"step\":-1}\n",
            "\n"
        }) {
            Files.writeString(folder.resolve(MetricsLog.JSONL), line);
            assertThrows(BadFileException.class, () -> MetricsLog.open(folder, 100), line);
            assertEquals(line, jsonl());
        }
    }

    @Test
    void aMissingFolderIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> MetricsLog.open(folder.resolve("x"), -1));
    }
}
