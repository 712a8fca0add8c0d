package org.fewstep.model;

/** How a time in [0, 1] becomes features. */
public enum TimeEncoding {
    /** The number itself, one column. */
    RAW,
    /** Sines and cosines of geometrically spaced frequencies, see {@link TimeFeatures}. */
    SINUSOIDAL,
    /** Sines and cosines of fixed random frequencies, see {@link TimeFeatures}. */
    FOURIER
}
