package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.model.PositionTable;

/** The fixed position encoding of a grid of tokens. */
final class PositionTableAdapter implements Adapter {
    @Override
    public Set<String> documentation() {
        return Set.of("checks");
    }

    @Override
    public boolean f64Only() {
        return true;
    }

    @Override
    public void run(GoldenRun run) {
        JsonCursor model = run.model("model");
        model.onlyKeys(Set.of("kind", "class", "config", "forward"));
        GoldenRun.requireKind(model, "layer");
        JsonCursor config = model.get("config");
        config.onlyKeys(Set.of("features", "grid"));
        int features = config.get("features").asInt();
        int grid = config.get("grid").asInt();
        run.expected().offer("table", PositionTable.grid(features, grid), grid * grid, features);
    }
}
