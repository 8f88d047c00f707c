package io.spinforge.balance.pick;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/**
 * nginx's round robin as it runs, failures included: {@link SmoothWeighted} lays the same order out
 * beforehand, but cannot change it for a moment. Each failure takes weight / max_fails (in whole
 * numbers) off a node's effective weight, and each time that the node is looked at gives one back.
 * So a node that fails now and then has less until it has been good for a while, before it is left
 * out and after it came back.
 *
 * <p>With {@code least_conn} only those take part in a turn that have the fewest requests in flight
 * per weight, and one that has them alone is chosen without a turn: nobody's weights move.
 *
 * <p>Every pick looks at all nodes, under one lock, as nginx does with a shared zone. Weights are
 * rounded to whole numbers, at least 1.
 */
public final class NginxRoundRobin implements Algorithm {
  private final ToIntFunction<Object> maxFails;
  private final boolean leastConn;

  /** Guards the weights of all nodes. Held for a pass over them, nothing in it blocks. */
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Creates it.
   *
   * @param maxFails after how many failures the node of a value is left out; 0 for never
   * @param leastConn whether turns are taken only where {@code least_conn} cannot tell
   */
  public NginxRoundRobin(ToIntFunction<Object> maxFails, boolean leastConn) {
    this.maxFails = maxFails;
    this.leastConn = leastConn;
  }

  @Override
  public boolean timed() {
    return true; // to hear of every end
  }

  @Override
  public Node newNodeOf(Object value) {
    return new Peer(maxFails.applyAsInt(value));
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    Peer[] peers = new Peer[nodes.length];
    System.arraycopy(nodes, 0, peers, 0, nodes.length);
    lock.lock();
    try {
      for (int i = 0; i < peers.length; i++) {
        peers[i].weigh((int) Math.max(1, Math.rint(weights[i])));
      }
    } finally {
      lock.unlock();
    }
    return now -> pick(peers);
  }

  private int pick(Peer[] peers) {
    lock.lock();
    try {
      int alone = leastConn ? leastLoaded(peers) : -1;
      return alone < 0 ? turn(peers) : alone;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the index of the least loaded; -1 if there are several, then those are in the turn. */
  private static int leastLoaded(Peer[] peers) {
    Peer least = peers[0];
    for (Peer peer : peers) {
      peer.running = peer.inFlight(); // once, it moves without the lock
      least = peer.running * least.weight < least.running * peer.weight ? peer : least;
    }
    int several = 0;
    int last = 0;
    for (int i = 0; i < peers.length; i++) {
      Peer peer = peers[i];
      peer.inTurn = peer.running * least.weight == least.running * peer.weight;
      several += peer.inTurn ? 1 : 0;
      last = peer.inTurn ? i : last;
    }
    return several == 1 ? last : -1;
  }

  private static int turn(Peer[] peers) {
    int best = -1;
    long total = 0;
    for (int i = 0; i < peers.length; i++) {
      Peer peer = peers[i];
      if (peer.inTurn) {
        peer.current += peer.effective;
        total += peer.effective;
        peer.effective += peer.effective < peer.weight ? 1 : 0;
        best = best < 0 || peer.current > peers[best].current ? i : best;
      }
    }
    peers[best].current -= total;
    return best;
  }

  private final class Peer extends Node {
    private final int maxFails;
    private int weight;
    private int effective;
    private long current;

    /** Requests in flight as one pick sees them, and whether that leaves it in the turn. */
    private long running;

    private boolean inTurn = true;

    Peer(int maxFails) {
      this.maxFails = maxFails;
    }

    void weigh(int latest) {
      effective = latest == weight ? effective : latest;
      weight = latest;
    }

    @Override
    public boolean end(long token, long now, Evidence evidence) {
      if (evidence == Evidence.BAD && maxFails > 0) {
        lock.lock();
        try {
          effective = Math.max(0, effective - weight / maxFails);
        } finally {
          lock.unlock();
        }
      }
      return true;
    }
  }
}
