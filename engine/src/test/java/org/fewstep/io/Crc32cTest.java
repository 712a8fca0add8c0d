package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    @Test
    void checkValueOfTheStandard() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertEquals(0xe3069283L, Crc32c.of(TensorSource.ofBytes(StoredType.U8, digits, 9)));
        assertEquals(0, Crc32c.of(TensorSource.of(new float[0], 0)));
    }

    @Test
    void bytesAreLittleEndianAndEveryBitCounts() {
        byte[] one = {0, 0, (byte) 0x80, 0x3f};
        assertEquals(
                Crc32c.of(TensorSource.ofBytes(StoredType.U8, one, 4)),
                Crc32c.of(TensorSource.of(new float[] {1f}, 1)));
        assertNotEquals(
                Crc32c.of(TensorSource.of(new float[] {0f}, 1)), Crc32c.of(TensorSource.of(new float[] {-0f}, 1)));
    }
}
