package io.spinforge.metrics.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** The stacks of a recording: threads that ran Java code, as the JVM sampled them. */
public final class Samples {
  static final String JAVA = "jdk.ExecutionSample";
  private static final int DEEPEST = 256;

  private final Frame root = new Frame("all");
  private final Map<String, Long> top = new HashMap<>();

  private Samples() {}

  /**
   * A method by how often it was the one that ran.
   *
   * @param method class and name
   * @param samples in which it was on top of its stack
   * @param share of all samples, 0 to 1
   */
  public record Hot(String method, long samples, double share) {}

  /** Reads a recording, event by event. */
  public static Samples of(Path recording) throws IOException {
    Samples samples = new Samples();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        RecordedStackTrace stack = event.getStackTrace();
        if (stack != null && event.getEventType().getName().equals(JAVA)) {
          samples.add(stack.getFrames());
        }
      }
    }
    return samples;
  }

  private void add(List<RecordedFrame> frames) {
    List<String> names = new ArrayList<>();
    for (RecordedFrame frame : frames) {
      if (names.size() < DEEPEST) {
        names.add(name(frame.getMethod()));
      }
    }
    if (names.isEmpty()) {
      return;
    }
    top.merge(names.get(0), 1L, Long::sum);
    Frame at = root;
    at.samples++;
    for (int i = names.size() - 1; i >= 0; i--) {
      at = at.child(names.get(i));
      at.samples++;
    }
    at.own++;
  }

  private static String name(RecordedMethod method) {
    return method.getType().getName() + "." + method.getName();
  }

  /** Returns the number of samples. */
  public long count() {
    return root.samples;
  }

  /** Returns the methods that ran most, the hottest first. */
  public List<Hot> hottest(int most) {
    return top.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(most)
        .map(
            entry ->
                new Hot(entry.getKey(), entry.getValue(), (double) entry.getValue() / root.samples))
        .toList();
  }

  Frame root() {
    return root;
  }
}
