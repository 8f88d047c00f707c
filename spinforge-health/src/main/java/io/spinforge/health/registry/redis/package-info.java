/**
 * The store in Redis: five keys a service, all in one slot, changed by scripts alone; a channel of
 * hints beside them. How the keys look stands at the top of {@code common.lua}.
 */
@NullMarked
package io.spinforge.health.registry.redis;

import org.jspecify.annotations.NullMarked;
