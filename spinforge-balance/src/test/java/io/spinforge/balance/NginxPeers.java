package io.spinforge.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * nginx's peer bookkeeping, slow and obvious: every choice looks at every peer, and every peer's
 * check is written at every choice, healthy or not. Time starts at 0 and peers at all zeros, as
 * after nginx's start.
 */
final class NginxPeers {
  static final class Peer {
    long fails;
    long accessed;
    long checked;
  }

  private final Map<Integer, Peer> peers = new TreeMap<>();
  private final int maxFails;
  private final long failTimeout;

  NginxPeers(int size, int maxFails, long failTimeout) {
    this.maxFails = maxFails;
    this.failTimeout = failTimeout;
    for (int i = 0; i < size; i++) {
      peers.put(i, new Peer());
    }
  }

  private boolean single() {
    return peers.size() == 1;
  }

  /** Returns whom nginx would choose among. */
  List<Integer> live(long now) {
    List<Integer> live = new ArrayList<>();
    peers.forEach(
        (name, peer) -> {
          boolean skipped = peer.fails >= maxFails && now - peer.checked <= failTimeout;
          if (single() || !skipped) {
            live.add(name);
          }
        });
    return live;
  }

  void chosen(int name, long now) {
    Peer peer = peers.get(name);
    if (!single() && now - peer.checked > failTimeout) {
      peer.checked = now;
    }
  }

  void freed(int name, boolean failed, long now) {
    Peer peer = peers.get(name);
    if (single()) {
      return;
    }
    if (failed) {
      peer.fails++;
      peer.accessed = now;
      peer.checked = now;
    } else if (peer.accessed < peer.checked) {
      peer.fails = 0;
    }
  }
}
