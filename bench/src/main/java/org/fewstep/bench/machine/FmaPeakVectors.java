package org.fewstep.bench.machine;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Twelve chains x = x / 2 + 1/2 in registers: more than latency times units of any processor so far. */
final class FmaPeakVectors extends FmaPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int ROUNDS = (int) (FLOPS / (2 * 12 * SPECIES.length()));

    /** F32 numbers of a vector. */
    static int lanes() {
        return SPECIES.length();
    }

    @Override
    public float run() {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector x0 = FloatVector.broadcast(SPECIES, 2);
        FloatVector x1 = x0;
        FloatVector x2 = x0;
        FloatVector x3 = x0;
        FloatVector x4 = x0;
        FloatVector x5 = x0;
        FloatVector x6 = x0;
        FloatVector x7 = x0;
        FloatVector x8 = x0;
        FloatVector x9 = x0;
        FloatVector x10 = x0;
        FloatVector x11 = x0;
        // Different starts, so that the compiler cannot see one chain in two.
        x1 = x1.add(half);
        x2 = x1.add(half);
        x3 = x2.add(half);
        x4 = x3.add(half);
        x5 = x4.add(half);
        x6 = x5.add(half);
        x7 = x6.add(half);
        x8 = x7.add(half);
        x9 = x8.add(half);
        x10 = x9.add(half);
        x11 = x10.add(half);
        for (int i = 0; i < ROUNDS; i++) {
            x0 = x0.fma(half, half);
            x1 = x1.fma(half, half);
            x2 = x2.fma(half, half);
            x3 = x3.fma(half, half);
            x4 = x4.fma(half, half);
            x5 = x5.fma(half, half);
            x6 = x6.fma(half, half);
            x7 = x7.fma(half, half);
            x8 = x8.fma(half, half);
            x9 = x9.fma(half, half);
            x10 = x10.fma(half, half);
            x11 = x11.fma(half, half);
        }
        FloatVector low = x0.add(x1).add(x2.add(x3)).add(x4.add(x5));
        FloatVector high = x6.add(x7).add(x8.add(x9)).add(x10.add(x11));
        return low.add(high).reduceLanes(VectorOperators.ADD);
    }

    @Override
    public String how() {
        return "vectors of " + SPECIES.vectorBitSize() + " bits";
    }
}
