package io.spinforge.health.engine;

import java.util.function.Function;

/** The session of a target that is probed at an address which is asked for once. */
final class Addressed<T, A> implements Session<T> {
  private final Function<? super T, ? extends A> addressOf;
  private final A address;
  private final Session<A> exchange;

  Addressed(
      T target,
      Function<? super T, ? extends A> addressOf,
      Function<? super A, Session<A>> exchangeWith) {
    this.addressOf = addressOf;
    this.address = addressOf.apply(target);
    this.exchange = exchangeWith.apply(address);
  }

  @Override
  public void start(long attempt, long timeoutNanos) {
    exchange.start(attempt, timeoutNanos);
  }

  @Override
  public void expire(long attempt) {
    exchange.expire(attempt);
  }

  @Override
  public boolean retarget(T target) {
    return addressOf.apply(target).equals(address);
  }

  @Override
  public void close() {
    exchange.close();
  }
}
