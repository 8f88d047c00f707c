package io.spinforge.metrics.doctor;

/** What rules are about. */
public enum Family {
  /** Linux's network and memory settings. */
  KERNEL,
  /** Limits of this process. */
  LIMITS,
  /** The control group and its pressure. */
  CONTAINER,
  /** This Java virtual machine. */
  JVM,
  /** A Redis server. */
  REDIS,
  /** A PostgreSQL server. */
  POSTGRESQL,
  /** Connection pools. */
  POOLS,
  /** Redis clients. */
  CLIENTS
}
