package org.fewstep.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds safetensors files byte by byte, right or wrong. */
final class SafeTensorsFile {
    private SafeTensorsFile() {}

    /** A file with the header's true length. */
    static byte[] bytes(String header, int dataBytes) {
        return bytes(header.getBytes(StandardCharsets.UTF_8).length, header, dataBytes);
    }

    /** A file with any claimed header length. */
    static byte[] bytes(long headerBytes, String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerBytes)
                .put(json)
                .array();
    }

    static Path write(Path folder, byte[] bytes) throws IOException {
        Path path = folder.resolve("t.safetensors");
        Files.deleteIfExists(path); // some file systems flush a file that is truncated and written again
        return Files.write(path, bytes);
    }
}
