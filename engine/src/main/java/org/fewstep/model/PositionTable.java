package org.fewstep.model;

/** Fixed sine and cosine encodings of the tokens of a square grid. */
public final class PositionTable {
    private PositionTable() {}

    /**
     * DiT's table (Peebles and Xie 2022, arXiv:2212.09748): token row grid + column holds [sin(column w) | cos(column w) |
     * sin(row w) | cos(row w)], w_i = 10000^(-i / q), i below q = features / 4.
     *
     * @param features a multiple of 4
     * @return (grid^2, features), row-major
     */
    public static double[] grid(int features, int grid) {
        if (features < 4 || features % 4 != 0 || grid < 1) {
            throw new IllegalArgumentException("position table: got " + features + " features and grid " + grid
                    + "; expected a multiple of 4 and at least 1");
        }
        int quarter = features / 4;
        double[] table = new double[grid * grid * features];
        for (int token = 0; token < grid * grid; token++) {
            for (int i = 0; i < quarter; i++) {
                double w = Math.exp(-Math.log(10_000) * i / quarter);
                int at = token * features + i;
                table[at] = Math.sin(token % grid * w);
                table[at + quarter] = Math.cos(token % grid * w);
                table[at + 2 * quarter] = Math.sin(token / grid * w);
                table[at + 3 * quarter] = Math.cos(token / grid * w);
            }
        }
        return table;
    }
}
