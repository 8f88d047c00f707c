package io.spinforge.benchmarks.peers;

import java.time.Duration;

/**
 * What the readers saw after a race.
 *
 * @param keys how many keys were invalidated
 * @param atTheEnd for how many of them an old value was still answered when the watching ended
 * @param longest how long after its invalidation the last old value was answered; zero for none
 */
record Staleness(int keys, int atTheEnd, Duration longest) {

  String describeLongest() {
    String text = longest.toMillis() + " ms";
    return atTheEnd > 0 ? "> " + text : text;
  }
}
