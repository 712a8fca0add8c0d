/** The same work by other libraries, called as their users call them. */
@NullMarked
package org.fewstep.bench.peers;

import org.jspecify.annotations.NullMarked;
