package io.spinforge.health.registry;

/** Where a registration stands, as its owner sees it. */
public enum RegistrationState {
  /** Not in the registry yet: the store is away, or another owner holds the id. Tried again. */
  PENDING,
  /** In the registry; its lease is being renewed. */
  ACTIVE,
  /** It was registered, but the store does not answer, or has lost the entry. Tried again. */
  UNCERTAIN,
  /** Another owner took the id. Final: this owner writes nothing any more. */
  FENCED,
  /** In the registry, marked so that watchers send it nothing new. */
  DRAINING,
  /** Deregistered by its owner. Final. */
  CLOSED
}
