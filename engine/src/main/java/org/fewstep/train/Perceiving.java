package org.fewstep.train;

/** A method that may see samples in the states of the recipe's perceptual network. */
interface Perceiving {
    /** Whether it does. */
    boolean perceptual();
}
