package consumer;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;

/** An application that embeds the engine. It ends with an exception, and so with another exit code than 0, on failure. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        embed();
        mustBeAbsent("picocli.CommandLine");
        mustBeAbsent("org.snakeyaml.engine.v2.api.Load");
        mustBeAbsent("org.knowm.xchart.XYChart");
    }

    private static void embed() {
        Device device = Devices.require("cpu");
        float[] sent = {1, 2, 3};
        float[] received = new float[3];
        try (Scope scope = device.scope()) {
            Buffer buffer = device.allocate(DType.F32, 3);
            device.write(buffer, sent, 0, 3);
            device.read(buffer, received, 0, 3);
        }
        if (!Arrays.equals(sent, received)) {
            throw new IllegalStateException("got " + Arrays.toString(received) + "; expected " + Arrays.toString(sent));
        }
    }

    /** The libraries of the command line are optional; an application does not inherit them. */
    private static void mustBeAbsent(String name) {
        try {
            Class.forName(name);
        } catch (ClassNotFoundException expected) {
            return;
        }
        throw new IllegalStateException(
                "got " + name + " on the class path; expected the engine without its command line");
    }
}
