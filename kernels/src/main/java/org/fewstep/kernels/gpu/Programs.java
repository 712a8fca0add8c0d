package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.LiveHandles;

/** The kernels of one open device, each file compiled at its first use for a dtype and a set of definitions. */
final class Programs {
    private record Key(String file, DType dtype, List<String> defines) {}

    private record Compiled(Driver.Program program, Map<String, Driver.Function> functions) {}

    private final Driver driver;
    private final ProgramCache cache;
    private final UnaryOperator<String> sources;
    private final Map<Key, Compiled> compiled = new HashMap<>();
    private LiveHandles live = new LiveHandles();

    /**
     * Nothing is compiled yet.
     *
     * @param sources the whole text of a file of that name
     */
    Programs(Driver driver, ProgramCache cache, UnaryOperator<String> sources) {
        this.driver = driver;
        this.cache = cache;
        this.sources = sources;
    }

    /** Where programs and kernels are counted from now on; nothing is compiled yet. */
    synchronized void countIn(LiveHandles handles) {
        live = handles;
    }

    /**
     * A kernel.
     *
     * @param dtype what REAL is
     * @param defines NAME=VALUE definitions for the file
     */
    synchronized Driver.Function function(String file, DType dtype, String kernel, String... defines) {
        Key key = new Key(file, dtype, Arrays.asList(defines));
        Compiled known = compiled.get(key);
        if (known == null) {
            List<String> options = options(driver.options(), dtype, key.defines());
            known = new Compiled(cache.program(driver, file, sources.apply(file), options), new HashMap<>());
            compiled.put(key, known);
            live.programs().incrementAndGet();
        }
        Driver.Function function = known.functions().get(kernel);
        if (function == null) {
            function = driver.function(known.program(), kernel);
            known.functions().put(kernel, function);
            live.functions().incrementAndGet();
        }
        return function;
    }

    /** A compilation's options: the driver's, what REAL is, and the definitions. */
    static List<String> options(List<String> drivers, DType dtype, List<String> defines) {
        List<String> options = new ArrayList<>(drivers);
        options.add(
                switch (dtype) {
                    case F32 -> "-DREAL_IS_FLOAT=1";
                    case F64 -> "-DREAL_IS_DOUBLE=1";
                    case I32 -> "-DREAL_IS_INT=1";
                });
        for (String define : defines) {
            options.add("-D" + define);
        }
        return options;
    }

    /** Releases everything, also where the driver refuses one of them; its first refusal is thrown at the end. */
    synchronized void close() {
        List<RuntimeException> refusals = new ArrayList<>();
        for (Compiled one : compiled.values()) {
            for (Driver.Function function : one.functions().values()) {
                release(() -> driver.release(function), refusals);
                live.functions().decrementAndGet();
            }
            release(() -> driver.release(one.program()), refusals);
            live.programs().decrementAndGet();
        }
        compiled.clear();
        if (!refusals.isEmpty()) {
            throw refusals.get(0);
        }
    }

    private static void release(Runnable release, List<RuntimeException> refusals) {
        try {
            release.run();
        } catch (RuntimeException e) {
            refusals.add(e);
        }
    }
}
