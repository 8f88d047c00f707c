package io.spinforge.benchmarks.sim.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A future whose waits take virtual time, and so do those of all that is derived from it. */
final class VirtualFuture<T extends @Nullable Object> extends CompletableFuture<T> {
  private final VirtualTime time;

  VirtualFuture(VirtualTime time) {
    this.time = time;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new VirtualFuture<>(time);
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    time.await(this, Long.MAX_VALUE);
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!time.await(this, unit.toNanos(timeout))) {
      throw new Late();
    }
    return super.get();
  }

  @Override
  public T join() {
    time.await(this, Long.MAX_VALUE);
    return super.join();
  }

  @Override
  public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
    time.post(null, unit.toNanos(timeout), () -> completeExceptionally(new TimeoutException()));
    return this;
  }

  @Override
  public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    time.post(null, unit.toNanos(timeout), () -> complete(value));
    return this;
  }

  /** The wait took too long; without a stack, as these come by the dozen in a schedule. */
  private static final class Late extends TimeoutException {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it writes nothing
    public Throwable fillInStackTrace() {
      return this;
    }
  }
}
