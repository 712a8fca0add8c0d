package org.fewstep.kernels.gpu;

import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Reduce;

/** Calls of reduce.cl. */
final class GpuReduce {
    static final int VERSIONS = 2;

    private static final String FILE = "reduce.cl";

    private static final List<Choice> THREADS_FIRST = List.of(Choice.version(1), Choice.version(2));
    private static final List<Choice> STRIPS_FIRST = List.of(Choice.version(2), Choice.version(1));

    private GpuReduce() {}

    static void plan(Reduce w, Launches to) {
        if (w.outer() == 0 || w.inner() == 0) {
            return;
        }
        if (to.choose(w, to.facts().cpu() ? THREADS_FIRST : STRIPS_FIRST).version() == 1) {
            byThreads(w, to);
        } else if (w.code() == Reduce.Code.ARG_MAX) {
            placesByStrips(w, to);
        } else {
            byGroups(w, to);
        }
    }

    private static void byThreads(Reduce w, Launches to) {
        DType dtype = w.dtype();
        long results = (long) w.outer() * w.inner();
        if (w.code() == Reduce.Code.MAX || w.code() == Reduce.Code.ARG_MAX) {
            to.add(FILE, dtype, w.code() == Reduce.Code.MAX ? "max_all" : "arg_max_all")
                    .over(results, w.inner() == 1 ? to.few() : to.many())
                    .ints(w.outer(), w.n(), w.inner())
                    .buffer(w.in())
                    .buffer(w.out());
            return;
        }
        int blocks = Strips.blocks(w.n());
        Driver.Memory partial = to.room(dtype, results * blocks);
        to.add(FILE, dtype, w.code() == Reduce.Code.SUM ? "sum_blocks" : "sum_squares_blocks")
                .over(results * blocks, w.inner() == 1 ? to.few() : to.many())
                .ints(w.outer(), w.n(), w.inner(), blocks)
                .buffer(w.in())
                .memory(partial);
        to.add(FILE, dtype, "sum_pairs")
                .over(results, to.many())
                .ints(w.outer(), blocks, w.inner())
                .real(dtype, w.scale())
                .memory(partial)
                .buffer(w.out());
    }

    private static void byGroups(Reduce w, Launches to) {
        Driver.Memory in = ((GpuBuffer) w.in()).memory();
        Driver.Memory out = ((GpuBuffer) w.out()).memory();
        String kernel = switch (w.code()) {
            case SUM -> "sum";
            case SUM_SQUARES -> "sum_squares";
            default -> "max";
        };
        boolean max = w.code() == Reduce.Code.MAX;
        if (!max && w.inner() == 1 && w.n() > 0 && Teams.hold(w.n())) {
            Launch launch = to.add(FILE, w.dtype(), kernel + "_teams")
                    .ints(w.outer(), w.n())
                    .real(w.dtype(), w.scale());
            Teams.overRows(launch, to, Choice.version(2), w.outer(), w.n())
                    .memory(in)
                    .memory(out);
            return;
        }
        Axis axis = new Axis(w.dtype(), w.outer(), w.n(), w.inner());
        levels(axis, to, kernel + "_strips", max ? "max_strips" : "sum_levels", max ? 1 : w.scale(), in, out);
    }

    /** What is reduced: the middle of (outer, n, inner). */
    private record Axis(DType dtype, int outer, int n, int inner) {
        /** What is left when blocks of 256 were. */
        Axis reduced() {
            return new Axis(dtype, outer, Strips.blocks(n), inner);
        }

        long size() {
            return (long) outer * n * inner;
        }
    }

    /**
     * The sums of what waits in {@code partial} (outer, n, inner), block sums of a tree, to {@code out} (outer, inner).
     */
    static void sumTree(
            DType dtype, Launches to, int outer, int n, int inner, Driver.Memory partial, Driver.Memory out) {
        levels(new Axis(dtype, outer, n, inner), to, "sum_levels", "sum_levels", 1, partial, out);
    }

    /** Launches that take 256 numbers to one until one is left, the first by a kernel of its own. */
    private static void levels(
            Axis axis, Launches to, String first, String next, double scale, Driver.Memory from, Driver.Memory out) {
        String kernel = first;
        Axis rest = axis;
        Driver.Memory in = from;
        while (true) {
            Axis reduced = rest.reduced();
            boolean last = reduced.n() == 1;
            Driver.Memory result = last ? out : to.room(axis.dtype(), reduced.size());
            Strips strips = Strips.of(rest.inner());
            strips.over(
                            to.add(FILE, axis.dtype(), kernel),
                            strips.units((long) rest.outer() * reduced.n(), rest.inner()))
                    .ints(rest.outer(), rest.n(), rest.inner(), reduced.n(), strips.width())
                    .real(axis.dtype(), last ? scale : 1)
                    .memory(in)
                    .memory(result);
            if (last) {
                return;
            }
            kernel = next;
            rest = reduced;
            in = result;
        }
    }

    private static void placesByStrips(Reduce w, Launches to) {
        Strips strips = Strips.of(w.inner());
        strips.over(to.add(FILE, w.dtype(), "arg_max_strips"), strips.units(w.outer(), w.inner()))
                .ints(w.outer(), w.n(), w.inner(), strips.width())
                .buffer(w.in())
                .buffer(w.out());
    }
}
