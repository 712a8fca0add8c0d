package org.fewstep.bench.work;

/** The constants of Adam (Kingma and Ba 2014, arXiv:1412.6980), the same for every library. */
public final class Adam {
    public static final double BETA1 = 0.9;
    public static final double BETA2 = 0.999;
    public static final double EPS = 1e-8;

    private Adam() {}
}
