package org.fewstep.bench.work;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Plan;
import org.fewstep.kernels.Recording;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Work that touches no host numbers, recorded the first time and replayed from then on. */
public final class Replayed extends EngineWork {
    private final EngineWork work;
    private final List<Tensor> results = new ArrayList<>();
    private @Nullable Plan plan;

    private Replayed(EngineWork work) {
        super(work.device());
        this.work = work;
        own(work);
    }

    /** The work in a mode; it takes over the work given. */
    public static EngineWork in(Mode mode, EngineWork work) {
        return mode == Mode.EAGER ? work : new Replayed(work);
    }

    @Override
    protected List<Tensor> run() {
        Plan known = plan;
        if (known != null) {
            known.replay();
            return results;
        }
        try (Recording recording = device().record()) {
            for (Tensor result : work.run()) {
                results.add(Tensor.of(recording.keep(result.buffer()), result.shape()));
            }
            plan = own(recording.finish());
        }
        return results;
    }
}
