package org.fewstep.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, checked against the length of the data section.
 *
 * <p>Layout of the file: 8 bytes header length N (unsigned, little-endian), N bytes of JSON that start with an opening
 * brace and may be padded with spaces, then the data. The tensors must cover the data exactly, in any order.
 */
record SafeTensorsHeader(Map<String, String> metadata, Map<String, TensorInfo> tensors) {
    static final String METADATA = "__metadata__";
    static final int MAX_BYTES = 100_000_000;
    static final int MAX_RANK = 64;

    /** File offset of the header: after its length. */
    static final int START = 8;

    private static final int ALIGNMENT = 8;

    SafeTensorsHeader {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** Reads and checks a header; {@code dataBytes} is what the file has after it. */
    static SafeTensorsHeader parse(byte[] json, String source, long dataBytes) {
        JsonParser in = new JsonParser(json, source, START);
        if (json.length == 0 || json[0] != '{') {
            throw in.fail("a header without an opening brace", "'{' as its first byte", "is it a safetensors file?");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        in.object(key -> {
            if (key.equals(METADATA)) {
                in.object(name -> metadata.put(name, in.string()));
            } else {
                tensors.put(key, new Entry(in, key).read());
            }
        });
        checkPadding(json, in);
        checkCoverage(tensors.values(), source, dataBytes);
        return new SafeTensorsHeader(metadata, tensors);
    }

    /** The bytes of the header with spaces at its end, so that the data starts at a multiple of 8. */
    byte[] format() {
        JsonObject.Builder root = JsonObject.builder();
        if (!metadata.isEmpty()) {
            JsonObject.Builder strings = JsonObject.builder();
            metadata.forEach(strings::put);
            root.put(METADATA, strings.build());
        }
        for (TensorInfo tensor : tensors.values()) {
            JsonObject.Builder entry = JsonObject.builder()
                    .put("dtype", tensor.type().name())
                    .put("shape", JsonArray.of(tensor.shape()))
                    .put("data_offsets", JsonArray.of(tensor.begin(), tensor.end()));
            root.put(tensor.name(), entry.build());
        }
        String json = Json.write(root.build());
        int padding = -json.length() & (ALIGNMENT - 1);
        return (json + " ".repeat(padding)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Only spaces may follow the JSON, though white space in JSON is more than that. */
    private static void checkPadding(byte[] json, JsonParser in) {
        in.end();
        int last = json.length - 1;
        while (json[last] == ' ') {
            last--;
        }
        if (json[last] != '}') {
            throw in.fail("padding of other bytes", "spaces", "write the header again");
        }
    }

    /** Sorted by offset, each tensor must begin where the one before ends, the last one at the end of the data. */
    private static void checkCoverage(Iterable<TensorInfo> tensors, String source, long dataBytes) {
        List<TensorInfo> sorted = new ArrayList<>();
        tensors.forEach(sorted::add);
        sorted.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        long covered = 0;
        for (TensorInfo tensor : sorted) {
            if (tensor.begin() != covered) {
                String what = tensor.begin() < covered ? "an overlap" : "a hole";
                throw coverage(
                        source,
                        what + " before tensor " + BadFileException.quote(tensor.name()) + " at data byte "
                                + tensor.begin(),
                        "it to begin at " + covered);
            }
            covered = tensor.end();
            if (covered > dataBytes) {
                throw coverage(
                        source,
                        "a data section of " + dataBytes + " bytes",
                        covered + " for tensor " + BadFileException.quote(tensor.name()) + "; is the file cut off?");
            }
        }
        if (covered != dataBytes) {
            throw coverage(source, (dataBytes - covered) + " bytes after the last tensor", "none");
        }
    }

    private static BadFileException coverage(String source, String got, String expected) {
        return new BadFileException(
                source, BadFileException.NO_OFFSET, got, expected, "the tensors must cover the data exactly");
    }

    /** One tensor's object: dtype, shape and data_offsets, each once and nothing else. */
    private static final class Entry {
        private final JsonParser in;
        private final String name;
        private @Nullable StoredType type;
        private long @Nullable [] shape;
        private long @Nullable [] range;

        Entry(JsonParser in, String name) {
            this.in = in;
            this.name = name;
        }

        TensorInfo read() {
            in.object(key -> {
                switch (key) {
                    case "dtype" -> type = type(in.string());
                    case "shape" -> shape = longs(MAX_RANK);
                    case "data_offsets" -> range = longs(2);
                    default -> throw fail("the key " + BadFileException.quote(key), "dtype, shape, data_offsets only");
                }
            });
            if (type == null || shape == null || range == null) {
                String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
                throw fail("no " + missing, "dtype, shape and data_offsets");
            }
            if (range.length != 2 || range[0] > range[1]) {
                throw fail("data_offsets " + text(range), "[begin, end] with begin <= end");
            }
            long bytes;
            try {
                bytes = type.bytesOf(shape);
            } catch (IllegalArgumentException e) {
                throw fail("the shape " + text(shape) + " of " + type, "a product of at most 2^63 - 1 bytes");
            }
            if (bytes != range[1] - range[0]) {
                throw fail((range[1] - range[0]) + " bytes", bytes + " for " + type + " " + text(shape));
            }
            return new TensorInfo(name, type, shape, range[0], range[1]);
        }

        private StoredType type(String text) {
            StoredType found = StoredType.find(text);
            if (found == null) {
                throw fail("the dtype " + BadFileException.quote(text), "one of " + List.of(StoredType.values()));
            }
            return found;
        }

        /** At most {@code limit} integers that are not negative. */
        private long[] longs(int limit) {
            List<Long> values = new ArrayList<>();
            in.array(() -> {
                JsonNumber number = in.number();
                if (values.size() == limit) {
                    throw fail("a longer list", "at most " + limit + " numbers");
                }
                long value;
                try {
                    value = number.asLong();
                } catch (ArithmeticException e) {
                    throw fail(number.kind(), "an integer below 2^63");
                }
                if (value < 0) {
                    throw fail(number.kind(), "no negative number");
                }
                values.add(value);
            });
            return values.stream().mapToLong(Long::longValue).toArray();
        }

        private static String text(long[] values) {
            return Arrays.toString(values);
        }

        private BadFileException fail(String got, String expected) {
            return in.fail(got, expected, "see tensor " + BadFileException.quote(name));
        }
    }
}
