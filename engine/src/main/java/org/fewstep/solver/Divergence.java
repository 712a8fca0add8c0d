package org.fewstep.solver;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.slice;
import static org.fewstep.op.Ops.sum;

import java.util.function.UnaryOperator;
import org.fewstep.autodiff.Jvp;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/** The divergence of a velocity field at each sample, by forward mode: the trace of its Jacobian J. */
public sealed interface Divergence {
    /**
     * Value and divergence.
     *
     * @param value of the field (B, ...)
     * @param divergence a sample (B, 1)
     */
    record Flow(Tensor value, Tensor divergence) {}

    /**
     * Evaluates a field of samples that do not see each other.
     *
     * @param x (B, ...)
     */
    Flow of(UnaryOperator<Tensor> field, Tensor x);

    /** The trace itself, one derivative a coordinate: D times the cost of a derivative. */
    record Exact() implements Divergence {
        @Override
        public Flow of(UnaryOperator<Tensor> field, Tensor x) {
            int batch = x.dim(0);
            int width = x.shape().count() / batch;
            Tensor trace = null;
            Tensor value = x;
            for (int j = 0; j < width; j++) {
                double[] direction = new double[batch * width];
                for (int b = 0; b < batch; b++) {
                    direction[b * width + j] = 1;
                }
                Tensor basis =
                        Tensor.of(x.device(), x.dtype(), direction, x.shape().sizes());
                Dual dual = Jvp.detached(field::apply, x, basis);
                value = dual.value();
                Tensor entry = slice(reshape(Jvp.tangentOrZero(dual), batch, width), 1, j, j + 1);
                trace = trace == null ? entry : add(trace, entry);
            }
            if (trace == null) {
                throw new IllegalArgumentException("divergence: got samples of shape " + x.shape()
                        + " without coordinates; expected at least one");
            }
            return new Flow(value, trace);
        }
    }

    /**
     * Hutchinson's estimate probe . J probe, without bias when the probe's entries are independent of mean 0 and variance 1.
     * One derivative whatever the dimension; a single probe may be nats off.
     *
     * @param probe of the shape of the samples, the same for a whole solve
     * @paper Grathwohl et al. 2018: FFJORD, arXiv:1810.01367
     */
    record Hutchinson(Tensor probe) implements Divergence {
        /** A probe of signs, of least variance; it depends on (seed, sample) alone. */
        public static Hutchinson rademacher(Rng rng, long first, Tensor like) {
            double[] normal = gaussian(rng, first, like).probe.toDoubles();
            double[] signs = new double[normal.length];
            for (int i = 0; i < signs.length; i++) {
                signs[i] = normal[i] < 0 ? -1 : 1;
            }
            return new Hutchinson(
                    Tensor.of(like.device(), like.dtype(), signs, like.shape().sizes()));
        }

        /** A normal probe; it depends on (seed, sample) alone. */
        public static Hutchinson gaussian(Rng rng, long first, Tensor like) {
            return new Hutchinson(
                    Noise.normal(like.device(), like.dtype(), rng.stream("hutchinson"), first, 0, like.shape()));
        }

        @Override
        public Flow of(UnaryOperator<Tensor> field, Tensor x) {
            if (!probe.shape().equals(x.shape())) {
                throw new IllegalArgumentException("divergence: got a probe of shape " + probe.shape()
                        + " for samples of shape " + x.shape() + "; expected the same");
            }
            int batch = x.dim(0);
            Dual dual = Jvp.detached(field::apply, x, probe);
            Tensor product = reshape(
                    mul(probe, Jvp.tangentOrZero(dual)), batch, x.shape().count() / batch);
            return new Flow(dual.value(), reshape(sum(product, 1), batch, 1));
        }
    }
}
