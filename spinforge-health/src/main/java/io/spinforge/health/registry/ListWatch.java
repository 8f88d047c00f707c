package io.spinforge.health.registry;

import java.util.List;
import java.util.function.Consumer;

/** One subscription. */
final class ListWatch implements Watch {
  private final String service;
  private final Sink sink;
  private final Consumer<ListWatch> onClose;
  private volatile ServiceSnapshot snapshot; // written on the registry's thread

  ListWatch(String service, Sink sink, Consumer<ListWatch> onClose) {
    this.service = service;
    this.sink = sink;
    this.onClose = onClose;
    this.snapshot = new ServiceSnapshot(service, false, "", 0, List.of(), Protection.NONE);
  }

  @Override
  public String service() {
    return service;
  }

  @Override
  public ServiceSnapshot snapshot() {
    return snapshot;
  }

  void offer(Follower.View view) {
    snapshot = view.snapshot();
    sink.offer(view);
  }

  /** Returns whether two lists are the same in every property of every instance. */
  static boolean same(List<ServiceInstance> one, List<ServiceInstance> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).sameAs(other.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    sink.close();
    onClose.accept(this);
  }
}
