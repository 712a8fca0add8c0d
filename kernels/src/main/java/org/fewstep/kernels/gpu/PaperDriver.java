package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device that exists on paper: it says what it is, hands out memory that holds nothing, and does nothing of what it is
 * told. So it can be asked which kernels a workload would become on a device that is not here, and nothing is compiled.
 */
final class PaperDriver implements Driver {
    private record PaperMemory(long bytes) implements Memory {
        @Override
        public long address() {
            return 0;
        }
    }

    private record PaperProgram(String file, List<String> options) implements Program {}

    private record PaperFunction(PaperProgram program, String name) implements Function {}

    private record PaperCalls(List<Launch> launches) implements Recorded {}

    private final Facts facts;

    PaperDriver(Facts facts) {
        this.facts = facts;
    }

    @Override
    public Facts facts() {
        return facts;
    }

    /** None of its own: what is left are those of a file. */
    @Override
    public List<String> options() {
        return List.of();
    }

    @Override
    public Memory allocate(long bytes) {
        return new PaperMemory(bytes);
    }

    @Override
    public void free(Memory memory) {}

    @Override
    public ByteBuffer host(int bytes) {
        return ByteBuffer.allocate(bytes);
    }

    @Override
    public void release(ByteBuffer host) {}

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {}

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {}

    @Override
    public byte @Nullable [] shipped(String source, List<String> options) {
        return null;
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        return new PaperProgram(file, List.copyOf(options));
    }

    @Override
    public byte[] binary(Program program) {
        return new byte[0];
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        return new PaperProgram(file, List.copyOf(options));
    }

    @Override
    public Function function(Program program, String name) {
        return new PaperFunction((PaperProgram) program, name);
    }

    /** What a launch that was planned here would call. */
    static KernelCall call(Launch launch) {
        PaperFunction function = (PaperFunction) launch.function();
        return new KernelCall(
                function.program().file(),
                function.name(),
                function.program().options(),
                launch.count(),
                List.of(launch.groups(0), launch.groups(1), launch.groups(2)),
                List.of(launch.threads(0), launch.threads(1), launch.threads(2)));
    }

    @Override
    public void launch(Launch launch) {}

    @Override
    public Recorded record(List<Launch> launches) {
        return new PaperCalls(launches);
    }

    @Override
    public void run(Recorded recorded) {}

    @Override
    public void release(Recorded recorded) {}

    @Override
    public void flush() {}

    @Override
    public void synchronize() {}

    @Override
    public void release(Function function) {}

    @Override
    public void release(Program program) {}

    @Override
    public void close() {}
}
