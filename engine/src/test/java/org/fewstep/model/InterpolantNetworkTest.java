package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.fewstep.io.Settings;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InterpolantNetworkTest {
    private static final NetworkConfig EACH = NetworkConfig.mlp(2, 8, 2, 1, 0);

    @Test
    void eachFieldHasANetworkOfItsOwn() {
        InterpolantConfig config = new InterpolantConfig(EACH, List.of(InterpolantField.B, InterpolantField.ETA));
        try (Device device = new CpuDevice(Provider.LOOPS, 1);
                Scope scope = device.scope();
                InterpolantNetwork net = config.build(new Init(device, DType.F64, new Rng(1)))) {
            assertTrue(net.parameters().keySet().stream().allMatch(n -> n.startsWith("b.") || n.startsWith("eta.")));
            assertTrue(net.parameterCount() >= config.leastNumbers());
            assertTrue(net.has(InterpolantField.ETA));
            assertFalse(net.has(InterpolantField.S));
            Tensor x = Tensor.of(device, DType.F64, new double[] {1, -2}, 1, 2);
            Tensor t = Tensor.of(device, DType.F64, new double[] {0.3}, 1);
            double[] b = net.of(InterpolantField.B, x, t).toDoubles();
            assertFalse(Arrays.equals(b, net.of(InterpolantField.ETA, x, t).toDoubles()));
            for (Parameter p : net.parameters().values()) {
                assertEquals(DType.F64, p.buffer().dtype());
            }
            net.parameters().forEach((name, p) -> {
                if (name.startsWith("eta.")) {
                    device.write(
                            p.buffer(),
                            new double[p.shape().count()],
                            0,
                            p.shape().count());
                }
            });
            assertArrayEquals(b, net.of(InterpolantField.B, x, t).toDoubles());
            assertArrayEquals(new double[2], net.of(InterpolantField.ETA, x, t).toDoubles());
            assertThrows(IllegalArgumentException.class, () -> net.of(InterpolantField.S, x, t));
        }
    }

    @Test
    void structuresAreBoundAndChecked() {
        InterpolantConfig config = new InterpolantConfig(EACH, List.of(InterpolantField.S, InterpolantField.B));
        assertEquals(config, Settings.bind(NetworkConfig.class, Settings.toMap(config)));
        assertTrue(config.accepts(List.of(2)));
        assertFalse(config.accepts(List.of(3)));
        for (List<InterpolantField> wrong : List.of(
                List.<InterpolantField>of(),
                List.of(InterpolantField.S),
                List.of(InterpolantField.B, InterpolantField.B))) {
            assertThrows(IllegalArgumentException.class, () -> new InterpolantConfig(EACH, wrong));
        }
        List<InterpolantField> b = List.of(InterpolantField.B);
        for (NetworkConfig wrong : List.of(
                NetworkConfig.mlp(2, 8, 2, 2, 0),
                NetworkConfig.mlp(2, 8, 2, 1, 3),
                new InterpolantConfig(EACH, b),
                new ConvClassifierConfig(8, 1, List.of(4), 3))) {
            assertThrows(IllegalArgumentException.class, () -> new InterpolantConfig(wrong, b));
        }
    }
}
