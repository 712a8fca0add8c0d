package org.fewstep.bench.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSpaceTest {
    private static final List<String> NAMES = List.of("items", "m", "n", "a");

    private static IndexSpace space(String groups, String threads) {
        return new IndexSpace("here", groups, threads, NAMES, Map.of("units", 6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "n / 64, m / 64, items; 16, 16; 4; 2; 3; 16; 16",
                "n; 1; 200; 1; 1; 1; 1",
                "n / 3; 8 * 4; 67; 1; 1; 32; 1",
                "(n + 1) * m - 2 * m; 64; 19900; 1; 1; 64; 1",
                "n - m - items; 1; 97; 1; 1; 1; 1",
                "n / 2 / 5; 1; 20; 1; 1; 1; 1",
                "min(n, 16 * units), max(1, m / units); 2, max(1, 3); 96; 17; 1; 2; 3",
                "0; 1; 1; 1; 1; 1; 1",
                "n-m; 1; 100; 1; 1; 1; 1",
                "n * 1 / 10 * 3; 1; 60; 1; 1; 1; 1",
            })
    void anExpressionHasItsValue(String groups, String threads, int x, int y, int z, int threadsX, int threadsY) {
        assertArrayEquals(
                new int[] {x, y, z, threadsX, threadsY}, space(groups, threads).of(new int[] {3, 100, 200, 0}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "q", "n /", "n n", "(n", "n)", "n,", "1, 2, 3, 4", "min(n)", "n % 2", "-n", "9999999999"})
    void anotherTextIsRefused(String groups) {
        String message = String.valueOf(
                assertThrows(BadFileException.class, () -> space(groups, "1")).getMessage());
        assertTrue(message.startsWith("here: got "), message);
    }

    @Test
    void aSpaceWithoutBoundsIsRefused() {
        assertThrows(IllegalStateException.class, () -> space("n / a", "1").of(new int[] {3, 100, 200, 0}));
        assertThrows(IllegalStateException.class, () -> space("a / a", "1").of(new int[] {3, 100, 200, 0}));
        assertThrows(
                IllegalStateException.class, () -> space("n * n * n * n", "1").of(new int[] {3, 100, 999, 0}));
    }
}
