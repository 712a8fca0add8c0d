package org.fewstep.golden;

import org.fewstep.path.BetaTable;

/** Tables of betas at some indices, and their rescaling to zero terminal signal. */
final class BetaTablesAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        int n = run.params().integer("N", 1000);
        BetaTable base = run.params().choice("base", "linear", "scaled_linear").equals("linear")
                ? BetaTable.linear(n, 1e-4, 0.02)
                : BetaTable.scaledLinear(n, 0.00085, 0.012);
        BetaTable rescaled = base.zeroTerminalSnr();
        int[] index = run.integers("index");
        ExpectedArrays expected = run.expected();
        expected.offer("betas", at(base.betas(), index));
        expected.offer("rescaled_betas", at(rescaled.betas(), index));
        expected.offer("alphas_cumprod", at(base.alphaSquared(), index));
        expected.offer("rescaled_alphas_cumprod", at(rescaled.alphaSquared(), index));
        expected.offer(
                "cosine_betas", at(BetaTable.cosine(n, BetaTable.MAX_BETA).betas(), index));
        expected.offer("exp_betas", at(BetaTable.exponential(n).betas(), index));
    }

    private static double[] at(double[] values, int[] index) {
        double[] out = new double[index.length];
        for (int i = 0; i < index.length; i++) {
            out[i] = values[index[i]];
        }
        return out;
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
