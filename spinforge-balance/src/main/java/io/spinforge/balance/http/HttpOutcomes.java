package io.spinforge.balance.http;

import io.spinforge.balance.Classifier;
import io.spinforge.balance.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What responses and failures of the JDK's client say about the backend. */
final class HttpOutcomes {
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"); // RFC 9110, 9.2.2
  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  private HttpOutcomes() {}

  static Classifier classifier() {
    Classifier byException = Classifier.byException();
    return (reply, failure) -> {
      if (failure instanceof HttpConnectTimeoutException) {
        return Outcome
            .FAILURE; // it is the backend that does not accept, not the answer that is late
      }
      if (failure != null || !(reply instanceof HttpResponse<?> response)) {
        return byException.classify(reply, failure);
      }
      return byStatus(response.statusCode());
    };
  }

  private static Outcome byStatus(int status) {
    return switch (status) {
      case 429, 503 -> Outcome.OVERLOADED;
      case 501, 505 -> Outcome.SUCCESS; // it works, but not for such a request
      default -> status >= 500 ? Outcome.FAILURE : Outcome.SUCCESS;
    };
  }

  static boolean idempotent(String method) {
    return IDEMPOTENT.contains(method);
  }

  /** Tells whether nothing can have reached the backend. */
  static boolean notSent(@Nullable Throwable failure) {
    return failure instanceof ConnectException
        || failure instanceof HttpConnectTimeoutException
        || (failure instanceof IOException
            && failure.getCause() instanceof UnresolvedAddressException);
  }

  /** Returns for how long the backend wants to be left alone, 0 to 60 s. */
  static Duration retryAfter(HttpResponse<?> response, Instant now) {
    String value = response.headers().firstValue("Retry-After").orElse("").strip();
    Duration asked = Duration.ZERO;
    if (!value.isEmpty()
        && value.length() < 10
        && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      asked = Duration.ofSeconds(Long.parseLong(value));
    } else if (!value.isEmpty()) {
      try {
        ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
        asked = Duration.between(now, date.toInstant());
      } catch (DateTimeParseException e) {
        return Duration.ZERO; // what cannot be read was not said
      }
    }
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : asked;
  }
}
