package org.fewstep.model;

/** A field of a stochastic interpolant x_t = a(t) x0 + b(t) x1 + gamma(t) z that a network learns. */
public enum InterpolantField {
    /** The drift b = E[dx_t/dt | x_t]: the velocity of the ODE. */
    B,
    /** The score s, the gradient of the log density of x_t. */
    S,
    /** The latent noise with its sign turned, eta = -E[z | x_t] = gamma s: bounded where the score grows. */
    ETA
}
