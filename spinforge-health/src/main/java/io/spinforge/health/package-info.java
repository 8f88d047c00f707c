/** Health checks and service registry: which instances exist, and which are fit. */
@NullMarked
package io.spinforge.health;

import org.jspecify.annotations.NullMarked;
