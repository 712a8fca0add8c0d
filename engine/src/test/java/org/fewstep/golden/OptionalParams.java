package org.fewstep.golden;

import org.fewstep.io.JsonCursor;
import org.fewstep.io.JsonString;

/** Params of a case that have defaults; absent and null mean the default, and infinities are written as strings. */
final class OptionalParams {
    private final Options params;
    private final JsonCursor raw;

    OptionalParams(GoldenRun run) {
        params = run.params();
        raw = run.model("params");
    }

    boolean has(String key) {
        params.ignore(key);
        return raw.has(key) && !raw.get(key).isNull();
    }

    double number(String key, double absent) {
        if (!has(key)) {
            return absent;
        }
        if (raw.get(key).value() instanceof JsonString) {
            params.choice(key, "Infinity");
            return Double.POSITIVE_INFINITY;
        }
        return params.number(key);
    }

    int integer(String key, int absent) {
        return has(key) ? params.integer(key) : absent;
    }

    boolean bool(String key, boolean absent) {
        return has(key) ? params.bool(key) : absent;
    }

    /** A string among those allowed, the first of them being the default. */
    String choice(String key, String... allowed) {
        return has(key) ? params.choice(key, allowed) : allowed[0];
    }
}
