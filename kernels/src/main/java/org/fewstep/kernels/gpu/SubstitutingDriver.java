package org.fewstep.kernels.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A driver that calls a researcher's kernels in place of shipped ones; his file is compiled anew by each process. */
final class SubstitutingDriver extends ForwardingDriver {
    private record Compiled(Program program, List<String> options) implements Program {}

    private record Substitute(Function function, OwnKernels.Own own) implements Function {}

    private final OwnKernels own;
    private final Map<List<String>, Program> programs = new HashMap<>();

    /** Takes a driver over. */
    SubstitutingDriver(Driver driver, OwnKernels own) {
        super(driver);
        this.own = own;
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

    private static Launch substituted(Launch launch) {
        if (!(launch.function() instanceof Substitute substitute)) {
            return launch;
        }
        Launch mine = launch.of(substitute.function());
        OwnKernels.Geometry geometry = substitute.own().geometry();
        if (geometry != null) {
            int[] space = geometry.of(launch.numbers());
            mine.grid(space[0], space[1], space[2], space[3], space[4]);
        }
        return mine;
    }

    @Override
    public void launch(Launch launch) {
        driver.launch(substituted(launch));
    }

    @Override
    public Recorded record(List<Launch> launches) {
        return driver.record(
                launches.stream().map(SubstitutingDriver::substituted).toList());
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
