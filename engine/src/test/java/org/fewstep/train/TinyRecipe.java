package org.fewstep.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Recipes that train in a moment. */
final class TinyRecipe {
    private TinyRecipe() {}

    /** MeanFlow on eight Gaussians, 40 steps of 16 samples, with assignments. */
    static Recipe meanFlow(String... overrides) {
        return Recipe.from(map("mean-flow"), List.of(overrides));
    }

    /** Flow matching on eight Gaussians, 40 steps of 16 samples, with assignments. */
    static Recipe flowMatching(String... overrides) {
        return Recipe.from(map("flow-matching"), List.of(overrides));
    }

    /** A method of noise levels on eight Gaussians, 40 steps of 16 samples, with assignments. */
    static Recipe level(String method, String... overrides) {
        return Recipe.from(map(method), List.of(overrides));
    }

    /** An interpolant from two moons to eight Gaussians, 40 steps of 16 samples, with assignments. */
    static Recipe interpolant(String... overrides) {
        return Recipe.from(interpolantMap(), List.of(overrides));
    }

    static Map<String, Object> interpolantMap() {
        Map<String, Object> map = map("interpolant");
        map.put("source", Map.of("kind", "two-moons"));
        return map;
    }

    static Map<String, Object> map(String method) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", "tiny");
        map.put("data", Map.of("kind", "eight-gaussians"));
        map.put("method", Map.of("kind", method));
        map.put("network", Map.of("kind", "mlp", "width", 16, "depth", 2));
        map.put("optimizer", Map.of("warm-up", 5, "schedule", "cosine", "clip", 1.0, "weight-decay", 0.01));
        map.put(
                "training",
                Map.of("batch", 16, "steps", 40, "log-every", 3, "checkpoint-every", 7, "ema", List.of(0.9, 0.99)));
        return map;
    }

    /** Class-conditional glyphs of 8 x 8 pixels. */
    static Map<String, Object> glyphs(String method) {
        Map<String, Object> map = map(method);
        map.put("data", Map.of("kind", "glyphs", "classes", 3, "size", 8));
        map.put("network", Map.of("kind", "residual-mlp", "width", 24, "depth", 2, "cond-width", 16));
        return map;
    }
}
