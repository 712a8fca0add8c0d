package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.ModulatedNorm;
import org.jspecify.annotations.Nullable;

/** Calls of modulated_norm.cl. */
final class GpuModulatedNorm {
    private static final String FILE = "modulated_norm.cl";

    private GpuModulatedNorm() {}

    static void plan(ModulatedNorm w, Launches to) {
        if (w.code() == ModulatedNorm.Code.GRAD_SCALE) {
            gradScale(w, to);
            return;
        }
        if (w.rows() == 0) {
            return;
        }
        String kernel = switch (w.code()) {
            case FORWARD -> "modulated_norm_forward";
            case TANGENT -> "modulated_norm_tangent";
            default -> "modulated_norm_grad_x";
        };
        ModulatedNorm.Places places = w.places();
        Launch launch = to.add(FILE, w.dtype(), kernel)
                .over(w.rows(), to.few())
                .ints(w.rows(), w.n(), centred(w))
                .real(w.dtype(), w.eps())
                .real(w.dtype(), w.base())
                .ints(places.tableRows(), places.repeat(), places.inner());
        if (w.code() == ModulatedNorm.Code.GRAD_X) {
            launch.buffer(w.x()).buffer(w.scale()).buffer(w.direction()).buffer(w.out());
            return;
        }
        launch.int32(w.shift() == null ? 0 : 1)
                .buffer(w.x())
                .buffer(w.scale())
                .buffer(orX(w, w.shift()))
                .buffer(w.out());
        if (w.code() == ModulatedNorm.Code.TANGENT) {
            launch.buffer(w.direction())
                    .int32(w.dscale() == null ? 0 : 1)
                    .buffer(orX(w, w.dscale()))
                    .int32(w.dshift() == null ? 0 : 1)
                    .buffer(orX(w, w.dshift()))
                    .buffer(w.tangent());
        }
    }

    /** An argument must be there, though the kernel does not read it. */
    private static Buffer orX(ModulatedNorm w, @Nullable Buffer table) {
        return table == null ? w.x() : table;
    }

    private static int centred(ModulatedNorm w) {
        return w.centred() ? 1 : 0;
    }

    private static void gradScale(ModulatedNorm w, Launches to) {
        DType dtype = w.dtype();
        ModulatedNorm.Places places = w.places();
        Driver.Memory stats = to.room(dtype, Math.max(1, 2L * w.rows()));
        if (w.rows() > 0) {
            to.add(FILE, dtype, "modulated_norm_stats")
                    .over(w.rows(), to.few())
                    .ints(w.rows(), w.n(), centred(w))
                    .real(dtype, w.eps())
                    .buffer(w.x())
                    .memory(stats);
        }
        to.add(FILE, dtype, "modulated_norm_grad_scale")
                .over((long) places.tableRows() * w.columns(), to.few())
                .ints(w.rows(), w.n(), places.tableRows(), places.repeat(), places.inner())
                .buffer(w.x())
                .memory(stats)
                .buffer(w.direction())
                .buffer(w.out());
    }
}
