package io.seatlock.server.transport;

import static io.seatlock.server.testing.ClassicClient.EMPTY_START;
import static io.seatlock.server.testing.ClassicClient.event;
import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections there may be, whose they are, and several event loops for them. */
@Timeout(60)
class CapsTest {

  private static final int MANY = 1_000;
  private static final Duration SOON = Duration.ofSeconds(5);

  // --- helpers

  private static TestServer serve(int maxConnections, int maxPerAddress, int maxUnopened)
      throws Exception {
    return serve(limits(maxConnections, maxPerAddress, maxUnopened), OriginPolicy.ANY, 1);
  }

  private static TransportLimits limits(int maxConnections, int maxPerAddress, int maxUnopened) {
    return TransportLimits.builder()
        .maxConnections(maxConnections)
        .maxPerAddress(maxPerAddress)
        .maxUnopened(maxUnopened)
        .build();
  }

  private static TestServer serve(TransportLimits limits, OriginPolicy origins, int selectors)
      throws Exception {
    return TestServer.start(settings(TestServer.freePort(), limits, origins, selectors));
  }

  private static ServerSettings settings(
      InetSocketAddress address, TransportLimits limits, OriginPolicy origins, int selectors) {
    return ServerSettings.builder(address)
        .selectors(selectors)
        .authorizationString(SECRET)
        .retainBytes(1 << 20)
        .limits(limits)
        .origins(origins)
        .build();
  }

  private static String request(String... headers) {
    String more = headers.length == 0 ? "" : "\r\n" + String.join("\r\n", headers);
    return RawClient.request("/").replace("\r\n\r\n", more + "\r\n\r\n");
  }

  /** Opens a WebSocket; null if that was refused. */
  private static RawClient tryOpen(TestServer server, String... headers) throws Exception {
    RawClient client = RawClient.connect(server.address());
    String head =
        client.writeUnlessEnded(request(headers).getBytes(StandardCharsets.US_ASCII)).head();
    if (head.startsWith("HTTP/1.1 101 ")) {
      return client;
    }
    assertThat(client.ended()).isTrue();
    client.close();
    return null;
  }

  private static RawClient open(TestServer server, String... headers) throws Exception {
    RawClient client = tryOpen(server, headers);
    assertThat(client).as("it is taken").isNotNull();
    return client;
  }

  private static void assertRefused(TestServer server, String... headers) throws Exception {
    RawClient client = tryOpen(server, headers);
    assertThat(client).as("it is not taken").isNull();
  }

  /** Opens a WebSocket as soon as there is a place. */
  private static RawClient openSoon(TestServer server, String... headers) {
    return await().atMost(SOON).until(() -> tryOpen(server, headers), client -> client != null);
  }

  // --- how many

  @Test
  void connections_overTheLimit_areClosedAsTheyCome_andPlacesComeBack() throws Exception {
    try (TestServer server = serve(4, MANY, MANY);
        ClassicClient honest = ClassicClient.join(server.address(), "/")) {
      List<RawClient> others = new ArrayList<>();
      others.add(open(server));
      others.add(open(server));
      others.add(RawClient.connect(server.address())); // counts though it is not open
      for (int i = 0; i < 50; i++) {
        try (RawClient further = RawClient.connect(server.address())) {
          assertThat(further.ended()).isTrue();
        }
      }
      honest.act("lock", "A1").expectEvent("lockedForYou", "A1");

      others.remove(2).close();
      others.add(openSoon(server));
      assertRefused(server);
      others.remove(0).reset();
      others.add(openSoon(server));
      assertRefused(server);
      honest.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
      for (RawClient other : others) {
        other.close();
      }
    }
  }

  @Test
  void connections_ofOneAddress_areLimited_andPlacesComeBack() throws Exception {
    try (TestServer server = serve(MANY, 3, MANY);
        ClassicClient honest = ClassicClient.join(server.address(), "/");
        RawClient unopened = RawClient.connect(server.address());
        RawClient second = open(server)) {
      RawClient third = open(server);
      for (int i = 0; i < 50; i++) {
        assertRefused(server);
      }
      honest.act("lock", "A1").expectEvent("lockedForYou", "A1");
      third.close();
      openSoon(server).close();
      third = openSoon(server);
      // It is counted when it opens, and there is no place then.
      assertThat(unopened.write(request()).head()).doesNotContain(" 101 ");
      honest.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
      third.close();
    }
  }

