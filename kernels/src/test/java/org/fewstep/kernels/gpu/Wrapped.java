package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.DeviceOutOfMemory;

/** A driver that passes calls on, counts them, fails one of them on request, and may claim to be another device. */
final class Wrapped implements Driver {
    private final Driver driver;
    private final Facts facts;
    private int calls;
    private int failing = -1;
    private final List<Program> programs = new ArrayList<>();
    private final Set<String> files = new TreeSet<>();
    private final Set<String> functions = new TreeSet<>();

    Wrapped(Driver driver) {
        this(driver, driver.facts());
    }

    Wrapped(Driver driver, Facts facts) {
        this.driver = driver;
        this.facts = facts;
    }

    /** A GPU of that many units, played by the processor: its kernels and launches run as they would there. */
    static Wrapped asGpu(Driver driver, int units) {
        Facts f = driver.facts();
        return new Wrapped(
                driver,
                new Facts(f.name(), f.version(), f.backend(), f.capability(), false, f.f64(), units, f.bytes()));
    }

    /** The k-th allocation, launch or upload from now on fails; none for -1. */
    void fail(int k) {
        calls = 0;
        failing = k;
    }

    /** Allocations, launches and uploads since {@link #fail}. */
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

    private boolean fails() {
        return calls++ == failing;
    }

    private void mayFail(String what) {
        if (fails()) {
            throw new DeviceException("planted: " + what);
        }
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public List<String> options() {
        return driver.options();
    }

    @Override
    public Memory allocate(long bytes) {
        if (fails()) {
            // The pool trims and asks once more.
            failing = calls;
            throw new DeviceOutOfMemory("planted: allocation");
        }
        return driver.allocate(bytes);
    }

    @Override
    public void free(Memory memory) {
        driver.free(memory);
    }

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {
        mayFail("upload");
        driver.upload(to, place, from, at, bytes);
    }

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {
        driver.download(from, place, to, bytes);
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        Program program = driver.compile(file, source, options);
        programs.add(program);
        files.add(file);
        return program;
    }

    @Override
    public byte[] binary(Program program) {
        return driver.binary(program);
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        return driver.load(file, binary, options);
    }

    @Override
    public Function function(Program program, String name) {
        functions.add(name);
        return driver.function(program, name);
    }

    @Override
    public void launch(Launch launch) {
        mayFail("launch");
        driver.launch(launch);
    }

    @Override
    public void flush() {
        driver.flush();
    }

    @Override
    public void synchronize() {
        driver.synchronize();
    }

    @Override
    public void release(Function function) {
        driver.release(function);
    }

    @Override
    public void release(Program program) {
        driver.release(program);
    }

    @Override
    public void close() {
        driver.close();
    }
}
