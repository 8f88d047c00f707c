package io.spinforge.balance.pick;

import java.util.concurrent.locks.ReentrantLock;

/**
 * nginx's round robin as it runs, failures included: {@link SmoothWeighted} lays the same order out
 * beforehand, but cannot change it for a moment. Each failure takes weight / max_fails (in whole
 * numbers) off a node's effective weight, and each time that the node is looked at gives one back.
 * So a node that fails now and then has less until it has been good for a while, before it is left
 * out and after it came back.
 *
 * <p>Every pick looks at all nodes, under one lock, as nginx does with a shared zone. Weights are
 * rounded to whole numbers, at least 1.
 */
public final class NginxRoundRobin implements Algorithm {
  private final int maxFails;

  /** Guards the weights of all nodes. Held for a pass over them, nothing in it blocks. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Creates it for nodes that are left out after this many failures. */
  public NginxRoundRobin(int maxFails) {
    this.maxFails = maxFails;
  }

  @Override
  public boolean timed() {
    return true; // to hear of every end
  }

  @Override
  public Node newNode() {
    return new Peer();
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
      int best = 0;
      long total = 0;
      for (int i = 0; i < peers.length; i++) {
        Peer peer = peers[i];
        peer.current += peer.effective;
        total += peer.effective;
        peer.effective += peer.effective < peer.weight ? 1 : 0;
        if (peer.current > peers[best].current) {
          best = i;
        }
      }
      peers[best].current -= total;
      return best;
    } finally {
      lock.unlock();
    }
  }

  private final class Peer extends Node {
    private int weight;
    private int effective;
    private long current;

    void weigh(int latest) {
      effective = latest == weight ? effective : latest;
      weight = latest;
    }

    @Override
    public boolean end(long token, long now, Evidence evidence) {
      if (evidence == Evidence.BAD) {
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
