package org.fewstep.kernels.cpu;

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
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;

/** The kernels of one dtype, one a family. */
record KernelTable(
        Kernel<Elementwise> elementwise,
        Kernel<Combine> combine,
        Kernel<MatMul> matMul,
        Kernel<Reduce> reduce,
        Kernel<Scan> scan,
        Kernel<Softmax> softmax,
        Kernel<Norm> norm,
        Kernel<ModulatedNorm> modulatedNorm,
        Kernel<Conv2d> conv2d,
        Kernel<Attention> attention,
        Kernel<Gather> gather,
        Kernel<Random> random,
        Kernel<Update> update) {

    static KernelTable f64() {
        return new KernelTable(
                ElementwiseF64::prepare,
                CombineF64::prepare,
                EjmlMatMulF64::prepare,
                ReduceF64::prepare,
                ScanF64::prepare,
                SoftmaxF64::prepare,
                NormF64::prepare,
                ModulatedNormF64::prepare,
                Conv2dF64::prepare,
                AttentionF64::prepare,
                GatherF64::prepare,
                RandomF64::prepare,
                UpdateF64::prepare);
    }

    static KernelTable f32(Provider provider) {
        return switch (provider) {
            case VECTOR ->
                new KernelTable(
                        VectorElementwiseF32::prepare,
                        LoopsCombineF32::prepare,
                        VectorMatMulF32::prepare,
                        VectorReduceF32::prepare,
                        ScanF32::prepare,
                        VectorSoftmaxF32::prepare,
                        VectorNormF32::prepare,
                        VectorModulatedNormF32::prepare,
                        VectorConv2dF32::prepare,
                        VectorPanelMathF32::attention,
                        GatherF32::prepare,
                        VectorRandomF32::prepare,
                        VectorUpdateF32::prepare);
            case LOOPS ->
                new KernelTable(
                        LoopsElementwiseF32::prepare,
                        LoopsCombineF32::prepare,
                        LoopsMatMulF32::prepare,
                        ReduceF32::prepare,
                        ScanF32::prepare,
                        LoopsSoftmaxF32::prepare,
                        NormF32::prepare,
                        ModulatedNormF32::prepare,
                        Conv2dF32::prepare,
                        LoopsPanelMathF32::attention,
                        GatherF32::prepare,
                        LoopsRandomF32::prepare,
                        UpdateF32::prepare);
            case EJML ->
                new KernelTable(
                        ElementwiseF32::prepare,
                        CombineF32::prepare,
                        EjmlMatMulF32::prepare,
                        ReduceF32::prepare,
                        ScanF32::prepare,
                        SoftmaxF32::prepare,
                        NormF32::prepare,
                        ModulatedNormF32::prepare,
                        Conv2dF32::prepare,
                        AttentionF32::prepare,
                        GatherF32::prepare,
                        RandomF32::prepare,
                        UpdateF32::prepare);
        };
    }

    /** I32 blocks are copied and filled, never computed with. */
    static KernelTable i32() {
        return new KernelTable(
                ElementwiseI32::prepare,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse,
                KernelTable::refuse);
    }

    @SuppressWarnings("DoNotCallSuggester") // called by the table for whoever builds such a workload
    static Prepared refuse(Workload work, Threads threads) {
        throw new DeviceException(work.label() + ": got " + DType.I32 + "; expected F32 or F64");
    }

    /** See {@link Kernel#prepare}. */
    Prepared prepare(Workload work, Threads threads) {
        return switch (work.family()) {
            case ELEMENTWISE -> elementwise.prepare((Elementwise) work, threads);
            case COMBINE -> combine.prepare((Combine) work, threads);
            case MATMUL -> matMul.prepare((MatMul) work, threads);
            case REDUCE -> reduce.prepare((Reduce) work, threads);
            case SCAN -> scan.prepare((Scan) work, threads);
            case SOFTMAX -> softmax.prepare((Softmax) work, threads);
            case NORM -> norm.prepare((Norm) work, threads);
            case MODULATED_NORM -> modulatedNorm.prepare((ModulatedNorm) work, threads);
            case CONV2D -> conv2d.prepare((Conv2d) work, threads);
            case ATTENTION -> attention.prepare((Attention) work, threads);
            case GATHER -> gather.prepare((Gather) work, threads);
            case RANDOM -> random.prepare((Random) work, threads);
            case UPDATE -> update.prepare((Update) work, threads);
        };
    }
}
