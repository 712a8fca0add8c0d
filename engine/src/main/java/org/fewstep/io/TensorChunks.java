package org.fewstep.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Walks over the bytes of a tensor source in chunks of bounded size. */
final class TensorChunks {
    /** Bytes at once; a multiple of 8, so that no element is split. */
    static final int CHUNK = 1 << 20;

    /** Takes the remaining bytes of a chunk, which is reused afterwards. */
    @FunctionalInterface
    interface Sink {
        void accept(ByteBuffer chunk) throws IOException;
    }

    private TensorChunks() {}

    /** A little-endian buffer large enough for {@code bytes} or for a chunk, whichever is less. */
    static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocate((int) Math.min(bytes, CHUNK)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Passes all bytes of {@code source} to {@code sink}, in order.
     *
     * @throws IllegalStateException if the source does not fill a chunk
     */
    static void forEach(TensorSource source, Sink sink) throws IOException {
        long bytes = source.type().bytesOf(source.shape());
        ByteBuffer chunk = buffer(bytes);
        for (long offset = 0; offset < bytes; offset += CHUNK) {
            chunk.clear().limit((int) Math.min(CHUNK, bytes - offset));
            source.read(offset, chunk);
            if (chunk.hasRemaining()) {
                throw new IllegalStateException("TensorSource.read: got " + chunk.position() + " bytes at offset "
                        + offset + "; expected " + chunk.limit() + "; fill the chunk to its limit");
            }
            sink.accept(chunk.flip());
        }
    }
}
