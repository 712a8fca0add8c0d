package org.fewstep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Base of tests that use a device: an open scope, a seeded {@link Rng}, and at the end the assertion that no buffer or
 * scope leaked and nothing was printed.
 */
public abstract class EngineTest {
    protected final Device device = Devices.require(System.getProperty("test.device", "cpu"));
    protected final Rng rng = new Rng(20240607);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PrintStream stdout;
    private Scope scope;
    private long buffers;
    private long scopes;

    @BeforeEach
    void openScope() {
        stdout = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        buffers = device.live().buffers().get();
        scopes = device.live().scopes().get();
        scope = device.scope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
        System.setOut(stdout);
        assertEquals("", printed.toString(StandardCharsets.UTF_8), "tests print nothing");
        assertEquals(scopes, device.live().scopes().get(), "scopes left open");
        assertEquals(buffers, device.live().buffers().get(), "buffers leaked");
    }
}
