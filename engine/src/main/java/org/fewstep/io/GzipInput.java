package org.fewstep.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Strict reader of gzip (RFC 1952): checks CRC and length of every member, and that nothing but members is in the file.
 *
 * <p>{@link java.util.zip.GZIPInputStream} takes bytes after the last member for its end; here they are an error. Errors
 * of the content are {@link BadFileException}s.
 */
public final class GzipInput extends InputStream {
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream raw;
    private final String source;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private long bufferStart;
    private int at;
    private int limit;
    private boolean ended;

    /** Reads from {@code raw}, which messages call {@code source}; {@link #close} closes it. */
    public GzipInput(InputStream raw, String source) throws IOException {
        this.raw = raw;
        this.source = source;
        memberHeader();
    }

    /** Whether a file that begins with these two bytes is gzip. */
    public static boolean isGzip(int first, int second) {
        return first == 0x1f && second == 0x8b;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            int count = inflate(out, offset, length);
            if (count > 0) {
                crc.update(out, offset, count);
                return count;
            }
            if (inflater.finished()) {
                at = limit - inflater.getRemaining();
                memberTrailer();
                ended = !fill();
                if (!ended) {
                    memberHeader();
                }
            } else if (inflater.needsDictionary()) {
                throw fail("a preset dictionary", "none");
            } else {
                if (!fill()) {
                    throw fail("the end of the file", "more compressed data; is the file cut off?");
                }
                inflater.setInput(buffer, at, limit - at);
                at = limit;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        raw.close();
    }

    private int inflate(byte[] out, int offset, int length) {
        try {
            return inflater.inflate(out, offset, length);
        } catch (DataFormatException e) {
            throw new BadFileException(
                    source, bufferStart + at - inflater.getRemaining(), "broken data", "deflate", "fetch it again", e);
        }
    }

    private void memberHeader() throws IOException {
        if (!isGzip(next(), next()) || next() != 8) {
            throw fail("other bytes", "a gzip member or the end of the file");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw fail("reserved flags", "none");
        }
        skipBytes(6); // time, compression level, system
        if ((flags & FEXTRA) != 0) {
            skipBytes(next() | next() << 8);
        }
        if ((flags & FNAME) != 0) {
            skipText();
        }
        if ((flags & FCOMMENT) != 0) {
            skipText();
        }
        if ((flags & FHCRC) != 0) {
            skipBytes(2);
        }
        inflater.reset();
        crc.reset();
    }

    private void memberTrailer() throws IOException {
        long length = inflater.getBytesWritten() & 0xffffffffL;
        if (littleEndian() != crc.getValue() || littleEndian() != length) {
            throw fail("another checksum or length", "those of the data; fetch the file again");
        }
    }

    private long littleEndian() throws IOException {
        return next() | (long) next() << 8 | (long) next() << 16 | (long) next() << 24;
    }

    private void skipBytes(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // a name or comment ends with a zero byte
        }
    }

    private int next() throws IOException {
        if (!fill()) {
            throw fail("the end of the file", "a whole gzip member; is the file cut off?");
        }
        return buffer[at++] & 0xff;
    }

    /** Makes sure that a byte is in the buffer; false at the end of the file. */
    private boolean fill() throws IOException {
        if (at < limit) {
            return true;
        }
        bufferStart += limit;
        at = 0;
        limit = Math.max(0, raw.read(buffer));
        return limit > 0;
    }

    private BadFileException fail(String got, String expected) {
        return new BadFileException(source, bufferStart + at, got, expected, "the gzip file is damaged");
    }
}
