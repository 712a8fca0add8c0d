package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A driver that calls a researcher's kernels in place of shipped ones; his file is compiled anew by each process. */
final class SubstitutingDriver implements Driver {
    private record Compiled(Program program, List<String> options) implements Program {}

    private record Substitute(Function function, OwnKernels.Own own) implements Function {}

    private final Driver driver;
    private final OwnKernels own;
    private final Map<List<String>, Program> programs = new HashMap<>();

    /** Takes a driver over. */
    SubstitutingDriver(Driver driver, OwnKernels own) {
        this.driver = driver;
        this.own = own;
    }

    @Override
    public Facts facts() {
        return driver.facts();
    }

    @Override
    public List<String> options() {
        return driver.options();
    }

    @Override
    public Memory allocate(long bytes) {
        return driver.allocate(bytes);
    }

    @Override
    public void free(Memory memory) {
        driver.free(memory);
    }

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {
        driver.upload(to, place, from, at, bytes);
    }

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {
        driver.download(from, place, to, bytes);
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        return new Compiled(driver.compile(file, source, options), List.copyOf(options));
    }

    @Override
    public byte[] binary(Program program) {
        return driver.binary(((Compiled) program).program());
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        return new Compiled(driver.load(file, binary, options), List.copyOf(options));
    }

    @Override
    public Function function(Program program, String name) {
        Compiled shipped = (Compiled) program;
        OwnKernels.Own substitute = own.inPlaceOf(name);
        if (substitute == null) {
            return driver.function(shipped.program(), name);
        }
        Program mine = programs.computeIfAbsent(
                shipped.options(), options -> driver.compile(own.file(), own.source(), options));
        return new Substitute(driver.function(mine, substitute.name()), substitute);
    }

    @Override
    public KernelResources resources(Function function) {
        return driver.resources(function instanceof Substitute mine ? mine.function() : function);
    }

    @Override
    public void launch(Launch launch) {
        if (!(launch.function() instanceof Substitute substitute)) {
            driver.launch(launch);
            return;
        }
        Launch mine = launch.of(substitute.function());
        OwnKernels.Geometry geometry = substitute.own().geometry();
        if (geometry != null) {
            int[] space = geometry.of(launch.numbers());
            mine.grid(space[0], space[1], space[2], space[3], space[4]);
        }
        driver.launch(mine);
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
        driver.release(function instanceof Substitute mine ? mine.function() : function);
    }

    @Override
    public void release(Program program) {
        driver.release(((Compiled) program).program());
    }

    @Override
    public void close() {
        programs.values().forEach(driver::release);
        driver.close();
    }
}
