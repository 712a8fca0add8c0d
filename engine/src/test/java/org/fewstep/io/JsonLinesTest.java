package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
    @Test
    void oneValueALineInOneWrite() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int[] writes = new int[1];
        OutputStream counted = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("single byte");
            }

            @Override
            public void write(byte[] b, int offset, int length) {
                writes[0]++;
                bytes.write(b, offset, length);
            }
        };
        try (JsonLines lines = new JsonLines(counted)) {
            lines.write(JsonObject.builder().put("step", 1L).put("text", "a\nb").build());
            lines.write(JsonArray.of(0.5, 1.0));
        }
        assertEquals("{\"step\":1,\"text\":\"a\\nb\"}\n[0.5,1.0]\n", bytes.toString(StandardCharsets.US_ASCII));
        assertEquals(2, writes[0]);
    }

    @Test
    void aFailingStreamIsReported() {
        JsonLines lines = new JsonLines(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("disk full");
            }
        });
        assertThrows(UncheckedIOException.class, () -> lines.write(JsonNull.INSTANCE));
    }
}
