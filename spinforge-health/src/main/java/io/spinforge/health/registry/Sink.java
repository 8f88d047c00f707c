package io.spinforge.health.registry;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a watch does with what is known: each form hands other words to its listener. */
interface Sink {

  /** Takes what is known now; on the registry's thread. */
  void offer(Follower.View view);

  /** Sees to it that no call of the listener begins any more. */
  void close();

  /** Tells the instances that take new work, whenever they differ. */
  static Sink lists(
      Consumer<? super List<ServiceInstance>> listener, Executor executor, LongAdder failures) {
    Delivery<List<ServiceInstance>> delivery = new Delivery<>(listener, executor, failures);
    return new Sink() {
      private @Nullable List<ServiceInstance> offered; // on the registry's thread

      @Override
      public void offer(Follower.View view) {
        if (offered == null || !ListWatch.same(offered, view.up())) {
          offered = view.up();
          delivery.offer(view.up());
        }
      }

      @Override
      public void close() {
        delivery.close();
      }
    };
  }

  /** Tells everything. */
  static Sink snapshots(
      Consumer<? super ServiceSnapshot> listener, Executor executor, LongAdder failures) {
    return delivering(new Delivery<>(listener, executor, failures));
  }

  /**
   * Tells the differences. They are taken when the listener is ready for them, from what it was
   * told last, so that one that is slow misses none and keeps no queue.
   */
  static Sink changes(
      Consumer<? super ServiceChanges> listener, Executor executor, LongAdder failures) {
    Consumer<ServiceSnapshot> differ =
        new Consumer<>() {
          private @Nullable List<ServiceInstance> told; // by whoever delivers, one at a time

          @Override
          public void accept(ServiceSnapshot snapshot) {
            List<ServiceInstance> from = told;
            told = snapshot.instances();
            List<InstanceChange> changes =
                InstanceChange.between(from == null ? List.of() : from, snapshot.instances());
            if (from == null || !changes.isEmpty()) {
              listener.accept(new ServiceChanges(snapshot, changes));
            }
          }
        };
    return delivering(new Delivery<>(differ, executor, failures));
  }

  private static Sink delivering(Delivery<ServiceSnapshot> delivery) {
    return new Sink() {
      @Override
      public void offer(Follower.View view) {
        delivery.offer(view.snapshot());
      }

      @Override
      public void close() {
        delivery.close();
      }
    };
  }
}
