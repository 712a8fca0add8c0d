package org.fewstep.kernels.cpu;

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

/** The kernels of one dtype, one a family. */
record KernelTable(
        Kernel<Elementwise> elementwise,
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
                ElementwiseF64::run,
                EjmlMatMulF64::run,
                ReduceF64::run,
                ScanF64::run,
                SoftmaxF64::run,
                NormF64::run,
                ModulatedNormF64::run,
                Conv2dF64::run,
                AttentionF64::run,
                GatherF64::run,
                RandomF64::run,
                UpdateF64::run);
    }

    static KernelTable f32(Provider provider) {
        return switch (provider) {
            case VECTOR ->
                new KernelTable(
                        VectorElementwiseF32::run,
                        VectorMatMulF32::run,
                        VectorReduceF32::run,
                        ScanF32::run,
                        VectorSoftmaxF32::run,
                        VectorNormF32::run,
                        VectorModulatedNormF32::run,
                        VectorConv2dF32::run,
                        VectorPanelMathF32::attention,
                        GatherF32::run,
                        VectorRandomF32::run,
                        VectorUpdateF32::run);
            case LOOPS ->
                new KernelTable(
                        LoopsElementwiseF32::run,
                        LoopsMatMulF32::run,
                        ReduceF32::run,
                        ScanF32::run,
                        LoopsSoftmaxF32::run,
                        NormF32::run,
                        ModulatedNormF32::run,
                        Conv2dF32::run,
                        LoopsPanelMathF32::attention,
                        GatherF32::run,
                        LoopsRandomF32::run,
                        UpdateF32::run);
            case EJML ->
                new KernelTable(
                        ElementwiseF32::run,
                        EjmlMatMulF32::run,
                        ReduceF32::run,
                        ScanF32::run,
                        SoftmaxF32::run,
                        NormF32::run,
                        ModulatedNormF32::run,
                        Conv2dF32::run,
                        AttentionF32::run,
                        GatherF32::run,
                        RandomF32::run,
                        UpdateF32::run);
        };
    }

    /** I32 blocks are copied and filled, never computed with. */
    static KernelTable i32() {
        return new KernelTable(
                ElementwiseI32::run,
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
    static void refuse(Workload work, Threads threads) {
        throw new DeviceException(work.label() + ": got " + DType.I32 + "; expected F32 or F64");
    }

    void run(Workload work, Threads threads) {
        switch (work.family()) {
            case ELEMENTWISE -> elementwise.run((Elementwise) work, threads);
            case MATMUL -> matMul.run((MatMul) work, threads);
            case REDUCE -> reduce.run((Reduce) work, threads);
            case SCAN -> scan.run((Scan) work, threads);
            case SOFTMAX -> softmax.run((Softmax) work, threads);
            case NORM -> norm.run((Norm) work, threads);
            case MODULATED_NORM -> modulatedNorm.run((ModulatedNorm) work, threads);
            case CONV2D -> conv2d.run((Conv2d) work, threads);
            case ATTENTION -> attention.run((Attention) work, threads);
            case GATHER -> gather.run((Gather) work, threads);
            case RANDOM -> random.run((Random) work, threads);
            case UPDATE -> update.run((Update) work, threads);
        }
    }

    /** The prepared form of a workload, see {@link Kernel#prepare}. */
    Prepared prepare(Workload work) {
        return switch (work.family()) {
            case ELEMENTWISE -> elementwise.prepare((Elementwise) work);
            case MATMUL -> matMul.prepare((MatMul) work);
            case REDUCE -> reduce.prepare((Reduce) work);
            case SCAN -> scan.prepare((Scan) work);
            case SOFTMAX -> softmax.prepare((Softmax) work);
            case NORM -> norm.prepare((Norm) work);
            case MODULATED_NORM -> modulatedNorm.prepare((ModulatedNorm) work);
            case CONV2D -> conv2d.prepare((Conv2d) work);
            case ATTENTION -> attention.prepare((Attention) work);
            case GATHER -> gather.prepare((Gather) work);
            case RANDOM -> random.prepare((Random) work);
            case UPDATE -> update.prepare((Update) work);
        };
    }
}
