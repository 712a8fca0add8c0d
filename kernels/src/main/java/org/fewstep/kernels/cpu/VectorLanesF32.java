package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of provider {@code vector}: the widest that the machine prefers, and the tile of C that goes with them. */
final class VectorLanesF32 {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Numbers in a vector. */
    static final int L = SPECIES.length();

    /** Columns of a tile. */
    static final int COLUMNS = 2 * L;

    /** Rows of a tile: 24 accumulators need 32 registers, which AVX-512 has and NEON; others have 16. */
    static final int ROWS = SPECIES.vectorBitSize() == 512 || isArm() ? 12 : 6;

    private VectorLanesF32() {}

    /** Bits of a vector. */
    static int bits() {
        return SPECIES.vectorBitSize();
    }

    private static boolean isArm() {
        return System.getProperty("os.arch", "").equals("aarch64");
    }
}
