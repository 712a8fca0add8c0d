package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.cpu.CpuDevice;
import org.jspecify.annotations.Nullable;

/** What the CPU's F64 kernels make of a trial: plain loops and EJML, held against the definitions by their contracts. */
public final class Oracle {
    private final Trial trial;
    private final List<double[]> expected;

    private Oracle(Trial trial, List<double[]> expected) {
        this.trial = trial;
        this.expected = expected;
    }

    /** Runs a trial, or its sample, in F64 on the CPU. */
    public static Oracle of(Trial trial) {
        CpuDevice cpu = CpuDevice.shared();
        try (Operands operands = new Operands(cpu, DType.F64)) {
            Trial.Sample sample = trial.sample();
            Workload work = (sample == null ? trial.maker() : sample.maker()).make(operands);
            cpu.run(work);
            return new Oracle(trial, Operands.results(work));
        }
    }

    /**
     * Compares results of the trial's workload.
     *
     * @param epsilon distance of neighbours near 1 of the numbers that the kernel computes with
     */
    public Verdict judge(List<double[]> results, double epsilon) {
        double worst = 0;
        @Nullable String wrong = null;
        double tolerance = trial.epsilons() * epsilon;
        Trial.Sample sample = trial.sample();
        for (int r = 0; r < expected.size(); r++) {
            double[] want = expected.get(r);
            double[] got = results.get(r);
            double greatest = greatest(want);
            for (int i = 0; i < want.length; i++) {
                int place = sample == null ? i : sample.place(i);
                double difference = Math.abs(got[place] - want[i]);
                worst = difference <= worst * greatest ? worst : difference / greatest;
                if (wrong == null && !(difference <= tolerance * greatest)) {
                    wrong = wrong(r, place, got[place], want[i], tolerance * greatest);
                }
            }
        }
        if (wrong == null && sample != null) {
            wrong = forgotten(results.get(0));
        }
        return new Verdict(worst, tolerance, wrong);
    }

    /** A place that the kernel did not write, among those that are not compared. */
    private static @Nullable String forgotten(double[] got) {
        for (int i = 0; i < got.length; i++) {
            if (Double.isNaN(got[i])) {
                return "index " + i + ": got NaN, expected a number";
            }
        }
        return null;
    }

    private String wrong(int result, int index, double got, double want, double limit) {
        String where = expected.size() == 1 ? "index " + index : "result " + result + ", index " + index;
        return where + ": got " + got + ", expected " + want + " within " + limit;
    }

    /** Of the numbers' sizes; the least that F32 tells from 0 where all are 0. */
    private static double greatest(double[] values) {
        double most = Float.MIN_NORMAL;
        for (double value : values) {
            most = Math.max(most, Math.abs(value));
        }
        return most;
    }
}
