package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Philox;
import org.fewstep.kernels.PortableNormal;

/**
 * Philox blocks, a vector of them at a time, and the normals of {@link PortableNormal} from their words, operation by
 * operation: the same bits. One object a thread, for up to 128 blocks.
 *
 * <p>Words 0 and 2 of a block are the radii of its two pairs, words 1 and 3 their angles.
 */
final class VectorNoiseF32 {
    /** One loop over the blocks; called through an interface, each is compiled by itself. */
    @FunctionalInterface
    interface Step {
        void run(VectorNoiseF32 noise);
    }

    /** Most blocks. */
    static final int BLOCKS = 128;

    static final Step[] NORMAL = {
        VectorNoiseF32::words, VectorNoiseF32::radii, VectorNoiseF32::quarters, VectorNoiseF32::turns
    };
    static final Step[] UNIFORM = {VectorNoiseF32::words, VectorNoiseF32::uniforms};

    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int L = VectorLanesF32.L;

    /** Products of longs are one instruction with AVX-512 alone; elsewhere HotSpot would make objects of the vectors. */
    private static final boolean LONG_PRODUCTS = VectorLanesF32.bits() == 512;

    /** 2^23 and its bits: with a number below 2^23 in the low bits it is their sum. */
    private static final float TWO_23 = 0x1p23f;

    private static final int TWO_23_BITS = 0x4B000000;

    /** 1.5 2^23 and its bits, for numbers with a sign. */
    private static final float MAGIC = 12_582_912f;

    private static final int MAGIC_BITS = 0x4B400000;
    private static final int ROOT_HALF_BITS = 0x3F3504F3;

    /** An eighth of a turn. */
    private static final int EIGHTH = 0x20000000;

    private static final long LOW = 0xFFFFFFFFL;
    private static final ThreadLocal<VectorNoiseF32> MINE = ThreadLocal.withInitial(VectorNoiseF32::new);

    /** Counters of the blocks, each word as an unsigned number; word 1 is the step of all. */
    final long[] block = new long[BLOCKS];

    final long[] sampleLow = new long[BLOCKS];
    final long[] sampleHigh = new long[BLOCKS];
    int step;
    long seed;

    /** Number of blocks, a multiple of the vectors' lengths. */
    int count;

    /** First and second number of each pair. */
    final float[] first = new float[2 * BLOCKS];

    final float[] second = new float[2 * BLOCKS];

    private final int[] radiusWords = new int[2 * BLOCKS];
    private final int[] angleWords = new int[2 * BLOCKS];
    private final float[] radius = new float[2 * BLOCKS];

    private VectorNoiseF32() {}

    /** This thread's object. */
    static VectorNoiseF32 mine() {
        return MINE.get();
    }

    void run(Step[] steps) {
        for (Step each : steps) {
            each.run(this);
        }
    }

    private static void words(VectorNoiseF32 noise) {
        if (LONG_PRODUCTS) {
            noise.longWords();
        } else {
            noise.blockWords();
        }
    }

    private void blockWords() {
        int[] four = new int[4];
        for (int b = 0; b < count; b++) {
            Philox.block(
                    (int) block[b],
                    step,
                    (int) sampleLow[b],
                    (int) sampleHigh[b],
                    (int) seed,
                    (int) (seed >>> 32),
                    four,
                    0);
            radiusWords[2 * b] = four[0];
            angleWords[2 * b] = four[1];
            radiusWords[2 * b + 1] = four[2];
            angleWords[2 * b + 1] = four[3];
        }
    }

