package org.fewstep.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies a strip of an operand for the tile kernels: {@code to[l * width + i] =} element (first + i, k0 + l), zero for
 * lines beyond the last, so that tails need no code of their own.
 */
final class VectorPackF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    private VectorPackF32() {}

    /**
     * Packs one strip.
     *
     * @param x the operand; element (line, l) stands at {@code at + line * lineStep + l * kStep}
     * @param lines lines that exist, at most {@code width}
     * @param width lines of a strip
     */
    static void strip(float[] x, int at, int lineStep, int kStep, int lines, int kc, int width, float[] to, int toAt) {
        if (lines < width) {
            partial(x, at, lineStep, kStep, lines, kc, width, to, toAt);
        } else if (lineStep == 1) {
            straight(x, at, kStep, kc, width, to, toAt);
        } else {
            turned(x, at, lineStep, kStep, kc, width, to, toAt);
        }
    }

    private static void partial(
            float[] x, int at, int lineStep, int kStep, int lines, int kc, int width, float[] to, int toAt) {
        for (int l = 0; l < kc; l++) {
            int from = at + l * kStep;
            int row = toAt + l * width;
            for (int i = 0; i < lines; i++) {
                to[row + i] = x[from + i * lineStep];
            }
            for (int i = lines; i < width; i++) {
                to[row + i] = 0;
            }
        }
    }

    private static void straight(float[] x, int at, int kStep, int kc, int width, float[] to, int toAt) {
        if (width % L == 0) {
            for (int l = 0; l < kc; l++) {
                for (int i = 0; i < width; i += L) {
                    FloatVector.fromArray(S, x, at + l * kStep + i).intoArray(to, toAt + l * width + i);
                }
            }
            return;
        }
        for (int l = 0; l < kc; l++) {
            for (int i = 0; i < width; i++) {
                to[toAt + l * width + i] = x[at + l * kStep + i];
            }
        }
    }

    /** Four lines at a time: each is read in order, the four numbers of an l are written side by side. */
    private static void turned(float[] x, int at, int lineStep, int kStep, int kc, int width, float[] to, int toAt) {
        int i = 0;
        for (; i + 4 <= width; i += 4) {
            turn4(x, at + i * lineStep, lineStep, kStep, kc, width, to, toAt + i);
        }
        for (; i < width; i++) {
            for (int l = 0; l < kc; l++) {
                to[toAt + i + l * width] = x[at + i * lineStep + l * kStep];
            }
        }
    }

    private static void turn4(float[] x, int at, int lineStep, int kStep, int kc, int width, float[] to, int toAt) {
        int a1 = at + lineStep;
        int a2 = a1 + lineStep;
        int a3 = a2 + lineStep;
        for (int l = 0; l < kc; l++) {
            int p = l * kStep;
            int q = toAt + l * width;
            to[q] = x[at + p];
            to[q + 1] = x[a1 + p];
            to[q + 2] = x[a2 + p];
            to[q + 3] = x[a3 + p];
        }
    }
}
