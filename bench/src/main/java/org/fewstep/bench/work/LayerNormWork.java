package org.fewstep.bench.work;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;

/**
 * Layer normalisation of each row of (rows, n): plain, or followed by a scale and a shift of each column. A library
 * without the plain form gets scale 1 and shift 0, the same numbers.
 */
public final class LayerNormWork extends EngineWork {
    /** Added to the variance. */
    public static final double EPS = 1e-5;

    /** Relative tolerance. */
    public static final double TOLERANCE = 5e-6;

    private final boolean affine;
    private final Tensor x;
    private final Tensor scale;
    private final Tensor shift;

    /**
     * Makes the operands.
     *
     * @param sizes rows, n
     * @param affine with scale and shift
     */
    public LayerNormWork(CpuDevice device, int[] sizes, boolean affine) {
        super(device);
        this.affine = affine;
        this.x = operand(input(sizes), sizes);
        this.scale = operand(scale(sizes[1], affine), sizes[1]);
        this.shift = operand(shift(sizes[1], affine), sizes[1]);
    }

    /** x (rows, n). */
    public static float[] input(int[] sizes) {
        return Draws.uniform("norm.x", sizes[0] * sizes[1], -2, 3);
    }

    /** Factor of each column (n): 1 in the plain form. */
    public static float[] scale(int n, boolean affine) {
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        return affine ? Draws.uniform("norm.scale", n, 0.5, 1.5) : ones;
    }

    /** Addend of each column (n): 0 in the plain form. */
    public static float[] shift(int n, boolean affine) {
        return affine ? Draws.signed("norm.shift", n) : new float[n];
    }

    @Override
    protected List<Tensor> run() {
        return List.of(affine ? Ops.layerNorm(x, scale, shift, EPS) : Ops.layerNorm(x, EPS));
    }
}
