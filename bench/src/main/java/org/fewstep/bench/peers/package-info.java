/**
 * The same work by other libraries, called as their users call them. Package {@code peers.NAME} holds a library's
 * benchmarks, each under the class name and parameters of this engine's; before a timing its results are compared with
 * this engine's.
 */
@NullMarked
package org.fewstep.bench.peers;

import org.jspecify.annotations.NullMarked;
