package io.spinforge.health.registry.store;

/** Hears of a store's news, on any thread; must not block. */
public interface StoreListener {

  /** A change was made; it may be one that was heard of before, and others may have been missed. */
  void changed(Hint hint);

  /** The service's data began anew, as after a loss. */
  void reborn(String service);

  /** From now on changes of the service are reported; earlier ones may have been missed. */
  void following(String service);

  /** The store can be reached, perhaps after it could not. */
  void connected();
}
