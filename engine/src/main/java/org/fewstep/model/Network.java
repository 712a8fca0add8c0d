package org.fewstep.model;

/** A whole network that can be trained, stored and built again from its {@link NetworkConfig}. */
public abstract class Network extends Module {
    /** What the network was built from. */
    public abstract NetworkConfig config();
}
