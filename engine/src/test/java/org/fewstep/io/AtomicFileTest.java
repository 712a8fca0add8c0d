package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> String.valueOf(f.getFileName())).sorted().toList();
        }
    }

    @Test
    void writesAndReplaces() throws IOException {
        Path target = folder.resolve("a");
        AtomicFile.write(target, new byte[] {1, 2});
        AtomicFile.write(target, new byte[] {3});
        assertArrayEquals(new byte[] {3}, Files.readAllBytes(target));
        assertEquals(List.of("a"), names());
    }

    @Test
    void theTargetKeepsItsContentUntilTheEnd() throws IOException {
        Path target = folder.resolve("a");
        AtomicFile.write(target, new byte[] {1});
        AtomicFile.write(target, channel -> {
            channel.write(ByteBuffer.wrap(new byte[] {2, 2}));
            assertArrayEquals(new byte[] {1}, Files.readAllBytes(target));
            assertEquals(2, names().size());
        });
        assertArrayEquals(new byte[] {2, 2}, Files.readAllBytes(target));
    }

    @Test
    void aFailureLeavesNothing() throws IOException {
        Path target = folder.resolve("a");
        assertThrows(
                UncheckedIOException.class,
                () -> AtomicFile.write(target, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[100]));
                    throw new IOException("disk full");
                }));
        assertThrows(
                OutOfMemoryError.class,
                () -> AtomicFile.write(target, channel -> {
                    throw new OutOfMemoryError("planted");
                }));
        assertEquals(List.of(), names());
    }

    @Test
    void leftoversOfDeadProcessesAreRemovedOthersStay() throws IOException {
        long parent = ProcessHandle.current()
                .parent()
                .map(ProcessHandle::pid)
                .orElse(ProcessHandle.current().pid());
        String alive = ".a." + parent + "-1.part";
        boolean hasParent = parent != ProcessHandle.current().pid();
        for (String name :
                List.of(".a.999999999999-3.part", ".a.x-1.part", ".a.b.999999999999-3.part", ".a.part", alive)) {
            Files.createFile(folder.resolve(name));
        }
        AtomicFile.write(folder.resolve("a"), new byte[1]);
        assertTrue(names().containsAll(List.of("a", ".a.x-1.part", ".a.b.999999999999-3.part", ".a.part")));
        assertEquals(hasParent, names().contains(alive));
        assertEquals(hasParent ? 5 : 4, names().size());
    }

    @Test
    void aWriteInProgressIsNoLeftover() throws IOException {
        Path target = folder.resolve("a");
        AtomicFile.write(target, outer -> {
            outer.write(ByteBuffer.wrap(new byte[] {1}));
            AtomicFile.write(target, new byte[] {2});
        });
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(target));
        assertEquals(List.of("a"), names());
    }

    @Test
    void missingFoldersAndFoldersAsTargetsAreRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> AtomicFile.write(folder.resolve("b/c"), new byte[1]));
        assertThrows(IllegalArgumentException.class, () -> AtomicFile.write(folder, new byte[1]));
        assertEquals(List.of(), names());
    }
}
