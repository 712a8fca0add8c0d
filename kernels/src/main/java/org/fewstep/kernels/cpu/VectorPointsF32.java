package org.fewstep.kernels.cpu;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.OR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Elementwise;

/** The elementwise codes on runs of whole vectors, a loop each. */
final class VectorPointsF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    private static final int ONE_BITS = 0x3F800000;

    private VectorPointsF32() {}

    /** The loops of a code, one after another. Called through an interface, each is compiled by itself. */
    static VectorRunF32.Loop[] of(Elementwise.Code code) {
        return switch (code) {
            case COPY -> loops(VectorPointsF32::copy);
            case FILL -> loops(VectorPointsF32::fill);
            case NEG -> loops(VectorPointsF32::neg);
            case AFFINE -> loops(VectorPointsF32::affine);
            case ABS -> loops(VectorPointsF32::abs);
            case SIGN -> loops(VectorPointsF32::sign);
            case EXP -> loops(VectorFunctionsF32::exp);
            case LOG -> loops(VectorFunctionsF32::logStart, VectorFunctionsF32::log);
            case SQRT -> loops(VectorPointsF32::sqrt);
            case RSQRT -> loops(VectorPointsF32::rsqrt);
            case RECIPROCAL -> loops(VectorPointsF32::reciprocal);
            case SQUARE -> loops(VectorPointsF32::square);
            case POW -> loops(VectorPowF32::start, VectorPowF32::exp, VectorPowF32::pow);
            case SIN -> loops(VectorFunctionsF32::sinStart, VectorFunctionsF32::sin);
            case COS -> loops(VectorFunctionsF32::cosStart, VectorFunctionsF32::cos);
            case TANH -> loops(VectorFunctionsF32::tanh);
            case SIGMOID -> loops(VectorFunctionsF32::sigmoid);
            case SOFTPLUS -> loops(VectorFunctionsF32::softplusStart, VectorFunctionsF32::softplus);
            case SILU -> loops(VectorFunctionsF32::silu);
            case SILU_SLOPE -> loops(VectorFunctionsF32::siluSlope);
            case SILU_CURVATURE -> loops(VectorFunctionsF32::siluCurvature);
            case ERF -> loops(VectorGeluF32::erfStart, VectorGeluF32::erfFar, VectorGeluF32::erf);
            case GELU -> loops(VectorGeluF32::minusBell, VectorGeluF32::gelu);
            case GELU_CURVATURE -> loops(VectorGeluF32::start, VectorGeluF32::curvature);
            case GELU_TANH -> loops(VectorGeluF32::tanhForm);
            case GELU_TANH_CURVATURE -> loops(VectorGeluF32::tanhStart, VectorGeluF32::tanhCurvature);
            case RELU -> loops(VectorPointsF32::relu);
            case LEAKY_RELU -> loops(VectorPointsF32::leakyRelu);
            case STEP -> loops(VectorPointsF32::step);
            case CLAMP -> loops(VectorPointsF32::clamp);
            case INSIDE -> loops(VectorPointsF32::inside);
            case ADD -> loops(VectorPointsF32::add);
            case SUB -> loops(VectorPointsF32::sub);
            case MUL -> loops(VectorPointsF32::mul);
            case DIV -> loops(VectorPointsF32::div);
            case MAX -> loops(VectorPointsF32::max);
            case MIN -> loops(VectorPointsF32::min);
            case POWER -> loops(VectorPointsF32::power);
            case GREATER -> loops(VectorPointsF32::greater);
            case GREATER_EQUAL -> loops(VectorPointsF32::greaterEqual);
            case EQUAL -> loops(VectorPointsF32::equal);
            case SILU_ALONG -> loops(VectorFunctionsF32::siluAlong);
            case GELU_ALONG -> loops(VectorGeluF32::alongStart, VectorGeluF32::along);
            case GELU_TANH_ALONG -> loops(VectorGeluF32::tanhAlongStart, VectorGeluF32::tanhAlong);
            case WHERE -> loops(VectorPointsF32::where);
            case FMA -> loops(VectorPointsF32::fma);
        };
    }

    private static VectorRunF32.Loop[] loops(VectorRunF32.Loop... loops) {
        return loops;
    }

    private static void copy(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).intoArray(r.y, r.yAt + i);
        }
    }

    private static void fill(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, r.p).intoArray(r.y, r.yAt + i);
        }
    }

    private static void neg(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).neg().intoArray(r.y, r.yAt + i);
        }
    }

    private static void affine(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).mul(r.p).add(r.q).intoArray(r.y, r.yAt + i);
        }
    }

    private static void abs(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).abs().intoArray(r.y, r.yAt + i);
        }
    }

    private static void sign(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            IntVector bits =
                    x.reinterpretAsInts().lanewise(AND, Integer.MIN_VALUE).lanewise(OR, ONE_BITS);
            x.blend(bits.reinterpretAsFloats(), x.abs().compare(GT, 0f)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void sqrt(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).sqrt().intoArray(r.y, r.yAt + i);
        }
    }

    private static void rsqrt(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, 1f).div(r.a.get(i).sqrt()).intoArray(r.y, r.yAt + i);
        }
    }

    private static void reciprocal(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, 1f).div(r.a.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void square(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            x.mul(x).intoArray(r.y, r.yAt + i);
        }
    }

    private static void relu(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).max(0f).intoArray(r.y, r.yAt + i);
        }
    }

    private static void leakyRelu(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            x.mul(r.p).blend(x, x.compare(GT, 0f)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void step(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, r.p).blend(1f, r.a.get(i).compare(GT, 0f)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void clamp(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).max(r.p).min(r.q).intoArray(r.y, r.yAt + i);
        }
    }

    private static void inside(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            FloatVector x = r.a.get(i);
            broadcast(S, 0f)
                    .blend(broadcast(S, 0f).blend(1f, x.compare(LE, r.q)), x.compare(GE, r.p))
                    .intoArray(r.y, r.yAt + i);
        }
    }

    private static void add(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).add(r.b.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void sub(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).sub(r.b.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void mul(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).mul(r.b.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void div(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).div(r.b.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void max(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).max(r.b.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void min(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).min(r.b.get(i)).intoArray(r.y, r.yAt + i);
        }
    }

    /** Rare, so number by number. */
    private static void power(VectorRunF32 r) {
        for (int i = 0; i < r.n; i++) {
            r.y[r.yAt + i] = (float) StrictMath.pow(r.a.number(i), r.b.number(i));
        }
    }

    private static void greater(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, 0f).blend(1f, r.a.get(i).compare(GT, r.b.get(i))).intoArray(r.y, r.yAt + i);
        }
    }

    private static void greaterEqual(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, 0f).blend(1f, r.a.get(i).compare(GE, r.b.get(i))).intoArray(r.y, r.yAt + i);
        }
    }

    private static void equal(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            broadcast(S, 0f).blend(1f, r.a.get(i).compare(EQ, r.b.get(i))).intoArray(r.y, r.yAt + i);
        }
    }

    private static void where(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.c.get(i).blend(r.b.get(i), r.a.get(i).compare(NE, 0f)).intoArray(r.y, r.yAt + i);
        }
    }

    private static void fma(VectorRunF32 r) {
        for (int i = 0; i < r.n; i += L) {
            r.a.get(i).fma(r.b.get(i), r.c.get(i)).intoArray(r.y, r.yAt + i);
        }
    }
}
