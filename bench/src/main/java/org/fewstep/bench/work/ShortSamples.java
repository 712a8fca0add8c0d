package org.fewstep.bench.work;

import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.cpu.Provider;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How everything is timed: the average time of a call in each of 30 samples of 0.1 s, in three JVMs, after 3 s of
 * warm-up. Short samples give a minimum and a median: on a machine where other work runs now and then, the minimum is
 * what the code takes, and the median against it says how disturbed the run was.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 30, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 30, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            Provider.VECTOR_FLAG,
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx4g",
            // DJL: nothing is fetched, nothing reported.
            "-Dai.djl.offline=true",
            "-DOPT_OUT_TRACKING=true"
        })
public abstract class ShortSamples {}
