/*
 * How an element of a product ends: with the bias, the activation, and the activation's argument where it is kept; the
 * same text for all versions.
 */

DEVICE REAL finished(REAL sum, int activation) {
    switch (activation) {
        case 1: return silu(sum);
        case 2: return gelu(sum);
        case 3: return gelu_tanh(sum);
        case 4: return relu(sum);
        default: return sum;
    }
}

/* Adds the bias, keeps the activation's argument where it is wanted, and writes f of it. */
DEVICE void finish(
        REAL sum, int at, int column, int activation, int biased, int kept, GLOBAL const REAL *bias, GLOBAL REAL *pre,
        GLOBAL REAL *c) {
    if (biased) {
        sum += bias[column];
    }
    if (kept) {
        pre[at] = sum;
    }
    c[at] = finished(sum, activation);
}
