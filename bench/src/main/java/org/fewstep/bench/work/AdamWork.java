package org.fewstep.bench.work;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Dit;
import org.fewstep.model.Parameter;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.fewstep.train.AdamW;

/** One Adam update of all parameters of the benchmark's DiT by constant gradients; the results are the parameters. */
public final class AdamWork extends EngineWork {
    /** Learning rate, high enough for a few updates to show. */
    public static final double RATE = 1e-2;

    /** Relative tolerance after two updates. */
    public static final double TOLERANCE = 1e-5;

    private final AdamW optimizer;
    private final Slots slots;
    private final Tensor unclipped = operand(new float[] {1, 1, 0}, 3);
    private final List<Tensor> parameters = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private long update;

    /** Makes parameters and gradients. */
    public AdamWork(CpuDevice device) {
        super(device);
        Dit net = own(DitNetwork.build(device, 1));
        this.slots = own(new Slots(device, DType.F32, AdamW.slotCount()));
        this.optimizer = own(new AdamW(net, slots, Adam.BETA1, Adam.BETA2, Adam.EPS, 0));
        for (Map.Entry<String, Parameter> entry : net.trained().entrySet()) {
            Shape shape = entry.getValue().shape();
            parameters.add(Tensor.of(entry.getValue().buffer(), shape));
            gradients.add(operand(gradient(entry.getKey(), shape.count()), shape.sizes()));
        }
    }

    /** The parameters before the first update by name, row-major in this engine's layout. */
    public static Map<String, float[]> parameters() {
        Map<String, float[]> values = new LinkedHashMap<>();
        try (CpuDevice device = EngineDevice.reference();
                Dit net = DitNetwork.build(device, 1)) {
            net.trained()
                    .forEach((name, parameter) ->
                            values.put(name, parameter.leaf().toFloats()));
        }
        return values;
    }

    /**
     * Gradient of a parameter, row-major in this engine's layout, no element nearer to 0 than 0.1: DJL adds eps before
     * the bias correction and this engine after it, which only small gradients show.
     */
    public static float[] gradient(String name, int count) {
        float[] g = Draws.signed("adam.g." + name, count);
        for (int i = 0; i < count; i++) {
            g[i] += Math.copySign(0.1f, g[i]);
        }
        return g;
    }

    @Override
    protected List<Tensor> run() {
        optimizer.prepare(++update, RATE);
        slots.stage();
        optimizer.apply(gradients, unclipped.buffer());
        return parameters;
    }
}
