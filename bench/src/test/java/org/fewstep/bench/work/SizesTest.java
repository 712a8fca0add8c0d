package org.fewstep.bench.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @Test
    void readsNumbers() {
        assertArrayEquals(new int[] {256, 384, 1536}, Sizes.of("256x384x1536", 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1x2", "1x2x3x4", "1x-2x3", "1x0x3", "1,2,3", "1x2xa", "1x2x99999999999"})
    void refusesOthers(String text) {
        assertThrows(IllegalArgumentException.class, () -> Sizes.of(text, 3));
    }
}
