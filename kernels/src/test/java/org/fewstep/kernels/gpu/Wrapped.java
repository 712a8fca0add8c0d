package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceOutOfMemory;

/**
 * A driver that passes calls on, counts them and what they leave, fails one of them on request, and may claim to be another
 * device.
 */
final class Wrapped extends ForwardingDriver {
    /** What may fail. */
    enum Call {
        ALLOCATE,
        UPLOAD,
        DOWNLOAD,
        COMPILE,
        BINARY,
        LOAD,
        FUNCTION,
        LAUNCH,
        RECORD,
        REPLAY,
        FLUSH,
        SYNCHRONIZE,
        /** of a kernel or program; it is gone all the same */
        RELEASE
    }

    private final Facts facts;
    private int calls;
    private int failing = -1;
    private Set<Call> counted = EnumSet.allOf(Call.class);
    private final List<Program> programs = new ArrayList<>();
    private final Set<String> files = new TreeSet<>();
    private final Set<String> functions = new TreeSet<>();
    private final Set<Object> handles = Collections.newSetFromMap(new IdentityHashMap<>());

    Wrapped(Driver driver) {
        this(driver, driver.facts());
    }

    Wrapped(Driver driver, Facts facts) {
        super(driver);
        this.facts = facts;
    }

    /** A GPU of that many units, played by the processor: its kernels and launches run as they would there. */
    static Wrapped asGpu(Driver driver, int units) {
        Facts f = driver.facts();
        return new Wrapped(
                driver,
                new Facts(f.name(), f.version(), f.backend(), f.capability(), false, f.f64(), units, f.bytes()));
    }

    /** The k-th of these calls from now on fails, or of all that may, where none is named; none for -1. */
    void fail(int k, Call... which) {
        calls = 0;
        failing = k;
        counted = which.length == 0 ? EnumSet.allOf(Call.class) : EnumSet.copyOf(List.of(which));
    }

    /** Calls since {@link #fail}, of those that it counts. */
    int calls() {
        return calls;
    }

    /** Number of compilations. */
    int compilations() {
        return programs.size();
    }

    /** Compiled programs. */
    List<Program> programs() {
        return programs;
    }

    /** Names of the files that were compiled. */
    Set<String> files() {
        return files;
    }

    /** Names of the kernels that were asked for. */
    Set<String> functions() {
        return functions;
    }

    /** Memory, programs and kernels that were made and not given back. */
    Set<Object> handles() {
        return handles;
    }

    private <T> T made(T handle) {
        handles.add(handle);
        return handle;
    }

    private boolean fails(Call call) {
        return counted.contains(call) && calls++ == failing;
    }

    private void mayFail(Call call) {
        if (fails(call)) {
            throw new DeviceException("planted: " + call);
        }
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public Memory allocate(long bytes) {
        if (fails(Call.ALLOCATE)) {
            // The pool trims and asks once more.
            failing = calls;
            throw new DeviceOutOfMemory("planted: allocation");
        }
        return made(driver.allocate(bytes));
    }

    @Override
    public void free(Memory memory) {
        handles.remove(memory);
        driver.free(memory);
    }

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {
        mayFail(Call.UPLOAD);
        driver.upload(to, place, from, at, bytes);
    }

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {
        mayFail(Call.DOWNLOAD);
        driver.download(from, place, to, bytes);
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        mayFail(Call.COMPILE);
        Program program = made(driver.compile(file, source, options));
        programs.add(program);
        files.add(file);
        return program;
    }

    @Override
    public byte[] binary(Program program) {
        mayFail(Call.BINARY);
        return driver.binary(program);
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        mayFail(Call.LOAD);
        return made(driver.load(file, binary, options));
    }

    @Override
    public Function function(Program program, String name) {
        mayFail(Call.FUNCTION);
        functions.add(name);
        return made(driver.function(program, name));
    }

    @Override
    public void launch(Launch launch) {
        mayFail(Call.LAUNCH);
        driver.launch(launch);
    }

    @Override
    public Recorded record(List<Launch> launches) {
        mayFail(Call.RECORD);
        return driver.record(launches);
    }

    @Override
    public void run(Recorded recorded) {
        mayFail(Call.REPLAY);
        driver.run(recorded);
    }

    @Override
    public void flush() {
        mayFail(Call.FLUSH);
        driver.flush();
    }

    @Override
    public void synchronize() {
        mayFail(Call.SYNCHRONIZE);
        driver.synchronize();
    }

    @Override
    public void release(Function function) {
        handles.remove(function);
        driver.release(function);
        mayFail(Call.RELEASE);
    }

    @Override
    public void release(Program program) {
        handles.remove(program);
        driver.release(program);
        mayFail(Call.RELEASE);
    }
}
