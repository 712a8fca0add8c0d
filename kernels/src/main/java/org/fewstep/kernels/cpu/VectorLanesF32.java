package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of provider {@code vector}: the widest that the machine prefers, and the tile of C that goes with them. */
final class VectorLanesF32 {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** The same lanes as whole numbers. */
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** Numbers in a vector. */
    static final int L = SPECIES.length();

    /** Columns of a tile. */
    static final int COLUMNS = 2 * L;

    /** Rows of a tile: 24 accumulators need 32 registers, which AVX-512 has and NEON; others have 16. */
    static final int ROWS = SPECIES.vectorBitSize() == 512 || isArm() ? 12 : 6;

    /** k of a block. */
    static final int DEPTH = 256;

    /** Distance of the k of a strip of A that is packed k by k: whole vectors. */
    static final int PITCH = (ROWS + L - 1) / L * L;

    /** Distance of the rows of a strip of A that is kept row by row; not a power of 2, so that rows spread over L1. */
    static final int ROW = DEPTH + 16;

    private VectorLanesF32() {}

    /** Bits of a vector. */
    static int bits() {
        return SPECIES.vectorBitSize();
    }

    /** Rows of the smallest tile kernel that holds so many. */
    static int tileRows(int rows) {
        return ROWS == 12 ? (rows + 3) / 4 * 4 : ROWS;
    }

    private static boolean isArm() {
        return System.getProperty("os.arch", "").equals("aarch64");
    }
}
