package org.fewstep.kernels.gpu;

import static org.jocl.CL.CL_PROGRAM_KERNEL_NAMES;
import static org.jocl.CL.clGetProgramInfo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.Workload.Family;
import org.jocl.Pointer;

/**
 * Runs {@link SmallWorkloads} by every choice that is legal for them, in turn as on a processor and as on GPUs of one and
 * of many units, in a process of its own: the OpenCL device is oclgrind's simulator.
 *
 * <p>Every block is as long as what it holds, unlike a pool's, so that a step beside it is seen; what nobody wrote is
 * left as it is. Content goes to the device as arguments of a kernel, since a copy would be waited for by a thread of JOCL,
 * and there oclgrind's check of uninitialised values fails.
 */
final class Grind implements SmallWorkloads.Buffers {
    /** Words that a call of {@link #PUT} writes. */
    private static final int WORDS = 256;

    private static final String PUT = "put.cl";
    private static final String PUT_TEXT = """
            typedef struct { int word[%d]; } Words;
            __kernel void put(Words words, int at, int count, __global int *to) {
                for (int i = 0; i < count; i++) {
                    to[at + i] = words.word[i];
                }
            }
            """.formatted(WORDS);

    private final Wrapped driver;
    private final Programs programs;
    private final GpuDevice device;
    private final DType dtype;
    private final List<Driver.Facts> facts;
    private final Set<Driver.Function> ran = new HashSet<>();
    private int turn;

    private Grind(Driver simulator, UnaryOperator<String> sources, DType dtype) {
        this.driver = new Wrapped(simulator);
        this.programs =
                new Programs(driver, new ProgramCache(null), file -> file.equals(PUT) ? PUT_TEXT : sources.apply(file));
        this.device = new GpuDevice("opencl:0", driver, programs, Choices.STANDARD, 0, false);
        this.dtype = dtype;
        this.facts = List.of(
                driver.facts(),
                Wrapped.asGpu(driver, 1).facts(),
                Wrapped.asGpu(driver, 1 << 30).facts());
    }

    /**
     * Arguments: a dtype, and all families run, then each kernel must have; or a dtype, a family, a file, text in it and
     * what stands there instead.
     */
    public static void main(String[] args) {
        Driver simulator = new OpenClDriver(OpenClDriver.find().get(0));
        if (!simulator.facts().name().contains("Oclgrind")) {
            throw new IllegalStateException(
                    "grind: got " + simulator.facts().name() + "; expected oclgrind's simulator");
        }
        DType dtype = DType.valueOf(args[0]);
        if (args.length > 1) {
            new Grind(simulator, planted(args[2], args[3], args[4]), dtype).run(Family.valueOf(args[1]));
            return;
        }
        Grind grind = new Grind(simulator, Source::of, dtype);
        for (Family family : Family.values()) {
            grind.run(family);
        }
        grind.requireAll();
    }

    private static UnaryOperator<String> planted(String planted, String text, String instead) {
        String source = Source.of(planted);
        if (!source.contains(text)) {
            throw new IllegalArgumentException(planted + " has no longer: " + text);
        }
        return file -> file.equals(planted) ? source.replace(text, instead) : Source.of(file);
    }

    private void run(Family family) {
        new SmallWorkloads(device, dtype, this, this::run).all(family);
    }

    @Override
    public Buffer blank(DType type, int size) {
        return new GpuBuffer(device, type, size, memory(type, size), false, null);
    }

    private Driver.Memory memory(DType type, int size) {
        return driver.allocate((long) size * type.bytes());
    }

    @Override
    public void put(Buffer buffer, double... values) {
        int[] words = words(buffer.dtype(), values);
        for (int first = 0; first < words.length; first += WORDS) {
            int count = Math.min(WORDS, words.length - first);
            driver.launch(new Launch(programs.function(PUT, DType.I32, "put"))
                    .int32(Arrays.copyOfRange(words, first, first + WORDS))
                    .ints(first, count)
                    .buffer(buffer));
        }
    }

    private static int[] words(DType type, double... values) {
        int[] words = new int[values.length * type.bytes() / 4];
        for (int i = 0; i < values.length; i++) {
            switch (type) {
                case F32 -> words[i] = Float.floatToRawIntBits((float) values[i]);
                case I32 -> words[i] = (int) values[i];
                case F64 -> {
                    long bits = Double.doubleToRawLongBits(values[i]);
                    words[2 * i] = (int) bits;
                    words[2 * i + 1] = (int) (bits >>> 32);
                }
            }
        }
        return words;
    }

    /** In turn as each device, and as all of them where a kernel has not run yet. */
    private void run(Workload work) {
        // A round starts one later than the last, out of step with the codes of a family.
        Driver.Facts turned = facts.get((turn + turn / facts.size()) % facts.size());
        turn++;
        for (Driver.Facts here : facts) {
            List<Choice> legal = new ArrayList<>();
            run(here == turned, plan(work, here, (w, choices) -> {
                legal.addAll(choices);
                return choices.get(0);
            }));
            for (int i = 1; i < legal.size(); i++) {
                Choice choice = legal.get(i);
                run(here == turned, plan(work, here, (w, choices) -> choice));
            }
        }
    }

    private List<Launch> plan(Workload work, Driver.Facts here, Choices choices) {
        Launches launches = new Launches(programs, here, choices, Precision.F32, this::memory);
        GpuKernels.plan(work, launches);
        return launches.list();
    }

    private void run(boolean anyway, List<Launch> launches) {
        boolean fresh = false;
        for (Launch launch : launches) {
            fresh |= ran.add(launch.function());
        }
        if (anyway || fresh) {
            launches.forEach(driver::launch);
            driver.synchronize();
        }
    }

    /** Every family's file was compiled, and of what was compiled every kernel was called. */
    private void requireAll() {
        Set<String> missing = new TreeSet<>();
        for (Family family : Family.values()) {
            missing.add(family.name().toLowerCase(Locale.ROOT) + ".cl");
        }
        missing.removeAll(driver.files());
        for (Driver.Program program : driver.programs()) {
            missing.addAll(kernels(program));
        }
        missing.removeAll(driver.functions());
        if (!missing.isEmpty()) {
            throw new IllegalStateException("grind: got no workload that runs " + missing + " in " + dtype
                    + "; expected one for each kernel; add it to SmallWorkloads");
        }
    }

    private static List<String> kernels(Driver.Program program) {
        byte[] names = new byte[1 << 16];
        long[] size = new long[1];
        clGetProgramInfo(
                ((OpenClDriver.OpenClProgram) program).program(),
                CL_PROGRAM_KERNEL_NAMES,
                names.length,
                Pointer.to(names),
                size);
        return List.of(new String(names, 0, (int) size[0] - 1, StandardCharsets.UTF_8).split(";"));
    }
}
