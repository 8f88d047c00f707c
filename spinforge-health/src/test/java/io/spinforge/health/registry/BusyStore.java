package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.MemoryLeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A store of maps that does one command at a time and takes its time for each: a command waits for
 * all that came before it, and is done whether or not the asker still waits.
 */
final class BusyStore {
  private final ManualScheduler time;
  private final List<StoreListener> listeners = new ArrayList<>();
  private MemoryLeaseStore truth;
  private int life;
  private long freeAt;
  Duration command = Duration.ZERO;
  long commands;

  BusyStore(ManualScheduler time) {
    this.time = time;
    this.truth = fresh();
  }

  private MemoryLeaseStore fresh() {
    int born = life;
    MemoryLeaseStore store =
        new MemoryLeaseStore(() -> 1 + time.nanos() / 1_000_000, "life-" + born);
    store.start(
        new StoreListener() {
          @Override
          public void changed(Hint hint) {
            if (born == life) {
              listeners.forEach(listener -> listener.changed(hint));
            }
          }

          @Override
          public void reborn(String service) {}

          @Override
          public void following(String service) {}

          @Override
          public void connected() {}
        });
    return store;
  }

  /** Loses everything, and tells everybody. */
  void flush(String service) {
    life++;
    truth = fresh();
    listeners.forEach(listener -> listener.reborn(service));
  }

  int size(String service) {
    return truth.sync(service, "", 0).join().changes().size();
  }

  /** Returns what one registry sees of the store. */
  LeaseStore client() {
    return (LeaseStore)
        Proxy.newProxyInstance(
            LeaseStore.class.getClassLoader(),
            new Class<?>[] {LeaseStore.class},
            (proxy, method, args) -> call(method, args));
  }

  private Object call(Method method, Object[] args) throws Exception {
    if (method.getName().equals("start")) {
      listeners.add((StoreListener) args[0]);
    }
    if (method.getReturnType() != CompletableFuture.class) {
      return null;
    }
    commands++;
    freeAt = Math.max(freeAt, time.nanos()) + command.toNanos();
    CompletableFuture<Object> answer = new CompletableFuture<>();
    time.schedule(freeAt - time.nanos(), () -> answer.complete(answerTo(method, args)));
    return answer;
  }

  private Object answerTo(Method method, Object[] args) {
    try {
      return ((CompletableFuture<?>) method.invoke(truth, args)).join();
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }
}
