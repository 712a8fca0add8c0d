/*
 * Activations with slope and curvature, for elementwise work and for products that end in one: the same text, so the
 * same bits.
 *
 * Gaussian error linear unit (Hendrycks and Gimpel 2016, arXiv:1606.08415): x N(x); tanh form: x s(w), s the logistic
 * function, w = 2 sqrt(2 / pi) (x + 0.044715 x^3).
 */

#define ROOT_HALF R(0.70710678118654752440)
#define ROOT_OF_INVERSE_TWO_PI R(0.39894228040143267794)
#define TWICE_ROOT_OF_TWO_OVER_PI R(1.59576912160573071176)
#define CUBIC R(0.044715)

/* Beyond these |x| slopes are 0 or 1 and curvatures 0; keeps infinities out of products. */
#define GELU_FAR R(40.0)
#if REAL_IS_FLOAT
#define SIGMOID_FAR R(100.0)
#else
#define SIGMOID_FAR R(750.0)
#endif

DEVICE REAL within(REAL x, REAL far) {
    return x < -far ? -far : x > far ? far : x;
}

DEVICE REAL sigmoid(REAL x) {
    return R(1.0) / (R(1.0) + exp(-x));
}

/* s (1 - s) from e^-|x|, without cancellation. */
DEVICE REAL bell(REAL x) {
    REAL e = exp(-fabs(x));
    return e / ((R(1.0) + e) * (R(1.0) + e));
}

DEVICE REAL silu(REAL x) {
    return x < -SIGMOID_FAR ? R(0.0) : x / (R(1.0) + exp(-x));
}

/* s (1 + x (1 - s)) */
DEVICE REAL silu_slope(REAL x) {
    REAL t = within(x, SIGMOID_FAR);
    return sigmoid(t) + t * bell(t);
}

/* s (1 - s) (2 + x (1 - 2 s)) */
DEVICE REAL silu_curvature(REAL x) {
    REAL t = within(x, SIGMOID_FAR);
    return bell(t) * (R(2.0) + t * (sigmoid(-t) - sigmoid(t)));
}

DEVICE REAL normal_density(REAL x) {
    return ROOT_OF_INVERSE_TWO_PI * exp(R(-0.5) * x * x);
}

DEVICE REAL normal_below(REAL x) {
    return R(0.5) * erfc(-x * ROOT_HALF);
}

DEVICE REAL gelu(REAL x) {
    return x < -GELU_FAR ? R(0.0) : x * normal_below(x);
}

DEVICE REAL gelu_slope(REAL x) {
    REAL t = within(x, GELU_FAR);
    return normal_below(t) + t * normal_density(t);
}

DEVICE REAL gelu_curvature(REAL x) {
    REAL t = within(x, GELU_FAR);
    return normal_density(t) * (R(2.0) - t * t);
}

DEVICE REAL gelu_tanh_argument(REAL x) {
    return TWICE_ROOT_OF_TWO_OVER_PI * (x + CUBIC * x * x * x);
}

DEVICE REAL gelu_tanh(REAL x) {
    return x < -GELU_FAR ? R(0.0) : x * sigmoid(gelu_tanh_argument(x));
}

DEVICE REAL gelu_tanh_slope(REAL x) {
    REAL t = within(x, GELU_FAR);
    REAL w = gelu_tanh_argument(t);
    REAL w1 = TWICE_ROOT_OF_TWO_OVER_PI * (R(1.0) + R(3.0) * CUBIC * t * t);
    return sigmoid(w) + t * bell(w) * w1;
}

DEVICE REAL gelu_tanh_curvature(REAL x) {
    REAL t = within(x, GELU_FAR);
    REAL w = gelu_tanh_argument(t);
    REAL w1 = TWICE_ROOT_OF_TWO_OVER_PI * (R(1.0) + R(3.0) * CUBIC * t * t);
    REAL w2 = TWICE_ROOT_OF_TWO_OVER_PI * R(6.0) * CUBIC * t;
    return bell(w) * (R(2.0) * w1 + t * (w2 + (sigmoid(-w) - sigmoid(w)) * w1 * w1));
}

DEVICE REAL relu(REAL x) {
    return x > R(0.0) || x != x ? x : R(0.0);
}
