/**
 * libtorch through DJL: formulas on {@code NDArray}s as a DJL user writes them, fused calls where DJL has them.
 *
 * <p>Two known traps are avoided in libtorch's favour: {@code Activation.swish} is a slow path, so SiLU is x sigmoid(x);
 * and there is no tanh form of GELU in one call, so the DiT is timed with the one-call form by the error function, after
 * its formula was compared with the tanh form.
 */
@NullMarked
package org.fewstep.bench.peers.djl;

import org.jspecify.annotations.NullMarked;
