/*
 * Mean and 1 / sqrt(variance + eps) of a row, shared by the plain and the modulated normalisation so that both have the
 * same bits; the variance is that of the centred numbers. By one thread, and by a team.
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

/* MEAN of TERM, 0 if not centred; READ as in teams.h. */
#define TEAM_MEAN(MEAN, READ, TERM)        \
    do {                                   \
        TEAM_SUM(MEAN, READ, TERM);        \
        (MEAN) = centred ? (MEAN) / n : 0; \
    } while (0)

/* r of the numbers X, of which MEAN is the mean. */
#define TEAM_RSTD(RSTD, MEAN, READ, X)                         \
    do {                                                       \
        TEAM_SUM(RSTD, READ, ((X) - (MEAN)) * ((X) - (MEAN))); \
        (RSTD) = R(1.0) / sqrt((RSTD) / n + eps);              \
    } while (0)
