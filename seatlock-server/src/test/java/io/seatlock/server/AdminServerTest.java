package io.seatlock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdminServerTest {

  private static HttpResponse<String> ask(AdminServer admin, String method, String path)
      throws Exception {
    URI uri = URI.create("http://" + ClassicClient.authority(admin.address()) + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  @Test
  void health_asked_isUp_andNothingElseIsThere() throws Exception {
    try (AdminServer admin = new AdminServer(TestServer.freePort(), Optional::empty)) {
      admin.start();
      HttpResponse<String> health = ask(admin, "GET", "/health");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(health.body()).isEqualTo("{\"status\":\"up\"}\n");

      HttpResponse<String> post = ask(admin, "POST", "/health");
      assertThat(post.statusCode()).isEqualTo(405);
      assertThat(post.headers().firstValue("Allow")).contains("GET");
      assertThat(ask(admin, "GET", "/").statusCode()).isEqualTo(404);
      assertThat(ask(admin, "GET", "/healthy").statusCode()).isEqualTo(404);
      assertThat(ask(admin, "GET", "/health/more").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void health_nothingCanBeChanged_isDegradedAndSaysWhy() throws Exception {
    try (AdminServer admin =
        new AdminServer(TestServer.freePort(), () -> Optional.of("no \"database\""))) {
      admin.start();
      HttpResponse<String> health = ask(admin, "GET", "/health");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body())
          .isEqualTo("{\"status\":\"degraded\",\"reason\":\"no \\\"database\\\"\"}\n");
    }
  }
}
