package org.fewstep.kernels.cpu;

/**
 * An operand of a product, as lines of k numbers: the rows of op(A), the columns of op(B). It copies strips of lines for
 * the tile kernels, with zeros for lines beyond the last, so that tails need no code there.
 */
interface VectorOperandF32 {
    /** True where a line lies in one piece; must not depend on the number of lines. */
    boolean whole();

    /**
     * A strip k by k: {@code to[toAt + l * width + i]} = number k0 + l of line first + i.
     *
     * @param lines lines that exist from {@code first} on, at most {@code width}
     * @param width a multiple of a vector, or less than one
     */
    void byK(int first, int lines, int k0, int kc, int width, float[] to, int toAt);

    /** A strip line by line: {@code to[toAt + i * ROW + l]} = number k0 + l of line first + i; only where whole. */
    void byRows(int first, int lines, int k0, int kc, int width, float[] to, int toAt);
}
