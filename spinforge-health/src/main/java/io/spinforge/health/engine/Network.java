package io.spinforge.health.engine;

/** What connections need: their loop, addresses of names, threads for the arithmetic of TLS. */
record Network(IoLoop loop, Resolver resolver, Helpers crypto) {}
