package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Mlp;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/** The MLP's output for a batch, without recording. */
public final class MlpForward extends EngineWork {
    /** Relative tolerance. */
    public static final double TOLERANCE = 1e-5;

    private final Mlp net;
    private final Tensor x;

    /** Makes network and input. */
    public MlpForward(CpuDevice device, int batch) {
        super(device);
        this.net = own(MlpNetwork.build(device));
        this.x = operand(MlpNetwork.input(batch), batch, MlpNetwork.IN);
    }

    @Override
    protected List<Tensor> run() {
        try (NoGrad off = NoGrad.open()) {
            return List.of(net.of(x));
        }
    }
}
