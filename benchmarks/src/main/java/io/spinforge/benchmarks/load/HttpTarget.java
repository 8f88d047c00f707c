package io.spinforge.benchmarks.load;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Asks over HTTP with the JDK's client, whose connections are kept alive and reused.
 *
 * @param client the host's client; it should speak HTTP/1.1, one request a connection at a time
 * @param request makes the n-th request; it should carry a timeout
 * @param check judges a response, on the client's threads
 */
public record HttpTarget(
    HttpClient client,
    LongFunction<HttpRequest> request,
    Function<HttpResponse<String>, Answer> check)
    implements Target {

  @Override
  public CompletionStage<Answer> send(long number) {
    return client.sendAsync(request.apply(number), BodyHandlers.ofString()).thenApply(check);
  }

  /** Returns the check that calls 2xx good and fails everything else by its status. */
  public static Function<HttpResponse<String>, Answer> successful() {
    return response ->
        response.statusCode() / 100 == 2
            ? Answer.ok()
            : Answer.failed("status " + response.statusCode());
  }
}
