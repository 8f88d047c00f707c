package io.grpc.util;

import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Opens gRPC's round robin picker, which only its own package may make. */
public final class ReadyPickers {
  private ReadyPickers() {}

  /** Returns the picker over so many children that are ready. */
  public static SubchannelPicker of(int children) {
    List<SubchannelPicker> pickers =
        Stream.<SubchannelPicker>generate(() -> new FixedResultPicker(PickResult.withNoResult()))
            .limit(children)
            .toList();
    return new RoundRobinLoadBalancer.ReadyPicker(pickers, new AtomicInteger());
  }
}
