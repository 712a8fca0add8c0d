package org.fewstep.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The safetensors format: named tensors behind a JSON header ({@link SafeTensorsHeader} has the layout).
 *
 * <p>Reading is strict and lazy: {@link #open} checks the whole header against the length of the file, tensors are read
 * when asked for. Writing is deterministic and atomic: metadata sorted by key, tensors by falling element size, then by
 * name, so that each lies at a multiple of its element size.
 */
public final class SafeTensors {
    /** Longest array that every JVM can make. */
    private static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

    private SafeTensors() {}

    /**
     * Opens a file and checks its header; no tensor is read yet.
     *
     * @throws BadFileException if the file breaks the format in any way
     * @throws UncheckedIOException if reading fails
     */
    public static Reader open(Path path) {
        FileBytes.size(path); // refuses folders, pipes and devices, which could block or never end
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            Reader reader = new Reader(path.toString(), channel);
            channel = null;
            return reader;
        } catch (IOException e) {
            throw new UncheckedIOException("open " + path, e);
        } finally {
            closeQuietly(channel);
        }
    }

    /**
     * Replaces a file by these tensors, or leaves everything as it was.
     *
     * @throws IllegalArgumentException if a name is reserved, a shape is impossible, or the folder is missing
     * @throws IllegalStateException if a source does not fill a chunk
     * @throws UncheckedIOException if writing fails
     */
    public static void write(Path path, Map<String, String> metadata, Map<String, ? extends TensorSource> tensors) {
        AtomicFile.write(path, new SafeTensorsWriter(metadata, tensors)::writeTo);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An open file; it may be shared by threads. After {@link #close}, reading throws IllegalStateException. */
    public static final class Reader implements AutoCloseable {
        private final String source;
        private final FileChannel channel;
        private final SafeTensorsHeader header;
        private final long dataStart;

        private Reader(String source, FileChannel channel) throws IOException {
            this.source = source;
            this.channel = channel;
            long size = channel.size();
            if (size < SafeTensorsHeader.START) {
                throw new BadFileException(source, 0, size + " bytes", "at least 8", "is the file cut off?");
            }
            ByteBuffer length = ByteBuffer.allocate(SafeTensorsHeader.START).order(ByteOrder.LITTLE_ENDIAN);
            readFully(length, 0);
            long headerBytes = length.getLong(0);
            long most = Math.min(size - SafeTensorsHeader.START, SafeTensorsHeader.MAX_BYTES);
            if (headerBytes < 0 || headerBytes > most) {
                throw new BadFileException(
                        source,
                        0,
                        "a header of " + Long.toUnsignedString(headerBytes) + " bytes",
                        "at most " + most,
                        "is it a safetensors file?");
            }
            ByteBuffer json = ByteBuffer.allocate((int) headerBytes);
            readFully(json, SafeTensorsHeader.START);
            dataStart = SafeTensorsHeader.START + headerBytes;
            header = SafeTensorsHeader.parse(json.array(), source, size - dataStart);
        }

        /** Names of the tensors in header order. */
        public Set<String> names() {
            return header.tensors().keySet();
        }

        /** The metadata strings in header order; empty if the file has none. */
        public Map<String, String> metadata() {
            return header.metadata();
        }

        /**
         * Type, shape and place of a tensor.
         *
         * @throws BadFileException if the file has no tensor of that name
         */
        public TensorInfo info(String name) {
            TensorInfo info = header.tensors().get(name);
            if (info == null) {
                throw new BadFileException(
                        source,
                        BadFileException.NO_OFFSET,
                        "no tensor " + BadFileException.quote(name),
                        "it among the " + names().size() + " tensors",
                        "is it a file of another model?");
            }
            return info;
        }

        /** The values of an F32, F16 or BF16 tensor; the last two are widened exactly. */
        public float[] readFloats(String name) {
            TensorInfo info = typed(name, "readFloats", EnumSet.of(StoredType.F32, StoredType.F16, StoredType.BF16));
            float[] out = new float[arrayLength(info, info.elements())];
            int[] at = new int[1];
            forEachChunk(name, chunk -> {
                int count = chunk.remaining() / info.type().bytes();
                if (info.type() == StoredType.F32) {
                    chunk.asFloatBuffer().get(out, at[0], count);
                } else {
                    for (int i = 0; i < count; i++) {
                        out[at[0] + i] = widen(info.type(), chunk.getShort());
                    }
                }
                at[0] += count;
            });
            return out;
        }

        /** The values of an F64, F32, F16 or BF16 tensor; all but the first are widened exactly. */
        public double[] readDoubles(String name) {
            TensorInfo info = info(name);
            if (info.type() != StoredType.F64) {
                float[] floats = readFloats(name);
                double[] wide = new double[floats.length];
                for (int i = 0; i < wide.length; i++) {
                    wide[i] = floats[i];
                }
                return wide;
            }
            double[] out = new double[arrayLength(info, info.elements())];
            int[] at = new int[1];
            forEachChunk(name, chunk -> {
                int count = chunk.remaining() / Double.BYTES;
                chunk.asDoubleBuffer().get(out, at[0], count);
                at[0] += count;
            });
            return out;
        }

        /** The values of an I32, I16, U16, I8, U8 or BOOL tensor. */
        public int[] readInts(String name) {
            TensorInfo info = typed(
                    name,
                    "readInts",
                    EnumSet.of(
                            StoredType.I32,
                            StoredType.I16,
                            StoredType.U16,
                            StoredType.I8,
                            StoredType.U8,
                            StoredType.BOOL));
            int[] out = new int[arrayLength(info, info.elements())];
            int[] at = new int[1];
            forEachChunk(name, chunk -> {
                while (chunk.hasRemaining()) {
                    out[at[0]++] = (int) integer(info, chunk);
                }
            });
            return out;
        }

        /** The values of an I64 or U32 tensor, or of any that {@link #readInts} takes. */
        public long[] readLongs(String name) {
            TensorInfo info = info(name);
            if (info.type() != StoredType.I64 && info.type() != StoredType.U32) {
                int[] ints = readInts(name);
                long[] wide = new long[ints.length];
                for (int i = 0; i < wide.length; i++) {
                    wide[i] = ints[i];
                }
                return wide;
            }
            long[] out = new long[arrayLength(info, info.elements())];
            int[] at = new int[1];
            forEachChunk(name, chunk -> {
                while (chunk.hasRemaining()) {
                    out[at[0]++] = integer(info, chunk);
                }
            });
            return out;
        }

        /** The little-endian bytes of a tensor of any type. */
        public byte[] readBytes(String name) {
            TensorInfo info = info(name);
            byte[] out = new byte[arrayLength(info, info.bytes())];
            int[] at = new int[1];
            forEachChunk(name, chunk -> {
                int count = chunk.remaining();
                chunk.get(out, at[0], count);
                at[0] += count;
            });
            return out;
        }

        /** Passes the bytes of a tensor to {@code sink}: little-endian chunks at multiples of 8 bytes, reused. */
        public void forEachChunk(String name, Consumer<ByteBuffer> sink) {
            TensorInfo info = info(name);
            ByteBuffer chunk = TensorChunks.buffer(info.bytes());
            try {
                for (long offset = 0; offset < info.bytes(); offset += chunk.limit()) {
                    chunk.clear().limit((int) Math.min(chunk.capacity(), info.bytes() - offset));
                    readFully(chunk, dataStart + info.begin() + offset);
                    sink.accept(chunk);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("read " + source, e);
            }
        }

        @Override
        public void close() {
            closeQuietly(channel);
        }

        private void readFully(ByteBuffer buffer, long start) throws IOException {
            try {
                long at = start;
                while (buffer.hasRemaining()) {
                    int count = channel.read(buffer, at);
                    if (count < 0) {
                        throw new BadFileException(
                                source,
                                at,
                                "the end of the file",
                                buffer.remaining() + " more bytes",
                                "did it shrink?");
                    }
                    at += count;
                }
                buffer.flip();
            } catch (ClosedChannelException e) {
                throw new IllegalStateException("read " + source + ": got a closed reader; expected an open one", e);
            }
        }

        private TensorInfo typed(String name, String op, Set<StoredType> allowed) {
            TensorInfo info = info(name);
            if (!allowed.contains(info.type())) {
                throw new BadFileException(
                        source,
                        dataStart + info.begin(),
                        info.type() + " in tensor " + BadFileException.quote(name),
                        "one of " + allowed + " for " + op,
                        "is it a file of another model?");
            }
            return info;
        }

        private int arrayLength(TensorInfo info, long length) {
            if (length > MAX_ARRAY) {
                throw new BadFileException(
                        source,
                        dataStart + info.begin(),
                        "an array of " + length + " for tensor " + BadFileException.quote(info.name()),
                        "at most " + MAX_ARRAY + " elements",
                        "read it chunk by chunk");
            }
            return (int) length;
        }

        private static float widen(StoredType type, short bits) {
            return type == StoredType.F16 ? Half.fromF16(bits) : Half.fromBf16(bits);
        }

        private long integer(TensorInfo info, ByteBuffer chunk) {
            return switch (info.type()) {
                case I64 -> chunk.getLong();
                case I32 -> chunk.getInt();
                case U32 -> Integer.toUnsignedLong(chunk.getInt());
                case I16 -> chunk.getShort();
                case U16 -> Short.toUnsignedInt(chunk.getShort());
                case I8 -> chunk.get();
                case U8 -> Byte.toUnsignedInt(chunk.get());
                case BOOL -> bool(info, chunk.get());
                default -> throw new IllegalStateException("integer: got " + info + "; expected an integer type");
            };
        }

        private int bool(TensorInfo info, byte value) {
            if (value != 0 && value != 1) {
                throw new BadFileException(
                        source,
                        BadFileException.NO_OFFSET,
                        "the byte " + value + " in BOOL tensor " + BadFileException.quote(info.name()),
                        "0 or 1",
                        "is it a tensor of another type?");
            }
            return value;
        }
    }
}