  @Test
  void connections_unopened_areLimited_andPlacesComeBack() throws Exception {
    try (TestServer server = serve(MANY, MANY, 3);
        ClassicClient honest = ClassicClient.join(server.address(), "/")) {
      List<RawClient> silent = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        silent.add(RawClient.connect(server.address()));
      }
      silent.get(0).write("GET / HTTP/1.1\r\n");
      for (int i = 0; i < 20; i++) {
        try (RawClient further = RawClient.connect(server.address())) {
          assertThat(further.ended()).isTrue();
        }
      }
      honest.act("lock", "A1").expectEvent("lockedForYou", "A1");

      // One that opens makes room, and so does one that goes.
      assertThat(silent.get(1).write(request()).head()).startsWith("HTTP/1.1 101 ");
      RawClient next = RawClient.connect(server.address());
      assertRefused(server);
      silent.get(2).reset();
      openSoon(server).close();
      assertThat(next.write(request()).head()).startsWith("HTTP/1.1 101 ");
      next.close();
      for (RawClient client : silent) {
        client.close();
      }
      for (int i = 0; i < 10; i++) {
        openSoon(server).close();
      }
    }
  }

  @Test
  void connections_refusedForWhateverReason_giveTheirPlacesBack() throws Exception {
    OriginPolicy origins = new OriginPolicy(Set.of("https://seats.example"), Set.of());
    try (TestServer server = serve(limits(3, 3, 3), origins, 1);
        ClassicClient honest = ClassicClient.join(server.address(), "/")) {
      for (int i = 0; i < 20; i++) {
        assertRefused(server, "Origin: https://evil.example");
        assertRefused(server, "Host: twice");
        RawClient.connect(server.address()).reset();
        RawClient.open(server.address(), "/").reset();
        openSoon(server).close();
      }
      // All places but the honest client's are to be had at once.
      RawClient second = openSoon(server);
      RawClient third = openSoon(server);
      honest.act("lock", "A1").expectEvent("lockedForYou", "A1");
      second.close();
      third.close();
    }
  }

  // --- whose

  @Test
  void origin_notAllowed_isRefused_andAMissingOneIsTaken() throws Exception {
    OriginPolicy origins =
        new OriginPolicy(Set.of("https://seats.example", "https://b.example"), Set.of());
    try (TestServer server = serve(TransportLimits.DEFAULT, origins, 1)) {
      for (String origin : List.of("https://seats.example", "https://b.example")) {
        open(server, "Origin: " + origin).close();
      }
      open(server).close();
      for (String origin :
          List.of(
              "http://seats.example",
              "https://seats.example:443",
              "https://seats.example/",
              "https://SEATS.example",
              "https://seats.example.evil",
              "https://seats.example\r\nOrigin: https://seats.example",
              "null")) {
        assertRefused(server, "Origin: " + origin);
      }
    }
  }

  @Test
  void proxy_trusted_itsClientsCountByTheLastHop() throws Exception {
    OriginPolicy origins = new OriginPolicy(Set.of(), Set.of(InetAddress.getByName("127.0.0.1")));
    try (TestServer server = serve(limits(MANY, 1, MANY), origins, 1)) {
      RawClient first = open(server, "X-Forwarded-For: 192.0.2.1");
      assertRefused(server, "X-Forwarded-For: 192.0.2.1");
      // What the client itself says of where it comes from does not count.
      assertRefused(server, "X-Forwarded-For: 192.0.2.77, 192.0.2.1");
      assertRefused(server, "X-Forwarded-For: 192.0.2.77", "X-Forwarded-For: 192.0.2.1");
      assertRefused(server, "X-Forwarded-For: 192.0.2.77, 192.0.2.1, 127.0.0.1");
      RawClient second = open(server, "X-Forwarded-For: 192.0.2.1, 192.0.2.2");
      RawClient third = open(server, "X-Forwarded-For: 2001:db8::1");
      assertRefused(server, "X-Forwarded-For: 2001:db8:0:0::1");

      assertRefused(server);
      assertRefused(server, "X-Forwarded-For: ");
      assertRefused(server, "X-Forwarded-For: unknown");
      assertRefused(server, "X-Forwarded-For: 127.0.0.1");

      first.close();
      openSoon(server, "X-Forwarded-For: 192.0.2.1").close();
      second.close();
      third.close();
    }
  }

  @Test
  void proxy_notTrusted_isNotBelieved() throws Exception {
    OriginPolicy origins = new OriginPolicy(Set.of(), Set.of(InetAddress.getByName("192.0.2.200")));
    try (TestServer server = serve(limits(MANY, 2, MANY), origins, 1)) {
      RawClient first = open(server, "X-Forwarded-For: 192.0.2.1");
      RawClient second = open(server);
      assertRefused(server, "X-Forwarded-For: 192.0.2.2");
      assertRefused(server, "X-Forwarded-For: 192.0.2.200");
      first.close();
      second.close();
    }
  }

  // --- several event loops

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void selectors_two_everyoneHearsOneOrder(long seed) throws Exception {
    // So many that they are on both loops: the kernel tosses a coin for each.
    int actors = 16;
    int actions = 300;
    ExecutorService threads = Executors.newFixedThreadPool(actors);
    List<ClassicClient> clients = new ArrayList<>();
    try (TestServer server = serve(TransportLimits.DEFAULT, OriginPolicy.ANY, 2)) {
      for (int i = 0; i < actors; i++) {
        clients.add(ClassicClient.join(server.address(), "/"));
      }
      List<Future<List<String>>> heard = new ArrayList<>();
      for (int i = 0; i < actors; i++) {
        ClassicClient client = clients.get(i);
        Random random = new Random(seed * MANY + i);
        heard.add(threads.submit(() -> act(client, random, actions)));
      }
      List<List<String>> stories = new ArrayList<>();
      for (Future<List<String>> each : heard) {
        stories.add(new ArrayList<>(each.get()));
      }
      // What is still on its way, then the end.
      clients.get(0).act("pay", "end", SECRET);
      for (int i = 0; i < actors; i++) {
        String next;
        while (!(next = clients.get(i).next()).equals(event("paid", "end"))) {
          stories.get(i).add(next);
        }
      }
      for (List<String> story : stories) {
        assertThat(story).as("seed %s", seed).isEqualTo(stories.get(0));
      }
      assertThat(stories.get(0)).hasSizeGreaterThan(actors);
      assertIsPossible(stories.get(0));

      // One who leaves frees its seats for those on both loops.
      clients.get(0).act("lock", "held").expectEvent("lockedForYou", "held");
      for (ClassicClient client : clients.subList(1, actors)) {
        client.expectEvent("locked", "held");
      }
      Set<String> freed = new HashSet<>();
      clients.get(0).close();
      while (freed.add(clients.get(1).next()) && !freed.contains(event("unlocked", "held"))) {
        // The seats that it held before.
      }
      for (ClassicClient client : clients.subList(2, actors)) {
        Set<String> alike = new HashSet<>(client.next(freed.size()));
        assertThat(alike).isEqualTo(freed);
      }
    } finally {
      threads.shutdownNow();
      clients.forEach(ClassicClient::close);
    }
  }

  /** Acts without waiting, takes each answer, and gives back what has changed as others hear it. */
  private static List<String> act(ClassicClient client, Random random, int actions) {
    for (int i = 0; i < actions; i++) {
      client.act(random.nextBoolean() ? "lock" : "unlock", "S" + random.nextInt(50));
    }
    List<String> changes = new ArrayList<>();
    int answers = 0;
    while (answers < actions) {
      String next = client.next();
      JsonObject message = JsonParser.parseString(next).getAsJsonObject();
      String event = message.get("event").getAsString();
      switch (event) {
        case "locked", "unlocked" -> changes.add(next);
        case "lockedForYou", "unlockedForYou" -> {
          changes.add(next.replace("ForYou", ""));
          answers++;
        }
        default -> {
          assertThat(event).isIn("alreadyLocked", "alreadyUnlocked", "notYours");
          answers++;
        }
      }
    }
    return changes;
  }

  private static void assertIsPossible(List<String> story) {
    Set<String> locked = new HashSet<>();
    for (String message : story) {
      JsonObject change = JsonParser.parseString(message).getAsJsonObject();
      String seat = change.get("data").getAsString();
      boolean possible =
          change.get("event").getAsString().equals("locked")
              ? locked.add(seat)
              : locked.remove(seat);
      assertThat(possible).as(message).isTrue();
    }
  }

  @Test
  void selectors_two_theLimitsAreThoseOfAllTogether() throws Exception {
    try (TestServer server = serve(limits(MANY, 8, MANY), OriginPolicy.ANY, 2)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        clients.add(open(server));
      }
      for (int i = 0; i < 10; i++) {
        assertRefused(server);
      }
      for (RawClient client : clients) {
        assertThat(client.next()).isEqualTo(EMPTY_START);
        client.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void selectors_portOfAnother_isRefused(int selectors) throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(TestServer.freePort());
      assertInUse((InetSocketAddress) taken.getLocalSocketAddress(), selectors);
    }
    for (int others : List.of(1, 2)) {
      try (TestServer other = serve(TransportLimits.DEFAULT, OriginPolicy.ANY, others)) {
        assertInUse(other.address(), selectors);
        for (int i = 0; i < 8; i++) {
          ClassicClient.join(other.address(), "/").close();
        }
      }
    }
  }

  private static void assertInUse(InetSocketAddress address, int selectors) {
    assertThatIOException()
        .isThrownBy(
            () ->
                TestServer.start(
                    settings(address, TransportLimits.DEFAULT, OriginPolicy.ANY, selectors)))
        .isInstanceOf(BindException.class);
  }
}
