package org.fewstep.kernels.cpu;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Workload.Family;

/** What a family's kernel of any provider and dtype must do; fails with an AssertionError. */
public final class KernelContract {
    private KernelContract() {}

    public static void check(Family family, Device device, DType dtype) {
        try (Scope scope = device.scope()) {
            Blocks blocks = new Blocks(device, dtype);
            switch (family) {
                case ELEMENTWISE -> ElementwiseContract.check(blocks);
                case COMBINE -> CombineContract.check(blocks);
                case MATMUL -> MatMulContract.check(blocks);
                case REDUCE -> ReduceContract.check(blocks);
                case SCAN -> ScanContract.check(blocks);
                case SOFTMAX -> SoftmaxContract.check(blocks);
                case NORM -> NormContract.check(blocks);
                case MODULATED_NORM -> ModulatedNormContract.check(blocks);
                case CONV2D -> Conv2dContract.check(blocks);
                case ATTENTION -> AttentionContract.check(blocks);
                case GATHER -> GatherContract.check(blocks);
                case RANDOM -> RandomContract.check(blocks);
                case UPDATE -> UpdateContract.check(blocks);
            }
        }
    }

    /** Attention of one size; layouts are numbered from 0 to 2. */
    public static void checkAttention(
            Device device, DType dtype, int layout, int batch, int heads, int tokens, int channels) {
        try (Scope scope = device.scope()) {
            AttentionContract.wide(new Blocks(device, dtype), layout, batch, heads, tokens, channels);
        }
    }

    /** Entry for {@link MutationTest}, which calls it in a class loader of its own. */
    static void check(String family, String provider, String dtype) {
        try (CpuDevice device = new CpuDevice(Provider.of(provider), 1)) {
            check(Family.valueOf(family), device, DType.valueOf(dtype));
        }
    }
}
