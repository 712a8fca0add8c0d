/*
 * Mean and 1 / sqrt(variance + eps) of a row, shared by the plain and the modulated normalisation so that both have the
 * same bits; the variance is that of the centred numbers.
 */

DEVICE REAL row_mean(GLOBAL const REAL *x, int n, int centred) {
    REAL sum = 0;
    if (centred) {
        TREE_SUM(sum, n, x[i]);
        sum = sum / n;
    }
    return sum;
}

DEVICE REAL row_rstd(GLOBAL const REAL *x, REAL mean, int n, REAL eps) {
    REAL sum;
    TREE_SUM(sum, n, (x[i] - mean) * (x[i] - mean));
    return R(1.0) / sqrt(sum / n + eps);
}
