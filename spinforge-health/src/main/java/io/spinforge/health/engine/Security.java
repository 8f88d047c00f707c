package io.spinforge.health.engine;

import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How connections are secured: the other side must have a certificate that the context trusts and
 * that is made out to the name or address of the target (RFC 9110, 4.3.4).
 *
 * @param context the host's; null: the JVM's default
 * @param protocols what to offer by ALPN; may be empty
 */
record Security(@Nullable SSLContext context, List<String> protocols) {

  /** Makes an engine; the first one of the default context reads files. */
  SSLEngine engine(String host, int port) throws NoSuchAlgorithmException {
    SSLContext used = context == null ? SSLContext.getDefault() : context;
    boolean bracketed = host.startsWith("[");
    String name = bracketed ? host.substring(1, host.length() - 1) : host;
    SSLEngine engine = used.createSSLEngine(name, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    engine.setSSLParameters(parameters);
    return engine;
  }
}
