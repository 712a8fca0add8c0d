package org.fewstep.kernels.gpu;

import java.util.List;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;

/** What becomes of a workload on a GPU: the kernel calls of its family. */
final class GpuKernels {
    /** All kernel files. */
    static final List<String> FILES = List.of(
            "attention.cl",
            "attention_tiles.cl",
            "combine.cl",
            "conv2d.cl",
            "elementwise.cl",
            "gather.cl",
            "matmul.cl",
            "modulated_norm.cl",
            "norm.cl",
            "random.cl",
            "reduce.cl",
            "scan.cl",
            "softmax.cl",
            "update.cl");

    /** Files for tensor cores: F32 on CUDA alone. */
    static final List<String> TENSOR_FILES = List.of(GpuMatMul.TENSOR, GpuMatMul.WARPGROUP, GpuConv2d.TENSOR);

    private static final List<Choice> FIRST = List.of(Choice.version(1));

    /** Matmul's versions that are one chain of fma in the order of k. */
    private static final int MATMUL_CHAINS = 4;

    private GpuKernels() {}

    /** Number of versions of a family's kernels, numbered from 1; which of them a workload may take, the family says. */
    static int versions(Workload.Family family) {
        return switch (family) {
            case MATMUL -> GpuMatMul.VERSIONS;
            case CONV2D -> GpuConv2d.VERSIONS;
            case ATTENTION -> GpuAttention.VERSIONS;
            case REDUCE -> GpuReduce.VERSIONS;
            case SOFTMAX -> GpuSoftmax.VERSIONS;
            case MODULATED_NORM -> GpuModulatedNorm.VERSIONS;
            case NORM -> GpuNorm.VERSIONS;
            case UPDATE -> GpuUpdate.VERSIONS;
            case ELEMENTWISE, COMBINE, SCAN, GATHER, RANDOM -> 1;
        };
    }

    /**
     * Whether a choice gives the bits of the family's version 1 for every workload. One that does not must be legal for all
     * numbers of rows or for none: the bits of a row must not depend on how many there are.
     */
    static boolean hasBitsOfFirst(Workload.Family family, Choice choice) {
        return choice.version() == 1
                || (family != Workload.Family.MATMUL
                        && family != Workload.Family.CONV2D
                        && family != Workload.Family.ATTENTION)
                || (family == Workload.Family.MATMUL && choice.version() <= MATMUL_CHAINS);
    }

    /** Whether all of them do; then a choice between them may depend on the number of rows. */
    static boolean haveBitsOfFirst(Workload.Family family, List<Choice> choices) {
        for (int i = 0; i < choices.size(); i++) {
            if (!hasBitsOfFirst(family, choices.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Distance of neighbours near 1 of the numbers that a choice computes with. */
    static double epsilon(Workload work, Choice choice) {
        if (work.dtype() == DType.F64) {
            return 0x1p-52;
        }
        Precision precision = switch (work.family()) {
            case MATMUL -> GpuMatMul.precision(choice);
            case ATTENTION -> GpuAttention.precision(choice);
            case CONV2D -> GpuConv2d.precision(choice);
            default -> Precision.F32;
        };
        return 2 * precision.roundoff();
    }

    static void plan(Workload work, Launches to) {
        if (work.dtype() == DType.I32 && work.family() != Workload.Family.ELEMENTWISE) {
            throw new DeviceException(work.label() + ": got " + DType.I32 + "; expected F32 or F64");
        }
        if (versions(work.family()) == 1) {
            to.choose(work, FIRST);
        }
        switch (work.family()) {
            case ELEMENTWISE -> GpuElementwise.plan((Elementwise) work, to);
            case COMBINE -> GpuCombine.plan((Combine) work, to);
            case MATMUL -> GpuMatMul.plan((MatMul) work, to);
            case REDUCE -> GpuReduce.plan((Reduce) work, to);
            case SCAN -> GpuScan.plan((Scan) work, to);
            case SOFTMAX -> GpuSoftmax.plan((Softmax) work, to);
            case NORM -> GpuNorm.plan((Norm) work, to);
            case MODULATED_NORM -> GpuModulatedNorm.plan((ModulatedNorm) work, to);
            case CONV2D -> GpuConv2d.plan((Conv2d) work, to);
            case ATTENTION -> GpuAttention.plan((Attention) work, to);
            case GATHER -> GpuGather.plan((Gather) work, to);
            case RANDOM -> GpuRandom.plan((Random) work, to);
            case UPDATE -> GpuUpdate.plan((Update) work, to);
        }
    }
}
