package org.fewstep.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lays tensors out and writes them. */
final class SafeTensorsWriter {
    private final byte[] header;
    private final List<TensorSource> inOrder = new ArrayList<>();

    SafeTensorsWriter(Map<String, String> metadata, Map<String, ? extends TensorSource> tensors) {
        Map<String, TensorInfo> infos = new LinkedHashMap<>();
        List<Map.Entry<String, ? extends TensorSource>> sorted = new ArrayList<>(tensors.entrySet());
        sorted.sort(Comparator.<Map.Entry<String, ? extends TensorSource>>comparingInt(
                        e -> -e.getValue().type().bytes())
                .thenComparing(Map.Entry::getKey));
        long at = 0;
        for (Map.Entry<String, ? extends TensorSource> entry : sorted) {
            TensorInfo info = place(entry.getKey(), entry.getValue(), at);
            at = info.end();
            infos.put(entry.getKey(), info);
            inOrder.add(entry.getValue());
        }
        header = new SafeTensorsHeader(new TreeMap<>(metadata), infos).format();
        if (header.length > SafeTensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("SafeTensors.write: got a header of " + header.length
                    + " bytes; expected at most " + SafeTensorsHeader.MAX_BYTES + "; shorten the metadata");
        }
    }

    void writeTo(FileChannel channel) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(SafeTensorsHeader.START + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .flip();
        AtomicFile.writeFully(channel, head);
        for (TensorSource source : inOrder) {
            TensorChunks.forEach(source, chunk -> AtomicFile.writeFully(channel, chunk));
        }
    }

    private static TensorInfo place(String name, TensorSource source, long at) {
        long[] shape = source.shape();
        if (name.equals(SafeTensorsHeader.METADATA) || shape.length > SafeTensorsHeader.MAX_RANK) {
            throw new IllegalArgumentException("SafeTensors.write: got tensor " + BadFileException.quote(name)
                    + " with "
                    + shape.length + " axes; expected another name than " + SafeTensorsHeader.METADATA + " and at most "
                    + SafeTensorsHeader.MAX_RANK + " axes; rename or reshape it");
        }
        long end = at + source.type().bytesOf(shape);
        if (end < 0) {
            throw new IllegalArgumentException(
                    "SafeTensors.write: got more than 2^63 bytes; expected less; check the shapes");
        }
        return new TensorInfo(name, source.type(), shape, at, end);
    }
}
