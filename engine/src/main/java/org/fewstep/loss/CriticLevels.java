package org.fewstep.loss;

import static org.fewstep.op.Ops.mulAdd;

import java.util.Arrays;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.path.TimeSampler;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Noise levels at which a discriminator sees clean samples, x + sigma n, where it stands on the features of a denoiser, which
 * knows no data without noise. Real and generated samples of a pair have the same level and the same noise.
 *
 * @param law of sigma, above 0
 */
public record CriticLevels(TimeSampler law) {
    /**
     * The levels of a batch.
     *
     * @param sigma levels (B)
     * @param n noise (B, ...)
     * @param t the levels on the device (B)
     * @param column the same (B, 1, ..., 1)
     */
    public record Draw(double[] sigma, Tensor n, Tensor t, Tensor column) {
        /** x + sigma n. */
        Tensor noised(Tensor x) {
            return mulAdd(column, n, x);
        }

        List<Tensor> tensors() {
            return List.of(n, t, column);
        }

        Draw slice(int from, int to) {
            return at(Arrays.copyOfRange(sigma, from, to), Ops.slice(n, 0, from, to));
        }
    }

    /** The levels of given numbers (B) and noise (B, ...). */
    static Draw at(double[] sigma, Tensor n) {
        return new Draw(sigma, n, PerSample.times(sigma, n), Tensor.perSample(sigma, n));
    }

    Draw draw(Batch batch, Rng rng, int step) {
        Tensor x0 = batch.x0();
        Tensor n = Noise.normal(x0.device(), x0.dtype(), rng.stream("noise"), 0, step, x0.shape());
        return at(law.sample(rng.stream("levels"), step, batch.size()), n);
    }

    /** Pairs as the discriminator sees them. */
    public Generated<?> of(Generated<?> clean) {
        return new Noised<>(clean, this);
    }

    private record Noised<D>(Generated<D> clean, CriticLevels levels) implements Generated<Noised.Both<D>> {
        record Both<D>(D pairs, Draw at) {}

        @Override
        public Both<D> draw(Batch batch, Rng rng, int step) {
            return new Both<>(clean.draw(batch, rng, step), levels.draw(batch, rng.stream("critic"), step));
        }

        @Override
        public Pairs of(Both<D> draw) {
            Pairs pairs = clean.of(draw.pairs);
            Draw at = draw.at;
            return new Pairs(at.noised(pairs.real()), at.noised(pairs.fake()), at.t, pairs.cond());
        }

        @Override
        public List<Tensor> inputs(Both<D> draw) {
            return GeneratorTerm.with(clean.inputs(draw.pairs), draw.at);
        }

        @Override
        public Both<D> slice(Both<D> draw, int from, int to) {
            return new Both<>(clean.slice(draw.pairs, from, to), draw.at.slice(from, to));
        }
    }
}
