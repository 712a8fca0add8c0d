package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/** Self-attention of tokens that hold Q, K and V one after the other, as a network's projection leaves them. */
final class AttentionShapes extends FamilyShapes {
    AttentionShapes() {
        super(
                Workload.Family.ATTENTION,
                "batch x heads x tokens x channels",
                List.of("4x4x64x32", "16x4x64x32", "4x12x256x64", "1x4x1024x64"),
                List.of("1x1x1x4", "2x2x3x4", "1x3x33x16", "2x1x17x16", "1x2x65x64"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        for (Attention.Code code : Attention.Code.values()) {
            to.add(trial("attention " + lower(code), shape, 64 + sum(s[2]), o -> work(o, code, s)));
        }
    }

    private static Workload work(Operands o, Attention.Code code, int[] s) {
        int batch = s[0];
        int tokens = s[2];
        int channels = s[3];
        int width = s[1] * channels;
        Attention.Heads in =
                new Attention.Heads(batch, s[1], tokens, channels, tokens * 3 * width, channels, width, 3 * width, 1);
        Attention.Heads out = new Attention.Heads(batch, s[1], tokens, channels, tokens * width, channels, 0, width, 1);
        int one = batch * tokens * width;
        boolean directed = code == Attention.Code.TANGENT || code == Attention.Code.CURVATURE;
        boolean pulled = code == Attention.Code.GRAD || code == Attention.Code.CURVATURE;
        Buffer x = o.uniform(3 * one, -1, 1);
        @Nullable Buffer d = directed ? o.uniform(3 * one, -1, 1) : null;
        @Nullable Buffer g = pulled ? o.uniform(one, -1, 1) : null;
        @Nullable Buffer value = code == Attention.Code.TANGENT ? o.blank(one) : null;
        Buffer result = o.blank(pulled ? 3 * one : one);
        return new Attention(code, in, out, 1 / Math.sqrt(channels), x, d, g, value, result);
    }
}
