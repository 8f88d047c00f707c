package io.spinforge.benchmarks.sim.cache;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the model keeps of a log: incarnation, sequence, floor, the server's run and the end. */
final class ModelState {
  String incarnation;
  String run;
  long sequence;
  long floor;
  long heldUntil; // in the model's nanoseconds
  ModelStream.Id end;

  ModelState(String incarnation, String run, long sequence, ModelStream.Id end) {
    this.incarnation = incarnation;
    this.run = run;
    this.sequence = sequence;
    this.floor = sequence;
    this.end = end;
  }

  ModelState copy() {
    ModelState copy = new ModelState(incarnation, run, sequence, end);
    copy.floor = floor;
    copy.heldUntil = heldUntil;
    return copy;
  }

  /** Returns the name of an incarnation that begins as another process answers. */
  static String named(String candidate, String run) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(ModelRedis.bytes(candidate + run));
      return "f" + HexFormat.of().formatHex(hash).substring(0, 15);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has SHA-1
    }
  }

  long next() {
    return ++sequence;
  }
}
