package io.seatlock.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What operators ask over HTTP: {@code GET /health}. */
final class AdminServer implements AutoCloseable {

  private static final byte[] UP = "{\"status\":\"up\"}\n".getBytes(StandardCharsets.UTF_8);

  private final HttpServer http;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "seatlock-admin"));

  AdminServer(InetSocketAddress address) throws IOException {
    http = HttpServer.create(address, 0);
    http.createContext("/health", AdminServer::health);
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

  private static void health(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/health")) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        exchange.sendResponseHeaders(405, -1);
      } else {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, UP.length);
        exchange.getResponseBody().write(UP);
      }
    }
  }
}
