package org.fewstep.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sizes of the first processor's caches in bytes.
 *
 * @param l2 second level
 * @param l3 third level, 0 where there is none
 */
record Caches(long l2, long l3) {
    private static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");

    /** As Linux states them; 1 MiB and 32 MiB where it does not. */
    static Caches read() {
        long l2 = level(2);
        long l3 = level(3);
        return new Caches(l2 > 0 ? l2 : 1 << 20, l2 > 0 ? Math.max(0, l3) : 32 << 20);
    }

    private static long level(int level) {
        for (int i = 0; i < 8; i++) {
            Path index = FOLDER.resolve("index" + i);
            try {
                if (Integer.parseInt(Files.readString(index.resolve("level")).strip()) == level
                        && !Files.readString(index.resolve("type")).strip().equals("Instruction")) {
                    return bytes(Files.readString(index.resolve("size")).strip());
                }
            } catch (IOException | NumberFormatException e) {
                return -1; // no such cache, or another system
            }
        }
        return -1;
    }

    /** The number of a text such as {@code 2048K}. */
    static long bytes(String size) {
        char unit = size.isEmpty() ? '0' : size.charAt(size.length() - 1);
        long factor = unit == 'K' ? 1 << 10 : unit == 'M' ? 1 << 20 : 1;
        return factor * Long.parseLong(factor == 1 ? size : size.substring(0, size.length() - 1));
    }
}
