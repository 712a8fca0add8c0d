/** EJML: single precision, row-major, on one thread or on its own pool of threads. */
@NullMarked
package org.fewstep.bench.peers.ejml;

import org.jspecify.annotations.NullMarked;
