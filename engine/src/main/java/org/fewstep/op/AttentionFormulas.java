package org.fewstep.op;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.matmul;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sumKeep;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Second and third derivatives of attention in elementary operations, for the orders that have no kernel; memory is
 * quadratic in the tokens. {@code S = scale Q K^T, P = softmax(S), O = P V}; a suffix d or e is the derivative along that
 * direction; all tensors are (B H, T, C) or (B H, T, T).
 */
final class AttentionFormulas {
    private AttentionFormulas() {}

    /** Scores and their derivatives along d and e, with P and its derivatives, each from the ones above it. */
    private static final class Scores {
        final Tensor q;
        final Tensor k;
        final Tensor v;
        final Tensor qd;
        final Tensor kd;
        final Tensor vd;
        final Tensor qe;
        final Tensor ke;
        final Tensor ve;
        final Tensor p;
        final Tensor pd;
        final Tensor pe;
        final Tensor pde;

        Scores(AttentionRun run, Tensor x, Tensor d, Tensor e) {
            Tensor[] parts = run.layout().split(x, run.heads());
            Tensor[] along = run.layout().split(d, run.heads());
            Tensor[] other = run.layout().split(e, run.heads());
            q = parts[0];
            k = parts[1];
            v = parts[2];
            qd = along[0];
            kd = along[1];
            vd = along[2];
            qe = other[0];
            ke = other[1];
            ve = other[2];
            p = Ops.softmax(scale(times(q, k), run.scale()));
            Tensor sd = scale(add(times(qd, k), times(q, kd)), run.scale());
            Tensor se = scale(add(times(qe, k), times(q, ke)), run.scale());
            Tensor sde = scale(add(times(qd, ke), times(qe, kd)), run.scale());
            Tensor centred = sub(sd, rows(p, sd));
            pd = mul(p, centred);
            pe = mul(p, sub(se, rows(p, se)));
            pde = add(mul(pe, centred), mul(p, sub(sde, add(rows(pe, sd), rows(p, sde)))));
        }
    }

    /** A B^T. */
    private static Tensor times(Tensor a, Tensor b) {
        return matmul(a, b, false, true);
    }

    /** Sum of a b over each row, kept as size 1. */
    private static Tensor rows(Tensor a, Tensor b) {
        return sumKeep(mul(a, b), -1);
    }

    /** The second derivative of O along d and e, laid out as O. */
    static Tensor second(AttentionRun run, Tensor x, Tensor d, Tensor e) {
        Scores s = new Scores(run, x, d, e);
        Tensor o = add(matmul(s.pde, s.v), add(matmul(s.pd, s.ve), matmul(s.pe, s.vd)));
        return run.layout().joinResult(o, x.shape(), run.heads());
    }

    /** The derivative along e of the gradient by x of (g . J d), laid out as x. */
    static Tensor third(AttentionRun run, Tensor x, Tensor d, Tensor e, Tensor g) {
        Shape shape = x.shape();
        Scores s = new Scores(run, x, d, e);
        Tensor ct = run.layout().splitResult(g, shape, run.heads());
        Tensor w = times(ct, s.v);
        Tensor wd = times(ct, s.vd);
        Tensor we = times(ct, s.ve);
        // R = P (W - sum(P W)) is the cotangent of S, and so on.
        Tensor centred = sub(w, rows(s.p, w));
        Tensor centredE = sub(we, add(rows(s.pe, w), rows(s.p, we)));
        Tensor r = mul(s.p, centred);
        Tensor re = add(mul(s.pe, centred), mul(s.p, centredE));
        Tensor shifted = sub(wd, add(rows(s.pd, w), rows(s.p, wd)));
        Tensor shiftedE = add(add(rows(s.pde, w), rows(s.pd, we)), rows(s.pe, wd));
        Tensor rd = add(mul(s.pd, centred), mul(s.p, shifted));
        Tensor rde = add(add(mul(s.pde, centred), mul(s.pd, centredE)), sub(mul(s.pe, shifted), mul(s.p, shiftedE)));
        Tensor byQ = add(matmul(rde, s.k), add(matmul(rd, s.ke), matmul(re, s.kd)));
        Tensor byK = add(turned(rde, s.q), add(turned(rd, s.qe), turned(re, s.qd)));
        Tensor byV = turned(s.pde, ct);
        return run.layout().join(shape, run.heads(), scale(byQ, run.scale()), scale(byK, run.scale()), byV);
    }

    /** A^T B. */
    private static Tensor turned(Tensor a, Tensor b) {
        return matmul(a, b, true, false);
    }
}
