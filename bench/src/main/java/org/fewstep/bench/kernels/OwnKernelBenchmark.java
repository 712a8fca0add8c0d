package org.fewstep.bench.kernels;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.Choice;
import org.fewstep.kernels.gpu.Race;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Oracle;
import org.fewstep.kernels.trial.Trial;
import org.fewstep.kernels.trial.Trials;
import org.fewstep.kernels.trial.Verdict;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A kernel of one's own, or a shipped version, as a JMH benchmark: one call that waits for its end, checked before.
 *
 * <pre>
 * java -jar bench/target/benchmarks.jar OwnKernelBenchmark -p file=my_matmul.cl -p family=matmul -p shape=512x512x512
 * </pre>
 *
 * <p>To start from: copy this class, and change the trial for a workload of your own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class OwnKernelBenchmark {
    /** A file as {@code kernels race} takes it, or nothing for the shipped kernels. */
    @Param("")
    public String file = "";

    @Param("matmul")
    public String family = "";

    /** As {@code kernels list} says. */
    @Param("256x256x256")
    public String shape = "";

    /** A part of the work's name, where a family has several codes. */
    @Param("")
    public String code = "";

    /** Of the shipped versions the one that calls what the file stands in for; without a file the family's own. */
    @Param("")
    public String version = "";

    /** f32 or f64. */
    @Param("f32")
    public String dtype = "";

    @Param("opencl:0")
    public String device = "";

    private @Nullable Contestant shipped;
    private @Nullable Contestant contestant;
    private @Nullable Operands operands;
    private @Nullable Workload work;
    private @Nullable Choice choice;

    /** Opens the device, makes the work and checks it. */
    @Setup
    public void setUp() {
        Contestant plain = Contestant.open(device, Precision.F32);
        shipped = plain;
        Contestant mine = file.isEmpty() ? plain : Contestant.open(device, Precision.F32, KernelFile.read(file), plain);
        contestant = mine;
        DType type = DType.valueOf(dtype.toUpperCase(Locale.ROOT));
        Trial trial = Trials.of(Families.of(family), shape).stream()
                .filter(one -> one.label().contains(code))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("code: got \"" + code + "\"; expected one of " + family));
        Operands numbers = new Operands(mine.lab().device(), type);
        operands = numbers;
        Workload made = trial.on(numbers);
        work = made;
        Choice chosen = version.isEmpty()
                ? mine.lab().legal(made).stream()
                        .filter(one -> mine.takesPart(made, one))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("file: got " + file + ", which nothing calls"))
                : Choice.parse(version);
        choice = chosen;
        Race.run(mine.lab(), trial, type, Oracle.of(trial), (any, one) -> one.equals(chosen), 0)
                .entries()
                .forEach(entry -> require(entry.verdict()));
    }

    private static void require(Verdict verdict) {
        if (!verdict.ok()) {
            throw new IllegalStateException("own kernel: wrong at " + verdict.wrong());
        }
    }

    /** The call. */
    @Benchmark
    public void run() {
        Contestant mine = contestant;
        Workload made = work;
        Choice chosen = choice;
        if (mine == null || made == null || chosen == null) {
            throw new IllegalStateException("benchmark: got no work; expected setUp before run");
        }
        mine.lab().run(made, chosen);
        mine.lab().device().synchronize();
    }

    @TearDown
    public void tearDown() {
        if (operands != null) {
            operands.close();
        }
        if (contestant != null && contestant != shipped) {
            contestant.close();
        }
        if (shipped != null) {
            shipped.close();
        }
    }
}
