package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.ModulatedNorm;
import org.jspecify.annotations.Nullable;

/** Calls of modulated_norm.cl. */
final class GpuModulatedNorm {
    private static final String FILE = "modulated_norm.cl";

    static final int VERSIONS = 2;

    private GpuModulatedNorm() {}

    static void plan(ModulatedNorm w, Launches to) {
        if (w.rows() == 0 && w.code() != ModulatedNorm.Code.GRAD_SCALE) {
            return;
        }
        Choice choice = to.choose(w, Teams.choices(to.facts(), w.n()));
        if (w.code() == ModulatedNorm.Code.GRAD_SCALE) {
            gradScale(w, to, choice);
            return;
        }
        String kernel = switch (w.code()) {
            case FORWARD -> "modulated_norm_forward";
            case TANGENT -> "modulated_norm_tangent";
            default -> "modulated_norm_grad_x";
        };
        ModulatedNorm.Places places = w.places();
        Launch launch = to.add(FILE, w.dtype(), name(kernel, choice))
                .ints(w.rows(), w.n(), centred(w))
                .real(w.dtype(), w.eps());
        Teams.overRows(launch, to, choice, w.rows(), w.n())
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

    private static String name(String kernel, Choice choice) {
        return choice.version() == 2 ? kernel + "_teams" : kernel;
    }

    private static void gradScale(ModulatedNorm w, Launches to, Choice choice) {
        DType dtype = w.dtype();
        Driver.Memory stats = to.room(dtype, Math.max(1, 2L * w.rows()));
        if (w.rows() > 0) {
            Launch launch = to.add(FILE, dtype, name("modulated_norm_stats", choice))
                    .ints(w.rows(), w.n(), centred(w))
                    .real(dtype, w.eps());
            Teams.overRows(launch, to, choice, w.rows(), w.n()).buffer(w.x()).memory(stats);
        }
        if (choice.version() == 2) {
            gradScaleByStrips(w, to, stats);
            return;
        }
        ModulatedNorm.Places places = w.places();
        to.add(FILE, dtype, "modulated_norm_grad_scale")
                .over((long) places.tableRows() * w.columns(), to.few())
                .ints(w.rows(), w.n(), places.tableRows(), places.repeat(), places.inner())
                .buffer(w.x())
                .memory(stats)
                .buffer(w.direction())
                .buffer(w.out());
    }

    /** Block sums of the entries' places, then the higher levels of their trees. */
    private static void gradScaleByStrips(ModulatedNorm w, Launches to, Driver.Memory stats) {
        ModulatedNorm.Places places = w.places();
        int blocks = Strips.blocks(w.rows() / places.tableRows() * places.inner());
        Driver.Memory out = ((GpuBuffer) w.out()).memory();
        Driver.Memory partial =
                blocks == 1 ? out : to.room(w.dtype(), (long) places.tableRows() * blocks * w.columns());
        Strips strips = places.inner() == 1 ? Strips.of(w.columns()) : Strips.single();
        strips.over(
                        to.add(FILE, w.dtype(), "modulated_norm_grad_scale_strips"),
                        strips.units((long) places.tableRows() * blocks, w.columns()))
                .ints(w.rows(), w.n(), places.tableRows(), places.repeat(), places.inner(), blocks, strips.width())
                .buffer(w.x())
                .memory(stats)
                .buffer(w.direction())
                .memory(partial);
        if (blocks > 1) {
            GpuReduce.sumTree(w.dtype(), to, places.tableRows(), blocks, w.columns(), partial, out);
        }
    }
}
