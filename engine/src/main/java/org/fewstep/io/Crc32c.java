package org.fewstep.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/** CRC-32C (Castagnoli, RFC 3720) of the little-endian bytes of a tensor, as an unsigned 32-bit number. */
public final class Crc32c {
    private Crc32c() {}

    /** Of a tensor about to be written. */
    public static long of(TensorSource source) {
        CRC32C crc = new CRC32C();
        try {
            TensorChunks.forEach(source, crc::update);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return crc.getValue();
    }

    /** Of a tensor in a file. */
    public static long of(SafeTensors.Reader reader, String name) {
        CRC32C crc = new CRC32C();
        reader.forEachChunk(name, crc::update);
        return crc.getValue();
    }
}
