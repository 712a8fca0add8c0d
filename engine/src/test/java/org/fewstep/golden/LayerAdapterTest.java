package org.fewstep.golden;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.EngineTest;
import org.fewstep.io.Json;
import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonNumber;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonString;
import org.fewstep.io.JsonValue;
import org.fewstep.kernels.DType;
import org.junit.jupiter.api.Test;

/** A layer file that says something the adapter does not know fails and names it. */
class LayerAdapterTest extends EngineTest {
    private static JsonObject with(JsonObject root, JsonValue value, String... path) {
        Map<String, JsonValue> members = new LinkedHashMap<>(root.members());
        String[] rest = java.util.Arrays.copyOfRange(path, 1, path.length);
        members.put(
                path[0],
                rest.length == 0 ? value : with((JsonObject) root.members().get(path[0]), value, rest));
        return new JsonObject(members);
    }

    private void refused(String name, String message, JsonValue value, String... path) {
        Path folder = Path.of(System.getProperty("basedir", "")).resolve("src/test/resources/golden/networks");
        JsonObject root = with((JsonObject) Json.read(folder.resolve(name + ".json")), value, path);
        Throwable error = assertThrows(
                Throwable.class,
                () -> GoldenRun.check(Adapters.of("networks", name), JsonCursor.root(root, name), device, DType.F64));
        assertTrue(String.valueOf(error.getMessage()).contains(message), error.toString());
    }

    @Test
    void unknownKeysAndValuesFail() {
        JsonValue one = JsonNumber.of(1);
        refused("layer_rms_norm", "bias", one, "model", "config", "bias");
        refused("layer_rms_norm", "shift", one, "model", "weights", "shift");
        refused("layer_rms_norm", "scheme", one, "model", "scheme");
        refused("layer_rms_norm", "LayerNorm", new JsonString("LayerNorm"), "model", "class");
        refused("layer_rms_norm", "network", new JsonString("network"), "model", "kind");
        refused("layer_rms_norm", "grad_z", one, "expected", "grad_z");
        refused("layer_rms_norm", "temperature", one, "params", "temperature");
        refused("layer_rms_norm", "teacher", one, "teacher");
        refused("layer_adaln_zero", "tokens", one, "model", "config", "tokens");
        refused("layer_conv_transpose2d", "[out]", new JsonString("[out]"), "model", "config", "weight_layout");
    }
}
