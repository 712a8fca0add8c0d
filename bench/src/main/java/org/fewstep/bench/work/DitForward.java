package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.model.Cond;
import org.fewstep.model.Dit;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/** The DiT's velocity for a batch, without recording. */
public final class DitForward extends EngineWork {
    /** Relative tolerance. */
    public static final double TOLERANCE = 1e-4;

    private final Dit net;
    private final Tensor x;
    private final Tensor t;

    /** Makes network and input. */
    public DitForward(CpuDevice device, int batch) {
        super(device);
        this.net = own(DitNetwork.build(device, 1));
        this.x = operand(DitNetwork.input(batch), batch, DitNetwork.CHANNELS, DitNetwork.SIDE, DitNetwork.SIDE);
        this.t = operand(DitNetwork.times(batch), batch);
    }

    @Override
    protected List<Tensor> run() {
        try (NoGrad off = NoGrad.open()) {
            return List.of(net.v(x, t, Cond.NONE));
        }
    }
}
