package org.fewstep.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.fewstep.io.FileBytes;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.MetricsLog;

/** The losses in a run folder's metrics, those of an interrupted first part included. */
final class LossCurve {
    private static final int MAX_BYTES = 1 << 28;
    private static final String LOSS = "loss";

    private LossCurve() {}

    /** Loss by step, of the rows that have one. */
    static Map<Long, Double> read(Path folder) {
        Path file = folder.resolve(MetricsLog.JSONL);
        Map<Long, Double> losses = new TreeMap<>();
        String text = new String(FileBytes.read(file, MAX_BYTES), StandardCharsets.UTF_8);
        text.lines().forEach(line -> {
            JsonCursor row = JsonCursor.root(Json.parse(line), file.toString());
            if (row.keys().contains(LOSS)) {
                losses.put(row.get("step").asLong(), row.get(LOSS).asDouble());
            }
        });
        return losses;
    }
}