    private void longWords() {
        for (int b = 0; b < count; b += LONGS.length()) {
            LongVector c0 = LongVector.fromArray(LONGS, block, b);
            LongVector c1 = LongVector.broadcast(LONGS, step & LOW);
            LongVector c2 = LongVector.fromArray(LONGS, sampleLow, b);
            LongVector c3 = LongVector.fromArray(LONGS, sampleHigh, b);
            int k0 = (int) seed;
            int k1 = (int) (seed >>> 32);
            for (int round = 0; round < Philox.ROUNDS; round++) {
                LongVector p0 = c0.mul(Philox.M0);
                LongVector p1 = c2.mul(Philox.M1);
                c0 = p1.lanewise(LSHR, 32).lanewise(XOR, c1).lanewise(XOR, k0 & LOW);
                c2 = p0.lanewise(LSHR, 32).lanewise(XOR, c3).lanewise(XOR, k1 & LOW);
                c1 = p1.lanewise(AND, LOW);
                c3 = p0.lanewise(AND, LOW);
                k0 += Philox.W0;
                k1 += Philox.W1;
            }
            // Words 0 and 2 side by side, then 1 and 3.
            c0.lanewise(OR, c2.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(radiusWords, 2 * b);
            c1.lanewise(OR, c3.lanewise(LSHL, 32)).reinterpretAsInts().intoArray(angleWords, 2 * b);
        }
    }

    /** sqrt(-2 log u), u = (word + 1/2) 2^-32. */
    private static void radii(VectorNoiseF32 noise) {
        for (int i = 0; i < 2 * noise.count; i += L) {
            IntVector word = IntVector.fromArray(INTS, noise.radiusWords, i);
            // Both halves of the word are exact as floats, so the fma rounds the whole once.
            FloatVector high = word.lanewise(LSHR, 16)
                    .lanewise(OR, TWO_23_BITS)
                    .reinterpretAsFloats()
                    .sub(TWO_23);
            FloatVector low = word.lanewise(AND, 0xFFFF)
                    .lanewise(OR, TWO_23_BITS)
                    .reinterpretAsFloats()
                    .sub(TWO_23);
            FloatVector u = high.fma(broadcast(S, 0x1p16f), low).fma(broadcast(S, 0x1p-32f), broadcast(S, 0x1p-33f));
            log(u).mul(-2f).sqrt().intoArray(noise.radius, i);
        }
    }

    private static FloatVector log(FloatVector u) {
        IntVector bits = u.reinterpretAsInts();
        IntVector exponent = bits.sub(ROOT_HALF_BITS).lanewise(ASHR, 23);
        FloatVector f =
                bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector f2 = f.mul(f);
        FloatVector p = f.fma(broadcast(S, -0x1.38b582p-4f), broadcast(S, 0x1.055b72p-3f));
        p = f.fma(p, broadcast(S, -0x1.0d8544p-3f)).fma(f, broadcast(S, 0x1.22da1cp-3f));
        p = f.fma(p, broadcast(S, -0x1.547244p-3f)).fma(f, broadcast(S, 0x1.99a008p-3f));
        p = f.fma(p, broadcast(S, -0x1.000226p-2f)).fma(f, broadcast(S, 0x1.555554p-2f));
        FloatVector e = exponent.add(MAGIC_BITS).reinterpretAsFloats().sub(MAGIC);
        FloatVector rest = f2.fma(broadcast(S, -0.5f), f2.mul(f.mul(p)));
        return e.fma(broadcast(S, 0x1.62ep-1f), f.add(e.fma(broadcast(S, 0x1.0bfbe8p-15f), rest)));
    }

    /** Sine (into first) and cosine (into second) of the angle's distance from its nearest quarter turn. */
    private static void quarters(VectorNoiseF32 noise) {
        for (int i = 0; i < 2 * noise.count; i += L) {
            IntVector word = IntVector.fromArray(INTS, noise.angleWords, i);
            IntVector off = word.sub(word.add(EIGHTH).lanewise(LSHR, 30).lanewise(LSHL, 30));
            FloatVector high =
                    off.lanewise(ASHR, 16).add(MAGIC_BITS).reinterpretAsFloats().sub(MAGIC);
            FloatVector low = off.lanewise(AND, 0xFFFF)
                    .lanewise(OR, TWO_23_BITS)
                    .reinterpretAsFloats()
                    .sub(TWO_23);
            FloatVector x = high.fma(broadcast(S, 0x1p16f), low).fma(broadcast(S, 0x1p-30f), broadcast(S, 0x1p-31f));
            FloatVector x2 = x.mul(x);
            FloatVector p = x2.fma(broadcast(S, -0x1.2dc84cp-8f), broadcast(S, 0x1.466004p-4f));
            p = x2.fma(p, broadcast(S, -0x1.4abbbep-1f)).fma(x2, broadcast(S, -0x1.777a5cp-25f));
            x.fma(broadcast(S, 0x1.921fb6p+0f), x.mul(p)).intoArray(noise.first, i);
            FloatVector q = x2.fma(broadcast(S, 0x1.d9d57ep-11f), broadcast(S, -0x1.55c5e0p-6f));
            q = x2.fma(q, broadcast(S, 0x1.03c1dep-2f)).fma(x2, broadcast(S, -0x1.3bd3ccp+0f));
            q.fma(x2, broadcast(S, 1f)).intoArray(noise.second, i);
        }
    }

    /** first = radius times cosine of the whole angle, second = radius times its sine. */
    private static void turns(VectorNoiseF32 noise) {
        for (int i = 0; i < 2 * noise.count; i += L) {
            FloatVector radius = FloatVector.fromArray(S, noise.radius, i);
            FloatVector sine = FloatVector.fromArray(S, noise.first, i);
            FloatVector cosine = FloatVector.fromArray(S, noise.second, i);
            IntVector quarter =
                    IntVector.fromArray(INTS, noise.angleWords, i).add(EIGHTH).lanewise(LSHR, 30);
            // Bit 0 as the bits of 2 exchanges sine and cosine; bit 1 of the quarter, or of the one behind, is the
            // sign.
            var odd = quarter.and(1).lanewise(LSHL, 30).reinterpretAsFloats().compare(GT, 0f);
            IntVector x = cosine.blend(sine, odd).reinterpretAsInts();
            IntVector y = sine.blend(cosine, odd).reinterpretAsInts();
            x = x.lanewise(XOR, quarter.add(1).and(2).lanewise(LSHL, 30));
            y = y.lanewise(XOR, quarter.and(2).lanewise(LSHL, 30));
            x.reinterpretAsFloats().mul(radius).intoArray(noise.first, i);
            y.reinterpretAsFloats().mul(radius).intoArray(noise.second, i);
        }
    }

    /** ((word >>> 9) + 1/2) 2^-23. */
    private static void uniforms(VectorNoiseF32 noise) {
        uniforms(noise.radiusWords, 2 * noise.count, noise.first);
        uniforms(noise.angleWords, 2 * noise.count, noise.second);
    }

    private static void uniforms(int[] words, int n, float[] to) {
        for (int i = 0; i < n; i += L) {
            IntVector word =
                    IntVector.fromArray(INTS, words, i).lanewise(LSHR, 9).lanewise(OR, TWO_23_BITS);
            FloatVector u = word.reinterpretAsFloats().sub(TWO_23);
            u.fma(broadcast(S, 0x1p-23f), broadcast(S, 0x1p-24f)).intoArray(to, i);
        }
    }
}
