package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;

/** Calls of conv2d.cl's third version: some samples at a time are spread in a room, from which strips are computed. */
final class GpuConv2dStrips {
    private static final String FILE = "conv2d.cl";

    /** As in the file. */
    private static final int STRIP_ROWS = 8;

    private static final int PATCH = 4;
    private static final int VECTOR_BYTES = 64;

    /** Most numbers of spread planes, unless one sample has more. */
    private static final int SPREAD = 1 << 22;

    /** Numbers that the rows of a part of the weights' sums take in cache, and most numbers of all parts together. */
    private static final int CACHED = 1 << 20;

    private static final int MOST_SUMS = 1 << 22;

    private final Conv2d work;
    private final Conv2d.Geometry s;
    private final Launches to;
    private final int lanes;

    private GpuConv2dStrips(Conv2d work, Launches to) {
        this.work = work;
        this.s = work.geometry();
        this.to = to;
        this.lanes = VECTOR_BYTES / work.dtype().bytes();
    }

    static void plan(Conv2d work, Launches to) {
        GpuConv2dStrips strips = new GpuConv2dStrips(work, to);
        switch (work.code()) {
            case FORWARD -> strips.forward();
            case INPUT -> strips.input();
            case WEIGHT -> strips.weight();
        }
    }

    /**
     * Planes of an image with their zeros around, as the file's structure of that name.
     *
     * @param strideY rows from one number of a phase to the next
     * @param phasesY phases that are there
     * @param height rows of a phase
     */
    private record Spread(
            int channels,
            int inHeight,
            int inWidth,
            int strideY,
            int strideX,
            int padTop,
            int padLeft,
            int phasesY,
            int phasesX,
            int height,
            int width) {
        int planes() {
            return channels * phasesY * phasesX;
        }

        /** Numbers of a sample in a plane. */
        int item() {
            return height * width;
        }

        /** Numbers of a plane; a vector may start at its last place. */
        int size(int items, int lanes) {
            return (items * item() + 2 * lanes - 1) / lanes * lanes;
        }

        /** Samples at a time. */
        int items(int batch) {
            return (int) Math.max(1, Math.min(batch, SPREAD / ((long) planes() * item())));
        }
    }

    /** The planes of x that y and w need: places (i, j) of y meet number (i, j) of the phases, and those behind. */
    private Spread spreadX() {
        return new Spread(
                s.inChannels(),
                s.inHeight(),
                s.inWidth(),
                s.strideY(),
                s.strideX(),
                s.padTop(),
                s.padLeft(),
                Math.min(s.strideY(), s.kernelHeight()),
                Math.min(s.strideX(), s.kernelWidth()),
                s.outHeight() + (s.kernelHeight() - 1) / s.strideY(),
                s.outWidth() + (s.kernelWidth() - 1) / s.strideX());
    }

    /** The planes of y that x needs, from its number (low, low) on. */
    private Spread spreadY() {
        int lowY = low(s.padTop(), s.kernelHeight(), s.strideY());
        int lowX = low(s.padLeft(), s.kernelWidth(), s.strideX());
        return new Spread(
                s.outChannels(),
                s.outHeight(),
                s.outWidth(),
                1,
                1,
                -lowY,
                -lowX,
                1,
                1,
                (s.inHeight() - 1 + s.padTop()) / s.strideY() - lowY + 1,
                (s.inWidth() - 1 + s.padLeft()) / s.strideX() - lowX + 1);
    }

    /** The first place of y that x meets under its last tap; may be beside the image. */
    private static int low(int pad, int kernel, int stride) {
        return pad / stride - (kernel - 1) / stride;
    }

    private Driver.Memory room(Spread spread, int items) {
        return to.room(work.dtype(), (long) spread.planes() * spread.size(items, lanes));
    }

    private void spread(Spread p, Buffer image, int first, int items, int size, Driver.Memory room) {
        int rows = Math.toIntExact((long) p.planes() * items * p.height);
        to.add(FILE, work.dtype(), "conv2d_spread")
                .over(rows, 1)
                .int32(
                        first,
                        items,
                        p.channels,
                        p.inHeight,
                        p.inWidth,
                        p.strideY,
                        p.strideX,
                        p.padTop,
                        p.padLeft,
                        p.phasesY,
                        p.phasesX,
                        p.height,
                        p.width,
                        size)
                .buffer(image)
                .memory(room);
    }

    private Launch terms(String kernel, int depth, int size, int width) {
        return to.add(FILE, work.dtype(), kernel)
                .over(depth, to.many())
                .int32(GpuConv2d.geometry(s))
                .ints(size, width);
    }

    private void forward() {
        Spread p = spreadX();
        int most = p.items(s.batch());
        int size = p.size(most, lanes);
        Driver.Memory room = room(p, most);
        Driver.Memory terms = to.room(DType.I32, 2L * s.depth());
        terms("conv2d_forward_terms", s.depth(), size, p.width).memory(terms);
        for (int first = 0; first < s.batch(); first += most) {
            int items = Math.min(most, s.batch() - first);
            spread(p, work.x(), first, items, size, room);
            strips(
                    new int[] {
                        s.depth(),
                        s.groupOut(),
                        s.depth(),
                        s.groupOut() * s.depth(),
                        items,
                        p.item(),
                        p.planes() / s.groups() * size,
                        p.width,
                        s.outHeight(),
                        s.outWidth(),
                        first * s.outChannels() * s.places(),
                        s.outChannels() * s.places(),
                        s.places(),
                        s.outWidth(),
                        1
                    },
                    terms,
                    room,
                    work.y());
        }
    }

