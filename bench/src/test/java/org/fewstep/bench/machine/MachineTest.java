package org.fewstep.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fewstep.io.BadFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @Test
    void comesBackFromItsFile(@TempDir Path folder) {
        Machine machine = Machine.here("java -jar x.jar table").done();
        assertTrue(machine.cores() > 0);
        assertTrue(machine.fingerprint().startsWith("cpu/"), machine.fingerprint());
        Path file = Machine.beside(folder.resolve("run.json"));
        assertEquals(folder.resolve("run.machine.json"), file);
        machine.write(file);
        assertEquals(machine, Machine.read(file));
    }

    @Test
    void aDamagedFileIsABadFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("run.machine.json");
        Machine.here("x").write(file);
        String text = Files.readString(file);
        for (int end = 0; end < text.length() - 2; end += 7) {
            Files.write(file, text.substring(0, end).getBytes(StandardCharsets.UTF_8));
            assertThrows(BadFileException.class, () -> Machine.read(file));
        }
        Files.writeString(file, text.replace("\"cores\"", "\"kernels\""));
        assertThrows(BadFileException.class, () -> Machine.read(file));
    }
}
