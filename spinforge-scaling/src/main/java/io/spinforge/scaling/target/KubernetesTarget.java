package io.spinforge.scaling.target;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.internal.Checks;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Scales a Deployment, a StatefulSet or anything else that has the {@code scale} subresource of
 * Kubernetes, over the JDK's HTTP client.
 *
 * <p><b>Reading</b> takes {@code spec.replicas} and {@code metadata.resourceVersion} of the scale
 * (a missing {@code spec.replicas} is 0: Kubernetes leaves zeros out) and {@code
 * status.readyReplicas} of the resource itself, for the scale's own {@code status.replicas} counts
 * pods that exist, ready or not. With {@link KubernetesBuilder#scaleOnly} only the scale is read,
 * and pods that exist pass for ready. Starting are those that were asked for and are not ready.
 *
 * <p><b>Writing</b> puts the scale with the resource version that was read, so a write by anybody
 * else in between is a {@link ApplyResult.Conflict}; the version changes with the status, too, so a
 * rollout can cause some. Kubernetes has no place for a fence: a stale leader is refused by the
 * resource version, and in this process by the fence.
 *
 * <table>
 * <caption>Answers to a write</caption>
 * <tr><th>answer</th><th>result</th></tr>
 * <tr><td>200, 201 with the number</td><td>Applied</td></tr>
 * <tr><td>409</td><td>Conflict</td></tr>
 * <tr><td>other 3xx and 4xx; no connection; token or CA unreadable</td><td>Rejected</td></tr>
 * <tr><td>429</td><td>Rejected, and nothing is sent for Retry-After, 300 s at most</td></tr>
 * <tr><td>5xx; no or half an answer; another number</td><td>Unknown</td></tr>
 * </table>
 *
 * <p>Needs the verbs {@code get} on the resource and {@code get}, {@code update} on its {@code
 * scale}, and {@code com.fasterxml.jackson.core:jackson-databind}. A call blocks for the timeout at
 * most, a reading makes two. The client's threads are daemons, named {@code
 * spinforge-scaling-kubernetes-...}, and end with {@link #close}; its selector ends when the JVM
 * collects it. Thread-safe.
 */
public final class KubernetesTarget implements ScaleTarget, AutoCloseable {
  private final Resource resource;
  private final ApiServer server;
  private final Fence fence = new Fence();

  /** One call at a time, so a fence is checked and written in one step; held while calls block. */
  private final ReentrantLock lock = new ReentrantLock();

  KubernetesTarget(Resource resource, ApiServer server) {
    this.resource = resource;
    this.server = server;
  }

  /** What is scaled, and the paths of it; {@code parent} is null if only the scale is read. */
  record Resource(String namespace, String name, String scale, @Nullable String parent) {}

  /** Starts to describe a target; in a pod, all but the resource is found by itself. */
  public static KubernetesBuilder builder() {
    return new KubernetesBuilder(System.getenv(), KubernetesBuilder.SECRETS);
  }

  /**
   * Reads the scale, and the resource for its ready pods.
   *
   * @throws IOException saying what was asked and what came back, if that was no whole, sensible
   *     answer
   */
  @Override
  public State read() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      JsonDoc scale = JsonDoc.object(server.get(resource.scale()).required().body());
      int desired = scale.count(0, "spec", "replicas");
      String version = scale.text("metadata", "resourceVersion");
      int ready =
          resource.parent() == null
              ? Math.min(desired, scale.count(0, "status", "replicas"))
              : JsonDoc.object(server.get(resource.parent()).required().body())
                  .count(0, "status", "readyReplicas");
      return new State(desired, ready, Math.max(0, desired - ready), version);
    } finally {
      lock.unlock();
    }
  }

  /** Puts the number; see the class comment for what becomes of it. */
  @Override
  public ApplyResult apply(int desired, State seen, OptionalLong fence)
      throws InterruptedException {
    Checks.argument(desired >= 0, "desired", desired, ">= 0");
    Checks.argument(!seen.version().isEmpty(), "seen", seen, "a version");
    lock.lockInterruptibly();
    try {
      ApplyResult.Rejected late = this.fence.check(fence);
      return late != null
          ? late
          : result(desired, server.put(resource.scale(), body(desired, seen.version())));
    } catch (NotSentException e) {
      return new ApplyResult.Rejected(Answer.reason(e));
    } catch (IOException e) {
      return new ApplyResult.Unknown(Answer.reason(e));
    } finally {
      lock.unlock();
    }
  }

  private static ApplyResult result(int desired, Answer answer) throws IOException {
    if (answer.good()) {
      int taken = JsonDoc.object(answer.body()).count(0, "spec", "replicas");
      return taken == desired
          ? new ApplyResult.Applied(desired)
          : new ApplyResult.Unknown(answer.call() + " answered " + taken + ", asked " + desired);
    }
    if (answer.status() == 409) {
      return new ApplyResult.Conflict(answer.fault());
    }
    return answer.status() >= 300 && answer.status() < 500
        ? new ApplyResult.Rejected(answer.fault())
        : new ApplyResult.Unknown(answer.fault());
  }

  private byte[] body(int desired, String version) throws NotSentException {
    try {
      return JsonDoc.bytes(
          Map.of(
              "apiVersion",
              "autoscaling/v1",
              "kind",
              "Scale",
              "metadata",
              Map.of(
                  "name", resource.name(),
                  "namespace", resource.namespace(),
                  "resourceVersion", version),
              "spec",
              Map.of("replicas", desired)));
    } catch (IOException e) {
      throw new NotSentException("the scale cannot be written as JSON: " + e, e);
    }
  }

  /** Sends nothing any more. Does not wait; does nothing the second time. */
  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return "KubernetesTarget[" + resource.scale() + "]";
  }
}
