package io.seatlock.server;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Answers operators over HTTP: {@code GET /health} returns 200 if the server can do all of its
 * work, 503 if nothing can be changed at the moment.
 */
final class AdminServer implements AutoCloseable {

  private final HttpServer http;
  private final Supplier<Optional<String>> trouble;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "seatlock-admin"));

  /**
   * Binds the address.
   *
   * @param trouble why nothing can be changed at the moment; empty if it can
   */
  AdminServer(InetSocketAddress address, Supplier<Optional<String>> trouble) throws IOException {
    this.trouble = trouble;
    http = HttpServer.create(address, 0);
    http.createContext("/health", this::health);
    http.setExecutor(executor);
  }

  void start() {
    http.start();
  }

  InetSocketAddress address() {
    return http.getAddress();
  }

  @Override
  public void close() {
    http.stop(0);
    executor.shutdownNow();
  }

  private void health(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/health")) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
      } else {
        Optional<String> reason = trouble.get();
        JsonObject answer = new JsonObject();
        answer.addProperty("status", reason.isEmpty() ? "up" : "degraded");
        reason.ifPresent(text -> answer.addProperty("reason", text));
        byte[] body = (answer + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(reason.isEmpty() ? 200 : 503, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }
}
