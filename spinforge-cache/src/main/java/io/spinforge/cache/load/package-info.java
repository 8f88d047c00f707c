/** Loading once: within the node by single flight, across nodes by waiting to be woken. */
@NullMarked
package io.spinforge.cache.load;

import org.jspecify.annotations.NullMarked;
