/**
 * A PostgreSQL pool with the guide's values, and what is seen of the queries that go through it.
 */
@NullMarked
package io.spinforge.metrics.jdbc;

import org.jspecify.annotations.NullMarked;
