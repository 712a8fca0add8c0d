package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
    @Test
    void valuesAndVectorsGiveTheMatrix() {
        int n = 17;
        double[] a = gram(n, n);
        SymmetricEigen found = SymmetricEigen.of(a, n);
        double[] again = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    again[i * n + j] += found.vectors()[i * n + k] * found.values()[k] * found.vectors()[j * n + k];
                }
            }
        }
        assertArrayEquals(a, again, 1e-11);
    }

    /** Also of a matrix without full rank, some of whose values come out a little below 0. */
    @Test
    void theRootsSquareIsTheMatrix() {
        int n = 9;
        double[] a = gram(n, 4);
        SymmetricEigen found = SymmetricEigen.of(a, n);
        double[] root = found.root();
        double[] square = new double[n * n];
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += root[i * n + i];
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    square[i * n + j] += root[i * n + k] * root[k * n + j];
                }
            }
        }
        assertArrayEquals(a, square, 1e-7);
        assertEquals(trace, found.rootTrace(), 1e-10);
    }

    @Test
    void aDiagonalIsItsOwnSpectrum() {
        double[] values = SymmetricEigen.of(new double[] {3, 0, 0, -1}, 2).values();
        Arrays.sort(values);
        assertArrayEquals(new double[] {-1, 3}, values, 1e-15);
    }

    @Test
    void badMatricesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> SymmetricEigen.of(new double[5], 2));
        assertThrows(IllegalArgumentException.class, () -> SymmetricEigen.of(new double[0], 0));
        double[] infinite = {Double.POSITIVE_INFINITY};
        assertThrows(IllegalArgumentException.class, () -> SymmetricEigen.of(infinite, 1));
    }

    /** B B^T of a random (n, rank). */
    private static double[] gram(int n, int rank) {
        Random random = new Random(5);
        double[] b = random.doubles((long) n * rank, -1, 1).toArray();
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < rank; k++) {
                    a[i * n + j] += b[i * rank + k] * b[j * rank + k];
                }
            }
        }
        return a;
    }
}
