package io.spinforge.scaling;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * All inputs of a decision as bytes: plan, observation, memory and what the target answered; field
 * by field, numbers bit by bit, deflated. The first byte is the version of this format; those of
 * every version before can be read.
 *
 * <p>Sources, listeners and the forecaster are no part of it: what they said is.
 */
final class DecisionCodec {
  private static final int VERSION = 2;

  private DecisionCodec() {}

  static byte[] encode(
      Plan plan, String text, Observation seen, Memory memory, @Nullable ApplyResult applied) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    bytes.write(VERSION);
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, deflater))) {
      InputWriter writer = new InputWriter(out);
      writer.plan(plan);
      writer.text(text);
      writer.observation(seen);
      writer.memory(memory);
      writer.applied(applied);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  /**
   * Makes the decision again.
   *
   * @throws IllegalArgumentException if the bytes are of another version or damaged
   */
  static Decision replay(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] < 1 || bytes[0] > VERSION) {
      throw new IllegalArgumentException(
          "inputs: version " + (bytes.length == 0 ? "none" : bytes[0]) + " (expected: 1 or 2)");
    }
    ByteArrayInputStream rest = new ByteArrayInputStream(bytes, 1, bytes.length - 1);
    try (DataInputStream in = new DataInputStream(new InflaterInputStream(rest))) {
      InputReader reader = new InputReader(in, bytes[0]);
      Plan plan = reader.plan();
      String text = reader.text();
      Observation seen = reader.observation();
      Memory memory = reader.memory();
      ApplyResult applied = reader.applied();
      Decision decision = Step.decide(plan, text, seen, memory).decision();
      return applied == null ? decision : decision.withApplied(applied);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("inputs: damaged (expected: as they were stored)", e);
    }
  }
}
