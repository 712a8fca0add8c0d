package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;

/** What becomes of a workload on a GPU: the kernel calls of its family. */
final class GpuKernels {
    private GpuKernels() {}

    /** Number of versions of a family's kernels, numbered from 1; which of them a workload may take, the family says. */
    static int versions(Workload.Family family) {
        return switch (family) {
            case MATMUL -> GpuMatMul.VERSIONS;
            case REDUCE -> GpuReduce.VERSIONS;
            case SOFTMAX -> GpuSoftmax.VERSIONS;
            case NORM -> GpuNorm.VERSIONS;
            case MODULATED_NORM -> GpuModulatedNorm.VERSIONS;
            case ELEMENTWISE, SCAN, CONV2D, ATTENTION, GATHER, RANDOM, UPDATE -> 1;
        };
    }

    static void plan(Workload work, Launches to) {
        if (work.dtype() == DType.I32 && work.family() != Workload.Family.ELEMENTWISE) {
            throw new DeviceException(work.label() + ": got " + DType.I32 + "; expected F32 or F64");
        }
        switch (work.family()) {
            case ELEMENTWISE -> GpuElementwise.plan((Elementwise) work, to);
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
