package org.fewstep.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.apache.commons.rng.core.source32.Philox4x32;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    private static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
        int[] out = new int[4];
        Philox.block(c0, c1, c2, c3, k0, k1, out, 0);
        return out;
    }

    @Test
    void knownAnswersOfRandom123() {
        assertArrayEquals(new int[] {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}, block(0, 0, 0, 0, 0, 0));
        assertArrayEquals(new int[] {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}, block(-1, -1, -1, -1, -1, -1));
        assertArrayEquals(
                new int[] {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1},
                block(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0));
    }

    /** commons-rng starts its stream at counter + 1. */
    @Test
    void agreesWithCommonsRng() {
        SplittableRandom random = new SplittableRandom(20);
        for (int trial = 0; trial < 200; trial++) {
            int k0 = random.nextInt();
            int k1 = random.nextInt();
            int c0 = random.nextInt(Integer.MAX_VALUE - 10);
            int c1 = random.nextInt();
            int c2 = random.nextInt();
            int c3 = random.nextInt();
            Philox4x32 other = new Philox4x32(new int[] {k0, k1, c0, c1, c2, c3});
            for (int block = 1; block < 4; block++) {
                int[] expected = {other.nextInt(), other.nextInt(), other.nextInt(), other.nextInt()};
                assertArrayEquals(expected, block(c0 + block, c1, c2, c3, k0, k1));
            }
        }
    }

    @Test
    void writesFourWordsAtTheOffsetOnly() {
        int[] out = new int[8];
        Philox.block(0, 0, 0, 0, 0, 0, out, 3);
        assertArrayEquals(new int[] {0, 0, 0, 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8, 0}, out);
    }

    /** Every input bit must reach about half of the 128 output bits. */
    @Test
    void oneInputBitChangesHalfOfTheOutput() {
        int[] base = {1, 2, 3, 4, 5, 6};
        int[] before = block(base[0], base[1], base[2], base[3], base[4], base[5]);
        double total = 0;
        for (int bit = 0; bit < 192; bit++) {
            int[] in = base.clone();
            in[bit / 32] ^= 1 << bit % 32;
            int[] after = block(in[0], in[1], in[2], in[3], in[4], in[5]);
            for (int word = 0; word < 4; word++) {
                total += Integer.bitCount(before[word] ^ after[word]);
            }
        }
        assertEquals(64, total / 192, 1.5);
    }
}
