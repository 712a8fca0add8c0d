package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** {@link DriverContract} on CUDA: the driver of NVIDIA where there is one, otherwise the simulated one. */
@Tag("opencl")
@Tag("cuda-simulated")
class CudaDriverTest extends DriverContract {
    @BeforeAll
    static void simulator() {
        Optional<String> missing = CudaSimulator.missing();
        boolean real = missing.orElse("").contains("gives way");
        assumeTrue(real || missing.isEmpty(), missing.orElse(""));
        if (!real) {
            assertEquals(Optional.empty(), CudaSimulator.load());
            System.setProperty("fewstep.nvcc", CudaSimulator.compiler().toString());
        }
    }

    @Override
    Driver open() {
        return new CudaDriver(CudaDriver.find().get(0));
    }

    @Override
    Driver.Backend backend() {
        return Driver.Backend.CUDA;
    }
}