    private void input() {
        Spread p = spreadY();
        int most = p.items(s.batch());
        int size = p.size(most, lanes);
        Driver.Memory room = room(p, most);
        int phasesY = Math.min(s.strideY(), s.inHeight());
        int phasesX = Math.min(s.strideX(), s.inWidth());
        Driver.Memory[] terms = new Driver.Memory[phasesY * phasesX];
        for (int phase = 0; phase < terms.length; phase++) {
            int depth = depth(phase / phasesX, phase % phasesX);
            terms[phase] = to.room(DType.I32, 2L * Math.max(1, depth));
            terms("conv2d_input_terms", depth, size, p.width)
                    .ints(phase / phasesX, phase % phasesX, -p.padTop, -p.padLeft)
                    .memory(terms[phase]);
        }
        for (int first = 0; first < s.batch(); first += most) {
            int items = Math.min(most, s.batch() - first);
            spread(p, work.y(), first, items, size, room);
            for (int phase = 0; phase < terms.length; phase++) {
                input(p, first, items, size, phase / phasesX, phase % phasesX, terms[phase], room);
            }
        }
    }

    private void input(
            Spread p, int first, int items, int size, int firstY, int firstX, Driver.Memory terms, Driver.Memory room) {
        int kernel = s.kernelHeight() * s.kernelWidth();
        int plane = s.inHeight() * s.inWidth();
        strips(
                new int[] {
                    depth(firstY, firstX),
                    s.groupIn(),
                    kernel,
                    s.groupOut() * s.groupIn() * kernel,
                    items,
                    p.item(),
                    p.planes() / s.groups() * size,
                    p.width,
                    parts(s.inHeight() - firstY, s.strideY()),
                    parts(s.inWidth() - firstX, s.strideX()),
                    first * s.inChannels() * plane + firstY * s.inWidth() + firstX,
                    s.inChannels() * plane,
                    plane,
                    s.strideY() * s.inWidth(),
                    s.strideX()
                },
                terms,
                room,
                work.x());
    }

    /** Terms of the sums of x in a phase. */
    private int depth(int firstY, int firstX) {
        return s.groupOut()
                * taps(firstY, s.padTop(), s.kernelHeight(), s.strideY())
                * taps(firstX, s.padLeft(), s.kernelWidth(), s.strideX());
    }

    private static int taps(int first, int pad, int kernel, int stride) {
        return parts(Math.max(0, kernel - (first + pad) % stride), stride);
    }

    /** The call for a structure of that name in the file. */
    private void strips(int[] strips, Driver.Memory terms, Driver.Memory room, Buffer result) {
        int rows = strips[1];
        int items = strips[4];
        int lines = lines(strips[8], strips[9], strips[7]);
        Buffer bias = work.bias();
        to.add(FILE, work.dtype(), "conv2d_strips")
                .int32(strips)
                .int32(bias == null ? 0 : 1)
                .memory(terms)
                .memory(room)
                .buffer(work.w())
                .buffer(bias == null ? work.w() : bias)
                .buffer(result)
                .grid(parts(rows, STRIP_ROWS), parts(items * lines, 2), s.groups(), 1, 1);
    }

    /** Vectors that cover an item's places, where neighbouring rows are {@code step} apart. */
    private int lines(int height, int width, int step) {
        return parts((height - 1) * step + width, lanes);
    }

    private void weight() {
        Spread p = spreadX();
        int most = p.items(s.batch());
        int size = p.size(most, lanes);
        int weights = s.outChannels() * s.depth();
        int lines = lines(s.outHeight(), s.outWidth(), p.width);
        int length = length(p, most, lines, weights);
        int rounds = parts(s.batch(), most);
        int parts =
                (rounds - 1) * parts(most * lines, length) + parts((s.batch() - (rounds - 1) * most) * lines, length);
        Driver.Memory room = room(p, most);
        Driver.Memory y = to.room(work.dtype(), (long) s.outChannels() * most * lines * lanes);
        Driver.Memory terms = to.room(DType.I32, 2L * s.depth());
        Driver.Memory result = ((GpuBuffer) work.w()).memory();
        Driver.Memory sums = parts == 1 ? result : to.room(work.dtype(), (long) parts * weights);
        terms("conv2d_forward_terms", s.depth(), size, p.width).memory(terms);
        for (int round = 0; round < rounds; round++) {
            int first = round * most;
            int items = Math.min(most, s.batch() - first);
            spread(p, work.x(), first, items, size, room);
            to.add(FILE, work.dtype(), "conv2d_lines")
                    .over((long) s.outChannels() * items * s.outHeight(), 1)
                    .int32(GpuConv2d.geometry(s))
                    .ints(first, items, p.width)
                    .buffer(work.y())
                    .memory(y);
            to.add(FILE, work.dtype(), "conv2d_weight_strips")
                    .grid(
                            parts(s.depth(), PATCH),
                            parts(s.groupOut(), PATCH),
                            s.groups() * parts(items * lines, length),
                            1,
                            1)
                    .int32(GpuConv2d.geometry(s))
                    .ints(items, length, round * parts(most * lines, length), size, p.item(), p.width)
                    .memory(terms)
                    .memory(room)
                    .memory(y)
                    .memory(sums);
        }
        if (parts > 1) {
            GpuConv2d.addParts(work, to, parts, weights, sums);
        }
    }

    /** Vectors of a part, by the sizes alone: the weights' bits depend on it. */
    private int length(Spread p, int most, int lines, int weights) {
        long inCache = CACHED / (p.planes() + s.outChannels()) / lanes;
        long fewParts = parts((long) s.batch() * lines * weights, MOST_SUMS);
        return (int) Math.min(Math.max(Math.max(inCache, fewParts), lanes), (long) most * lines);
    }

    private static int parts(int whole, int part) {
        return (whole + part - 1) / part;
    }

    private static long parts(long whole, long part) {
        return (whole + part - 1) / part;
    }
}
