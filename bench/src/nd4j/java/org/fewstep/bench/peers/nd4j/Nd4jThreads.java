package org.fewstep.bench.peers.nd4j;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The number of threads of ND4J's own loops and of OpenBLAS. */
final class Nd4jThreads {
    private Nd4jThreads() {}

    /** Sets both, and demands that OpenBLAS took it. */
    static void use(int threads) {
        Nd4j.create(1).close();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
        Nd4j.factory().blas().setMaxThreads(threads);
        int taken = Nd4j.factory().blas().getMaxThreads();
        if (taken != threads) {
            throw new IllegalStateException("ND4J: got " + taken + " threads of OpenBLAS; expected " + threads);
        }
    }
}
