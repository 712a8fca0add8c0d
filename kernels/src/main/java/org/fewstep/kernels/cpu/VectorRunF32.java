package org.fewstep.kernels.cpu;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Elementwise;
import org.jspecify.annotations.Nullable;

/**
 * A run of points of an elementwise code: whole vectors of the result and of up to three operands, each of which moves
 * on with the result or repeats one number. One object a thread.
 *
 * <p>A code is one loop, or several that hand numbers on in {@link #t}: beyond about forty vector operations HotSpot
 * inlines no more of them into one loop, and every vector becomes an object.
 */
final class VectorRunF32 {
    /** One of a code's loops over the run. */
    @FunctionalInterface
    interface Loop {
        void run(VectorRunF32 r);
    }

    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;
    private static final MethodHandle[][] LOOPS = Arrays.stream(Elementwise.Code.values())
            .map(code -> Arrays.stream(VectorPointsF32.of(code))
                    .map(VectorRunF32::handle)
                    .toArray(MethodHandle[]::new))
            .toArray(MethodHandle[][]::new);
    private static final @Nullable VectorNearF32[] NEAR =
            Arrays.stream(Elementwise.Code.values()).map(VectorNearF32::of).toArray(VectorNearF32[]::new);

    private static final ThreadLocal<VectorRunF32> MINE = ThreadLocal.withInitial(VectorRunF32::new);

    /** Points of a run of a code with several loops or with one for small arguments; a multiple of every vector's length. */
    private static final int PIECE = 512;

    /** One operand: an array, the place of its first number, 1 if it moves on and 0 if it repeats a vector. */
    static final class Operand {
        private final float[] own = new float[L];
        private float[] array = own;
        private int at;
        private int step;

        /** Moves on from a place of an array. */
        void walk(float[] array, int at) {
            this.array = array;
            this.at = at;
            this.step = 1;
        }

        /** Repeats a number. */
        void repeat(float value) {
            Arrays.fill(own, value);
            array = own;
            at = 0;
            step = 0;
        }

        /** The vector of point i of the run and those beside it. */
        FloatVector get(int i) {
            return FloatVector.fromArray(S, array, at + i * step);
        }

        /** The array of numbers that move on. */
        float[] array() {
            return array;
        }

        /** Place of the number of point 0. */
        int at() {
            return at;
        }

        /** Whether the numbers move on with the result. */
        boolean moves() {
            return step == 1;
        }

        /** Greatest bits without sign of the next points, whose number is a multiple of L. */
        int greatest(int count) {
            IntVector greatest = IntVector.zero(VectorLanesF32.INTS);
            for (int i = 0; i < count; i += L) {
                greatest = VectorNearF32.greatest(greatest, FloatVector.fromArray(S, array, at + i));
            }
            return greatest.reduceLanes(VectorOperators.MAX);
        }

        /** The number of point i. */
        float number(int i) {
            return array[step == 0 ? 0 : at + i];
        }

        /** {@code to[0 ..] =} the numbers of the first points. */
        void widen(int count, double[] to) {
            for (int i = 0; i < count; i++) {
                to[i] = number(i);
            }
        }

        private void move(int points) {
            at += points * step;
        }

        /** Puts the first {@code count} numbers into a vector of their own, zeros behind them. */
        private void enclose(int count) {
            if (step == 1) {
                System.arraycopy(array, at, own, 0, count);
                Arrays.fill(own, count, L, 0f);
                array = own;
                at = 0;
            }
        }
    }

    final Operand a = new Operand();
    final Operand b = new Operand();
    final Operand c = new Operand();

    /** Attributes of the code. */
    float p;

    float q;

    /** Where the results go. */
    float[] y = new float[L];

    int yAt;

    /** Number of points, a multiple of L. */
    int n;

    /** What one loop leaves for the next, from place 0 on; up to 512 numbers. */
    final float[] t = new float[PIECE];

    final double[] u = new double[PIECE];

    /** What a loop for small arguments tells of those it met: {@link Operand#greatest}. */
    int greatest;

    private final float[] own = y;

    private VectorRunF32() {}

    /**
     * A loop as a call that HotSpot cannot inline. It would inline whichever two loops a caller has met first into each
     * other's company, give up beyond 18,000 nodes in the midst of one, and leave vectors there that are objects for good.
     */
    static MethodHandle handle(Loop loop) {
        try {
            return MethodHandles.lookup().bind(loop, "run", MethodType.methodType(void.class, VectorRunF32.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("elementwise: a loop without its method", e);
        }
    }

    private void run(MethodHandle loop) {
        try {
            loop.invokeExact(this);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("elementwise: a loop failed", e);
        }
    }

    /** This thread's object. */
    static VectorRunF32 mine() {
        return MINE.get();
    }

    /** Computes {@code count} points from a place of the result's array on; operands are set before, and used up. */
    void run(Elementwise.Code code, float[] result, int at, int count) {
        VectorNearF32 near = NEAR[code.ordinal()];
        if (near != null && !near.argument(this).moves()) {
            near = null;
        }
        MethodHandle[] loops = LOOPS[code.ordinal()];
        boolean apart = !reads(result);
        int rest = count % L;
        y = result;
        yAt = at;
        int most = loops.length == 1 && near == null ? count - rest : PIECE;
        for (int done = 0; done < count - rest; done += n) {
            n = Math.min(most, count - rest - done);
            step(near, loops, apart);
            move(n);
        }
        if (rest > 0 && count > rest && apart) {
            // The last whole vector: some of its points are computed a second time.
            move(rest - L);
            n = L;
            step(near, loops, true);
        } else if (rest > 0) {
            a.enclose(rest);
            b.enclose(rest);
            c.enclose(rest);
            int end = yAt;
            y = own;
            yAt = 0;
            n = L;
            step(near, loops, true);
            System.arraycopy(own, 0, result, end, rest);
        }
    }

    /** The next n points; where results do not overwrite operands the loop for small arguments is tried first. */
    private void step(@Nullable VectorNearF32 near, MethodHandle[] loops, boolean apart) {
        if (near != null && (apart || near.argument(this).greatest(n) <= near.mostBits())) {
            run(near.loop());
            if (greatest <= near.mostBits()) {
                return;
            }
        }
        for (MethodHandle loop : loops) {
            run(loop);
        }
    }

    private void move(int points) {
        a.move(points);
        b.move(points);
        c.move(points);
        yAt += points;
    }

    private boolean reads(float[] array) {
        return a.array == array || b.array == array || c.array == array;
    }

    /** Lets go of the arrays. */
    void release() {
        a.repeat(0f);
        b.repeat(0f);
        c.repeat(0f);
        y = own;
    }
}
