package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Update;

/** Calls of update.cl. */
final class GpuUpdate {
    static final int VERSIONS = 2;

    private static final String FILE = "update.cl";

    /** As in the file: numbers a block of a sum, elements a slice and threads a group that has one. */
    private static final int BLOCK = 256;

    private static final int SLICE = 1024;
    private static final int SLICE_THREADS = 256;

    /** As in the file, its MOST: parameters of a launch, by CUDA's 4 KB of arguments and by OpenCL's 1 KB. */
    private static final int MOST_CUDA = 96;

    private static final int MOST_OPENCL = 8;

    private static final List<Choice> ONES_FIRST = List.of(Choice.version(1), Choice.version(2));
    private static final List<Choice> MANY_FIRST = List.of(Choice.version(2), Choice.version(1));

    private GpuUpdate() {}

    static void plan(Update w, Launches to) {
        boolean many = to.choose(w, to.facts().cpu() ? ONES_FIRST : MANY_FIRST).version() == 2;
        int most = !many ? 1 : cuda(to) ? MOST_CUDA : MOST_OPENCL;
        List<List<Integer>> parts = parts(w.g(), most);
        switch (w.code()) {
            case ADAM -> parts.forEach(part -> adam(w, to, part, many));
            case EMA -> parts.forEach(part -> ema(w, to, part, many));
            case GRAD_NORM -> gradNorm(w, to, parts, many);
        }
    }

    private static boolean cuda(Launches to) {
        return to.facts().backend() == Driver.Backend.CUDA;
    }

    /** The parameters that have elements, by their places in the lists, so many a launch. */
    private static List<List<Integer>> parts(List<Buffer> list, int most) {
        List<List<Integer>> parts = new ArrayList<>();
        List<Integer> part = List.of();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).size() == 0) {
                continue;
            }
            if (part.isEmpty() || part.size() == most) {
                part = new ArrayList<>();
                parts.add(part);
            }
            part.add(i);
        }
        return parts;
    }

    private static int blocks(int size) {
        return (size + BLOCK - 1) / BLOCK;
    }

    private static int slices(int size) {
        return (size + SLICE - 1) / SLICE;
    }

    /**
     * The kernel's structure of parameters: sizes, then the units up to each one's end. Places that are left over have
     * none.
     */
    private static int[] sizes(List<Buffer> list, List<Integer> part, int most, IntUnaryOperator units) {
        int[] words = new int[2 * most];
        int end = 0;
        for (int t = 0; t < most; t++) {
            if (t < part.size()) {
                words[t] = list.get(part.get(t)).size();
                end = Math.addExact(end, units.applyAsInt(words[t]));
            }
            words[most + t] = end;
        }
        return words;
    }

    private static int[] sizes(List<Buffer> list, List<Integer> part, Launches to, IntUnaryOperator units) {
        return sizes(list, part, cuda(to) ? MOST_CUDA : MOST_OPENCL, units);
    }

    /**
     * A part's buffers: one argument of addresses in CUDA, an argument each in OpenCL, where the last one stands in the
     * places that are left over, which a kernel does not read.
     */
    private static void buffers(Launch launch, Launches to, List<Buffer> list, List<Integer> part, boolean many) {
        List<Driver.Memory> memories =
                part.stream().map(i -> ((GpuBuffer) list.get(i)).memory()).toList();
        if (many && cuda(to)) {
            launch.addresses(memories, MOST_CUDA);
            return;
        }
        for (int t = 0; t < (many ? MOST_OPENCL : 1); t++) {
            launch.memory(memories.get(Math.min(t, memories.size() - 1)));
        }
    }

    private static Launch slot(Launch launch, Slot slot) {
        return launch.buffer(slot.buffer()).int32(slot.index());
    }

    /** A kernel that goes through elements, and its first argument. */
    private static Launch elements(Update w, Launches to, String kernel, List<Integer> part, boolean many) {
        if (!many) {
            int n = w.g().get(part.get(0)).size();
            return to.add(FILE, w.dtype(), kernel).over(n, to.many()).int32(n);
        }
        int[] words = sizes(w.g(), part, to, GpuUpdate::slices);
        return to.add(FILE, w.dtype(), kernel + "_many")
                .over((long) words[words.length - 1] * SLICE_THREADS, SLICE_THREADS)
                .int32(words);
    }

    private static void adam(Update w, Launches to, List<Integer> part, boolean many) {
        DType dtype = w.dtype();
        Launch launch = elements(w, to, "update_adam", part, many)
                .real(dtype, w.attribute(0))
                .real(dtype, 1 - w.attribute(0))
                .real(dtype, w.attribute(1))
                .real(dtype, 1 - w.attribute(1))
                .real(dtype, w.attribute(2));
        for (int s = 0; s < 4; s++) {
            slot(launch, w.slot(s));
        }
        launch.buffer(w.clip());
        for (List<Buffer> list : List.of(w.g(), w.p(), w.m(), w.v())) {
            buffers(launch, to, list, part, many);
        }
    }

    private static void ema(Update w, Launches to, List<Integer> part, boolean many) {
        Launch launch = slot(elements(w, to, "update_ema", part, many), w.slot(0));
        buffers(launch, to, w.g(), part, many);
        buffers(launch, to, w.p(), part, many);
    }

    private static void gradNorm(Update w, Launches to, List<List<Integer>> parts, boolean many) {
        int blocks = w.g().stream().mapToInt(g -> blocks(g.size())).sum();
        Driver.Memory sums = to.room(w.dtype(), Math.max(1, blocks));
        int at = 0;
        for (List<Integer> part : parts) {
            int count = part.stream().mapToInt(i -> blocks(w.g().get(i).size())).sum();
            Launch launch;
            if (many) {
                launch = Strips.single()
                        .over(to.add(FILE, w.dtype(), "update_square_blocks_many"), count)
                        .int32(sizes(w.g(), part, to, GpuUpdate::blocks))
                        .int32(at);
            } else {
                launch = to.add(FILE, w.dtype(), "update_square_blocks")
                        .over(count, to.few())
                        .ints(w.g().get(part.get(0)).size(), at);
            }
            buffers(launch, to, w.g(), part, many);
            launch.memory(sums);
            at += count;
        }
        int left = blocks;
        if (many && blocks > 1) {
            Driver.Memory total = to.room(w.dtype(), 1);
            GpuReduce.sumTree(w.dtype(), to, 1, blocks, 1, sums, total);
            sums = total;
            left = 1;
        }
        slot(to.add(FILE, w.dtype(), "update_norm").over(1, 1).int32(left).memory(sums), w.slot(0))
                .buffer(w.clip());
    }
}
