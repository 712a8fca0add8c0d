package org.fewstep.path;

/** A path read from the other end: alpha(1 - t), sigma(1 - t). */
record ReversedPath(Path path) implements Path {
    @Override
    public String name() {
        return "reversed " + path.name();
    }

    @Override
    public double noiseTime() {
        return path.dataTime();
    }

    @Override
    public double alpha(double t) {
        return path.alpha(1 - t);
    }

    @Override
    public double sigma(double t) {
        return path.sigma(1 - t);
    }

    @Override
    public double dAlpha(double t) {
        return -path.dAlpha(1 - t);
    }

    @Override
    public double dSigma(double t) {
        return -path.dSigma(1 - t);
    }

    @Override
    public double timeAtSnr(double snr) {
        return 1 - path.timeAtSnr(snr);
    }

    @Override
    public Path reversed() {
        return path;
    }
}
