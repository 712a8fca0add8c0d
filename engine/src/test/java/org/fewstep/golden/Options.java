package org.fewstep.golden;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.fewstep.io.JsonCursor;

/** The params of a case, read by name; a key that nothing reads is unknown. */
final class Options {
    /** Keys that repeat in words or numbers what is fixed elsewhere. */
    private static final Set<String> DOCUMENTATION = Set.of(
            "net_input",
            "cost",
            "numerical_clip_eps",
            "riemann_points",
            "return_info",
            "trig_net_input",
            "c_noise",
            "z_scaled",
            "restart_noise_scaled",
            "train_eps",
            "sample_eps");

    private final JsonCursor params;
    private final Set<String> read = new HashSet<>();

    Options(JsonCursor params) {
        this.params = params;
    }

    private JsonCursor get(String key) {
        read.add(key);
        return params.get(key);
    }

    double number(String key) {
        return get(key).asDouble();
    }

    int integer(String key) {
        return get(key).asInt();
    }

    boolean bool(String key) {
        return get(key).asBool();
    }

    String string(String key) {
        return get(key).asString();
    }

    boolean has(String key) {
        return params.has(key);
    }

    /** A string that must be one of those given. */
    String choice(String key, String... allowed) {
        String value = string(key);
        for (String one : allowed) {
            if (one.equals(value)) {
                return value;
            }
        }
        throw get(key).fail("\"" + value + "\"", "one of " + String.join(", ", allowed), "no adapter knows this value");
    }

    /** An optional number. */
    double number(String key, double absent) {
        return params.has(key) ? number(key) : absent;
    }

    /** An optional integer. */
    int integer(String key, int absent) {
        return params.has(key) ? integer(key) : absent;
    }

    /** A nested object of options, whose keys the adapter checks itself. */
    JsonCursor object(String key) {
        return get(key);
    }

    /** Whether a key is absent or null, as an option that is switched off. */
    boolean isNull(String key) {
        return !params.has(key) || get(key).isNull();
    }

    /** Demands that a key is absent or null, as an option that is switched off. */
    void requireNull(String key) {
        if (!isNull(key)) {
            throw get(key).fail("a value", "null", "this case has no use for it");
        }
    }

    /** Keys of this case that are documentation. */
    void ignore(String... keys) {
        read.addAll(Set.of(keys));
    }

    /** An error about the value of a key. */
    RuntimeException fail(String key, String got, String expected) {
        return get(key).fail(got, expected, "no adapter knows this value");
    }

    /**
     * Ends the case.
     *
     * @throws AssertionError naming the keys that nothing read
     */
    void finish() {
        Set<String> unknown = new TreeSet<>(params.keys());
        unknown.removeAll(read);
        unknown.removeAll(DOCUMENTATION);
        if (!unknown.isEmpty()) {
            throw new AssertionError("unknown params keys " + unknown + ": the adapter reads " + new TreeSet<>(read));
        }
    }
}
