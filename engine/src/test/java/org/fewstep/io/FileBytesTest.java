package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBytesTest {
    @Test
    void readsUpToTheLimit(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("a"), new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, FileBytes.read(path, 3));
        assertEquals(3, FileBytes.size(path));
        BadFileException e = assertThrows(BadFileException.class, () -> FileBytes.read(path, 2));
        assertTrue(e.getMessage().contains("got 3 bytes; expected at most 2"), e.getMessage());
    }

    @Test
    void otherThingsThanFilesAreNamed(@TempDir Path folder) {
        assertTrue(assertThrows(BadFileException.class, () -> FileBytes.size(folder))
                .getMessage()
                .contains("got a folder"));
        assertTrue(assertThrows(BadFileException.class, () -> FileBytes.size(folder.resolve("x")))
                .getMessage()
                .contains("got no such file"));
        Path endless = Path.of("/dev/zero");
        if (Files.exists(endless)) {
            assertTrue(assertThrows(BadFileException.class, () -> FileBytes.read(endless, 10))
                    .getMessage()
                    .contains("got a special file"));
        }
    }
}
