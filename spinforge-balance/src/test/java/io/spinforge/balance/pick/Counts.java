package io.spinforge.balance.pick;

import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** A node's counts of requests in flight and of successes, for Lincheck. */
public class Counts {
  private final Node node = new Node();

  @Operation
  public void acquire() {
    node.acquire();
  }

  @Operation
  public boolean acquireBelow(@Param(gen = IntGen.class, conf = "1:3") int limit) {
    return node.acquireBelow(limit);
  }

  @Operation
  public boolean release(@Param(gen = BooleanGen.class) boolean success) {
    return node.release(success);
  }

  @Operation
  public int inFlight() {
    return node.inFlight();
  }

  @Operation
  public long successes() {
    return node.successes();
  }
}
