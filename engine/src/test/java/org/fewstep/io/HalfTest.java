package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HalfTest {
    @Test
    void allBinary16ValuesFollowTheDefinition() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 0x1f;
            int fraction = bits & 0x3ff;
            float value = Half.fromF16((short) bits);
            double sign = bits < 0x8000 ? 1 : -1;
            if (exponent == 31 && fraction != 0) {
                assertTrue(Float.isNaN(value));
            } else if (exponent == 31) {
                assertEquals(sign * Double.POSITIVE_INFINITY, value);
            } else {
                double magnitude = exponent == 0
                        ? fraction * Math.pow(2, -24)
                        : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
                assertEquals(sign * magnitude, value);
            }
        }
    }

    @Test
    void bfloat16IsTheUpperHalfOfAFloat() {
        assertEquals(1f, Half.fromBf16((short) 0x3f80));
        assertEquals(-3.140625f, Half.fromBf16((short) 0xc049));
        assertEquals(Float.NEGATIVE_INFINITY, Half.fromBf16((short) 0xff80));
        assertTrue(Float.isNaN(Half.fromBf16((short) 0x7fc0)));
        assertEquals(0x1p-133f, Half.fromBf16((short) 1));
    }
}
