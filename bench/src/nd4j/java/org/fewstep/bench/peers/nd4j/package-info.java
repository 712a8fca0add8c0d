/** ND4J on its own native code and the OpenBLAS that it ships, products into a given result. */
@NullMarked
package org.fewstep.bench.peers.nd4j;

import org.jspecify.annotations.NullMarked;
