package org.fewstep.bench.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.LayerNormWork;
import org.fewstep.bench.work.Sizes;
import org.openjdk.jmh.annotations.Param;

/** Layer normalisation of rows; the plain form has scale 1 and shift 0, as DJL offers none without. */
public class LayerNormBenchmark extends TorchBenchmark {
    /** Rows x columns. */
    @Param({"1024x64", "1024x256"})
    public String shape = "";

    /** Whether scale and shift do something. */
    @Param({"false", "true"})
    public boolean affine;

    @Param("1")
    public int threads;

    @Override
    TorchWork open() {
        return new Work(threads, Sizes.of(shape, 2), affine);
    }

    @Override
    EngineWork ours() {
        return new LayerNormWork(EngineDevice.reference(), Sizes.of(shape, 2), affine);
    }

    @Override
    double tolerance() {
        return LayerNormWork.TOLERANCE;
    }

    private static final class Work extends TorchWork {
        private final NDArray x;
        private final NDArray scale;
        private final NDArray shift;

        Work(int threads, int[] sizes, boolean affine) {
            super(threads);
            x = operand(LayerNormWork.input(sizes), sizes[0], sizes[1]);
            scale = constant(LayerNormWork.scale(sizes[1], affine), sizes[1]);
            shift = constant(LayerNormWork.shift(sizes[1], affine), sizes[1]);
        }

        @Override
        NDList run(NDManager step) {
            return new NDList(Torch.layerNorm(x, scale, shift, LayerNormWork.EPS));
        }
    }
}
