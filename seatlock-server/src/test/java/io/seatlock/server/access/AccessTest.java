package io.seatlock.server.access;

import static io.seatlock.server.testing.ClassicClient.EMPTY_START;
import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.seatlock.core.ShowSettings;
import io.seatlock.protocol.Role;
import io.seatlock.server.ServerSettings;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import io.seatlock.server.transport.Conversation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Access keys: their file, what each role may do in both dialects, and what a key may lock. */
@Timeout(60)
class AccessTest {

  private static final int ANY = Integer.MAX_VALUE;
  private static final int SLOW = 20;

  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("keys.json");
  }

  // --- helpers

  private static String key(String name, String role, String more) {
    return "{\"name\":\"%s\",\"sha256\":\"%s\",\"role\":\"%s\"%s}"
        .formatted(name, AccessKeys.digest(secretOf(name)), role, more);
  }

  private static String key(String role) {
    return key(role, role, "");
  }

  /** The key of this name, as its owner knows it. */
  private static String secretOf(String name) {
    return "the-key-of-" + name;
  }

  private void write(String content) throws Exception {
    Files.writeString(file, content);
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void writeKeys(String... keys) throws Exception {
    write("{\"keys\":[" + String.join(",", keys) + "]}");
  }

  private AccessKeys read(boolean required) throws Exception {
    return AccessKeys.load(AuthorizationString.of(SECRET), file, required);
  }

  private static TestServer serve(AccessKeys access) throws Exception {
    return serve(access, ShowSettings.DEFAULT, ANY, ANY);
  }

  private static TestServer serve(
      AccessKeys access, ShowSettings shows, int locksPerAddress, int ratePerAddress)
      throws Exception {
    return TestServer.start(
        ServerSettings.builder(TestServer.freePort())
            .shows(shows)
            .access(access)
            .retainBytes(1 << 20)
            .maxLocksPerAddress(locksPerAddress)
            .maxLocksPerSecondPerAddress(ratePerAddress)
            .build());
  }

  private TestServer serve(boolean required, String... keys) throws Exception {
    writeKeys(keys);
    return serve(read(required));
  }

  private static ClassicClient classic(TestServer server, String path, String key) {
    return ClassicClient.connect(
        server.address(), path, builder -> builder.header("Authorization", "Bearer " + key));
  }

  private static ClassicClient v2(TestServer server, String path) {
    return ClassicClient.connect(
        server.address(), path, builder -> builder.subprotocols("seatlock.v2"));
  }

  /** A client that has said hello with a key and has taken both answers. */
  private static ClassicClient v2(TestServer server, String path, String key) {
    ClassicClient client = v2(server, path);
    JsonObject welcome = ask(client, hello(key));
    assertThat(welcome.get("event").getAsString()).isEqualTo("welcome");
    assertThat(json(client).get("event").getAsString()).isEqualTo("startstate");
    return client;
  }

  private static String hello(String key) {
    return "{\"id\":0,\"action\":\"hello\",\"key\":\"" + key + "\"}";
  }

  private static String request(Object id, String action, String... seats) {
    String list = seats.length == 0 ? "" : ",\"seats\":[\"" + String.join("\",\"", seats) + "\"]";
    return "{\"id\":" + id + ",\"action\":\"" + action + "\"" + list + "}";
  }

  private static JsonObject json(ClassicClient client) {
    return JsonParser.parseString(client.next()).getAsJsonObject();
  }

  private static JsonObject ask(ClassicClient client, String request) {
    return json(client.send(request));
  }

  /** The answer in a word: its event, or an error's code, or a refusal's reason. */
  private static String outcome(ClassicClient client, String request) {
    JsonObject answer = ask(client, request);
    assertThat(answer.get("id"))
        .isEqualTo(JsonParser.parseString(request).getAsJsonObject().get("id"));
    return switch (answer.get("event").getAsString()) {
      case "error" -> answer.get("code").getAsString();
      case "refused" -> answer.get("reason").getAsString();
      default -> answer.get("event").getAsString();
    };
  }

  private static void assertUnauthorized(ClassicClient client, String action, String seat) {
    assertThat(client.act(action, seat).next()).startsWith("{\"event\":\"unauthorized\"");
  }

  // --- the file

  @Test
  void file_rightOne_opensWithEachKey() throws Exception {
    writeKeys(
        key("viewer"),
        key("kiosk", "kiosk", ",\"maxLocks\":7,\"maxLocksPerSecond\":3"),
        key("backend"),
        key("admin"),
        key("Süd:~1", "viewer", ""));
    AccessKeys keys = read(false);
    for (Role role : Role.values()) {
      assertThat(keys.find(secretOf(role.word())).orElseThrow().role()).isEqualTo(role);
    }
    AccessKeys.Grant kiosk = keys.find(secretOf("kiosk")).orElseThrow();
    assertThat(kiosk.name()).isEqualTo("kiosk");
    assertThat(kiosk.maxLocks()).isEqualTo(7);
    assertThat(kiosk.maxLocksPerSecond()).isEqualTo(3);
    AccessKeys.Grant other = keys.find(secretOf("Süd:~1")).orElseThrow();
    assertThat(other.maxLocks()).isEqualTo(ANY);
    assertThat(other.maxLocksPerSecond()).isEqualTo(ANY);
    assertThat(keys.find(SECRET).orElseThrow().role()).isEqualTo(Role.BACKEND);
    for (String nothing : List.of("", "kiosk", secretOf("nobody"), AccessKeys.digest(SECRET))) {
      assertThat(keys.find(nothing)).isEmpty();
    }
    assertThat(keys.find(null)).isEmpty();
    // The digest that stands in the file is not a key.
    assertThat(keys.find(AccessKeys.digest(secretOf("backend")))).isEmpty();
  }

  @Test
  void allowsSales_withABackendKeyOrTheAuthorizationString() throws Exception {
    writeKeys(key("kiosk"));
    assertThat(AccessKeys.load(AuthorizationString.none(), file, false).allowsSales()).isFalse();
    assertThat(read(false).allowsSales()).isTrue();
    writeKeys(key("kiosk"), key("backend"));
    assertThat(AccessKeys.load(AuthorizationString.none(), file, false).allowsSales()).isTrue();
  }

  static List<Arguments> faults() {
    String digest = AccessKeys.digest("x");
    String named = "{\"name\":\"a\",\"sha256\":\"" + digest + "\",\"role\":\"kiosk\"";
    return List.of(
        arguments("", "the keys file has no array named keys"),
        arguments("null", "the keys file has no array named keys"),
        arguments("{}", "the keys file has no array named keys"),
        arguments("{\"keys\":null}", "the keys file has no array named keys"),
        arguments("[]", "the keys file is not the JSON it must be"),
        arguments("{\"keys\":{}}", "the keys file is not the JSON it must be"),
        arguments("{\"keys\":[]", "the keys file is not the JSON it must be"),
        arguments("{\"keys\":[]} x", "the keys file is not the JSON it must be"),
        arguments("{keys:[]}", "the keys file is not the JSON it must be"),
        arguments("{\"keys\":[null]}", "the keys file has a key without a well-formed name"),
        arguments("{\"keys\":[{}]}", "the keys file has a key without a well-formed name"),
        arguments(
            "{\"keys\":[{\"name\":\"a b\"}]}", "the keys file has a key without a well-formed"),
        arguments(
            "{\"keys\":[{\"name\":\"" + "a".repeat(65) + "\"}]}", "without a well-formed name"),
        arguments("{\"keys\":[{\"name\":\"a\"}]}", "the key a has no sha256 of 64 hexadecimal"),
        arguments(
            "{\"keys\":[" + named.replace(digest, digest.substring(1)) + "}]}",
            "the key a has no sha256 of 64 hexadecimal digits"),
        arguments(
            "{\"keys\":[" + named.replace(digest, digest.toUpperCase(Locale.ROOT)) + "}]}",
            "the key a has no sha256 of 64 hexadecimal digits"),
        arguments(
            "{\"keys\":[" + named.replace("kiosk", "Kiosk") + "}]}",
            "the key a has no role of viewer, kiosk, backend, admin"),
        arguments(
            "{\"keys\":[" + named.replace(",\"role\":\"kiosk\"", "") + "}]}",
            "the key a has no role of viewer, kiosk, backend, admin"),
        arguments("{\"keys\":[" + named + ",\"maxLocks\":0}]}", "the key a has a maxLocks of 0"),
        arguments(
            "{\"keys\":[" + named + ",\"maxLocksPerSecond\":-1}]}",
            "the key a has a maxLocksPerSecond of -1"),
        arguments("{\"keys\":[" + named + ",\"maxLocks\":1.5}]}", "is not the JSON it must be"),
        arguments(
            "{\"keys\":[" + named + ",\"maxLocks\":4294967297}]}", "is not the JSON it must be"),
        arguments("{\"keys\":[" + named + "}," + named + "}]}", "two keys named a"),
        arguments(
            "{\"keys\":[" + named + "}," + named.replace("\"a\"", "\"b\"") + "}]}",
            "the keys a and b have the same sha256"),
        arguments(
            "{\"keys\":[" + named + ",\"maxlocks\":5}]}",
            "the key a has a field maxlocks, which is not known"),
        arguments(
            "{\"keys\":[], \"roles\":[]}", "the keys file has a field roles, which is not known"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void file_withAFault_isRefusedAndTheFaultNamed(String content, String message) throws Exception {
    write(content);
    assertThatIOException().isThrownBy(() -> read(false)).withMessageContaining(message);
  }

  @Test
  void file_thatIsNotThere_isRefused() {
    assertThatIOException().isThrownBy(() -> read(false)).withMessageContaining("keys.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw------x"})
  void file_openToOthers_isRefused(String permissions) throws Exception {
    writeKeys(key("kiosk"));
    assumeThat(Files.getFileStore(file).supportsFileAttributeView("posix")).isTrue();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    assertThatIOException()
        .isThrownBy(() -> read(false))
        .withMessageContaining("keys.json can be read by others; chmod 600 ");
  }

  @Test
  void reload_changedFile_isTaken_andAnUnusableOneIsNot() throws Exception {
    writeKeys(key("kiosk"));
    AccessKeys keys = read(false);
    assertThat(keys.reload()).isFalse();

    writeKeys(key("kiosk"), key("backend"));
    assertThat(keys.find(secretOf("backend"))).isEmpty();
    assertThat(keys.reload()).isTrue();
    assertThat(keys.find(secretOf("backend"))).isPresent();
    assertThat(keys.reload()).isFalse();

    AtomicInteger revoked = new AtomicInteger();
    keys.onRevoked(keys.find(secretOf("kiosk")).orElseThrow(), revoked::incrementAndGet);
    write("{\"keys\":[");
    assertThatIOException().isThrownBy(keys::reload);
    Files.delete(file);
    assertThatIOException().isThrownBy(keys::reload);
    assertThat(keys.find(secretOf("kiosk"))).isPresent();
    assertThat(keys.find(secretOf("backend"))).isPresent();
    assertThat(revoked).hasValue(0);

    write("{\"keys\":[]}");
    assertThat(keys.reload()).isTrue();
    assertThat(keys.find(secretOf("kiosk"))).isEmpty();
    assertThat(keys.find(SECRET)).isPresent();
    assertThat(revoked).hasValue(1);
  }

  @Test
  void watch_grantThatIsGoneAlready_isToldAtOnce_andAForgottenOneNever() throws Exception {
    writeKeys(key("kiosk"), key("backend"));
    AccessKeys keys = read(false);
    AccessKeys.Grant kiosk = keys.find(secretOf("kiosk")).orElseThrow();
    AccessKeys.Grant backend = keys.find(secretOf("backend")).orElseThrow();
    AtomicInteger told = new AtomicInteger();
    keys.onRevoked(backend, told::incrementAndGet).run();
    write("{\"keys\":[]}");
    assertThat(keys.reload()).isTrue();
    assertThat(told).hasValue(0);
    keys.onRevoked(kiosk, told::incrementAndGet);
    assertThat(told).hasValue(1);
  }

  // --- revoking

  @Test
  void revoke_closesItsConnectionsAndNoOthers() throws Exception {
    writeKeys(key("kiosk"), key("backend"), key("changed", "kiosk", ""));
    AccessKeys keys = read(false);
    try (TestServer server = serve(keys);
        ClassicClient revokedClassic = classic(server, "/", secretOf("kiosk"));
        ClassicClient revokedV2 = v2(server, "/", secretOf("kiosk"));
        ClassicClient changed = v2(server, "/", secretOf("changed"));
        ClassicClient staying = classic(server, "/", secretOf("backend"));
        ClassicClient stayingV2 = v2(server, "/", secretOf("backend"));
        ClassicClient byString = v2(server, "/", SECRET);
        ClassicClient anonymous = ClassicClient.join(server.address(), "/")) {
      revokedClassic.expect(EMPTY_START);
      staying.expect(EMPTY_START);
      revokedClassic.act("lock", "A1").expectEvent("lockedForYou", "A1");
      staying.expectEvent("locked", "A1");
      anonymous.expectEvent("locked", "A1");

      writeKeys(key("backend"), key("changed", "viewer", ""));
      assertThat(keys.reload()).isTrue();
      revokedClassic.expectClose(1008);
      staying.expectEvent("unlocked", "A1").expectNothingMore();
      anonymous.expectEvent("unlocked", "A1").expectNothingMore();
      for (ClassicClient gone : List.of(revokedV2, changed)) {
        String last = gone.next();
        while (!last.startsWith("close")) {
          assertThat(last).contains("\"A1\"");
          last = gone.next();
        }
        assertThat(last).isEqualTo("close 1008");
      }
      for (ClassicClient still : List.of(stayingV2, byString)) {
        assertThat(json(still).get("event").getAsString()).isEqualTo("locked");
        assertThat(json(still).get("event").getAsString()).isEqualTo("unlocked");
        assertThat(outcome(still, request(1, "ping"))).isEqualTo("pong");
      }
      ClassicClient again = v2(server, "/");
      assertThat(outcome(again, hello(secretOf("kiosk")))).isEqualTo("unauthorized");
      assertThat(ask(again, hello(secretOf("changed"))).get("role").getAsString())
          .isEqualTo("viewer");
      again.close();
    }
  }

  // --- roles

  @Test
  void roles_v2_mayWhatTheyMayAndNoMore() throws Exception {
    List<String> views = List.of("state", "ping");
    List<String> locks = List.of("lock", "unlock", "unlockAll", "extend");
    List<String> sales =
        List.of("reserve", "unreserve", "pay", "unpay", "revoke", "block", "unblock");
    try (TestServer server =
        serve(false, key("viewer"), key("kiosk"), key("backend"), key("admin"))) {
      for (Role role : Role.values()) {
        try (ClassicClient client = v2(server, "/" + role.word(), secretOf(role.word()))) {
          int id = 1;
          for (List<String> actions : List.of(views, locks, sales)) {
            boolean may =
                actions == views || role.includes(actions == locks ? Role.KIOSK : Role.BACKEND);
            for (String action : actions) {
              String[] seats =
                  List.of("state", "ping", "unlockAll", "extend").contains(action)
                      ? new String[0]
                      : new String[] {"A1"};
              String outcome = outcome(client, request(id++, action, seats));
              if (may) {
                assertThat(outcome).as(role + " " + action).isNotEqualTo("forbidden");
              } else {
                assertThat(outcome).as(role + " " + action).isEqualTo("forbidden");
              }
            }
          }
          assertThat(outcome(client, request(id, "bye"))).isEqualTo("goodbye");
          client.expectClose(1000);
        }
      }
    }
  }

  @Test
  void roles_v2_forbiddenChangesNothing_andTheWelcomeNamesTheRole() throws Exception {
    try (TestServer server = serve(false, key("viewer"), key("backend"))) {
      ClassicClient viewer = v2(server, "/");
      JsonObject welcome = ask(viewer, hello(secretOf("viewer")));
      assertThat(welcome.get("role").getAsString()).isEqualTo("viewer");
      json(viewer);
      assertThat(outcome(viewer, request(1, "lock", "A1"))).isEqualTo("forbidden");
      assertThat(outcome(viewer, request(2, "pay", "A1"))).isEqualTo("forbidden");
      ClassicClient backend = v2(server, "/", secretOf("backend"));
      assertThat(outcome(backend, request(1, "pay", "A1"))).isEqualTo("paid");
      assertThat(json(viewer).get("seq").getAsInt()).isEqualTo(1);
      viewer.close();
      backend.close();
    }
  }

  @Test
  void roles_classic_comeWithTheKeyOfTheHandshake() throws Exception {
    try (TestServer server = serve(false, key("viewer"), key("kiosk"), key("backend"));
        ClassicClient viewer = classic(server, "/", secretOf("viewer"));
        ClassicClient kiosk = classic(server, "/", secretOf("kiosk"));
        ClassicClient backend = classic(server, "/", secretOf("backend"))) {
      for (ClassicClient client : List.of(viewer, kiosk, backend)) {
        client.expect(EMPTY_START);
      }
      assertUnauthorized(viewer, "lock", "A1");
      assertUnauthorized(viewer, "unlock", "A1");
      assertUnauthorized(kiosk, "pay", "A1");
      kiosk.act("lock", "A1").expectEvent("lockedForYou", "A1");
      viewer.expectEvent("locked", "A1");
      backend.expectEvent("locked", "A1").act("pay", "A1").expectEvent("paid", "A1");
      kiosk.expectEvent("paid", "A1");
      viewer.expectEvent("paid", "A1");
      assertUnauthorized(viewer, "lock", "A2");
    }
  }

  @Test
  void classic_backendKeyAsAuthorizationString_countsForThatMessageAlone() throws Exception {
    try (TestServer server = serve(false, key("viewer"), key("kiosk"), key("backend"));
        ClassicClient client = ClassicClient.join(server.address(), "/")) {
      assertUnauthorized(client, "pay", "A1");
      for (String wrong : List.of("viewer", "kiosk", "nobody")) {
        client.act("pay", "A1", secretOf(wrong));
        assertThat(client.next()).startsWith("{\"event\":\"unauthorized\"");
      }
      client.act("pay", "A1", secretOf("backend")).expectEvent("paid", "A1");
      assertUnauthorized(client, "unpay", "A1");
      client.act("unpay", "A1", SECRET).expectEvent("unpaid", "A1");
    }
  }

  @Test
  void v2_wrongKey_isUnauthorized_andTheRightOneMayFollow() throws Exception {
    try (TestServer server = serve(false, key("kiosk"));
        ClassicClient client = v2(server, "/")) {
      assertThat(outcome(client, request(1, "lock", "A1"))).isEqualTo("invalid");
      assertThat(outcome(client, hello("wrong"))).isEqualTo("unauthorized");
      assertThat(outcome(client, request(2, "lock", "A1"))).isEqualTo("invalid");
      assertThat(outcome(client, hello(secretOf("kiosk")))).isEqualTo("welcome");
    }
  }

  // --- nobody without a key

  @Test
  void requireKey_classicWithoutOne_isRefusedAtTheHandshake() throws Exception {
    try (TestServer server = serve(true, key("kiosk"))) {
      String right = "Authorization: Bearer " + secretOf("kiosk");
      for (String header :
          List.of(
              "X-None: 1",
              "Authorization: Bearer wrong",
              "Authorization: Bearer",
              "Authorization: Basic " + secretOf("kiosk"),
              "Authorization: " + secretOf("kiosk"),
              right + "\r\n" + right)) {
        try (RawClient client = RawClient.connect(server.address())) {
          String head = client.write(withHeader(header)).head();
          assertThat(head).as(header).isNotEmpty().doesNotContain(" 101 ", secretOf("kiosk"));
          assertThat(client.ended()).isTrue();
        }
      }
      try (RawClient client = RawClient.connect(server.address())) {
        assertThat(client.write(withHeader(right)).head()).startsWith("HTTP/1.1 101 ");
        assertThat(client.next()).isEqualTo(EMPTY_START);
      }
      try (ClassicClient backend = classic(server, "/", SECRET)) {
        backend.expect(EMPTY_START).act("pay", "A1").expectEvent("paid", "A1");
      }
    }
  }

  private static String withHeader(String header) {
    return RawClient.request("/").replace("\r\n\r\n", "\r\n" + header + "\r\n\r\n");
  }

  @Test
  void requireKey_v2WithoutOne_isUnauthorized() throws Exception {
    try (TestServer server = serve(true, key("viewer"));
        ClassicClient client = v2(server, "/")) {
      assertThat(outcome(client, request(1, "hello"))).isEqualTo("unauthorized");
      assertThat(outcome(client, request(2, "state"))).isEqualTo("invalid");
      assertThat(outcome(client, hello("wrong"))).isEqualTo("unauthorized");
      assertThat(outcome(client, hello(secretOf("viewer")))).isEqualTo("welcome");
    }
  }

  @Test
  void requireKey_keyInTheUrl_isNoKey() throws Exception {
    try (TestServer server = serve(true, key("kiosk"))) {
      String url = "/?key=" + secretOf("kiosk") + "&Authorization=Bearer%20" + secretOf("kiosk");
      try (RawClient classic = RawClient.connect(server.address())) {
        assertThat(classic.write(RawClient.request(url)).head()).doesNotContain(" 101 ");
      }
      try (ClassicClient client = v2(server, url)) {
        assertThat(outcome(client, request(1, "hello"))).isEqualTo("unauthorized");
      }
    }
  }

  // --- secrets

  @Test
  void keys_areInNoLogAndInNoText() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("io.seatlock");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    ours.setLevel(Level.TRACE);
    try {
      writeKeys(key("kiosk"));
      AccessKeys keys = read(true);
      try (TestServer server = serve(keys);
          ClassicClient client = v2(server, "/")) {
        outcome(client, hello("the-key-of-nobody"));
        outcome(client, hello(secretOf("kiosk")));
        try (RawClient refused = RawClient.connect(server.address())) {
          refused.write(withHeader("Authorization: Bearer the-key-of-nobody")).head();
        }
        try (ClassicClient classic = classic(server, "/", secretOf("kiosk"))) {
          classic.expect(EMPTY_START).act("pay", "A1", "the-key-of-nobody");
          assertThat(classic.next()).startsWith("{\"event\":\"unauthorized\"");
        }
        write("{\"keys\":[]}");
        keys.reload();
      }
      List<String> texts = new ArrayList<>();
      List.copyOf(log.list).forEach(event -> texts.add(event.getFormattedMessage()));
      assertThat(texts).isNotEmpty();
      texts.add(keys.toString());
      texts.add(String.valueOf(keys.find(SECRET)));
      texts.add(AuthorizationString.of(SECRET).toString());
      texts.add(new Conversation.UpgradeRequest("/", "", "Bearer the-key-of-x").toString());
      assertThat(texts).noneMatch(text -> text.contains("the-key-of") || text.contains(SECRET));
    } finally {
      ours.setLevel(null);
      root.detachAppender(log);
    }
  }

  // --- how many locks a key and an address may have

  @Test
  void quota_ofAKey_countsAllItsSessionsInEveryShow_andFallsHoweverALockEnds() throws Exception {
    writeKeys(key("kiosk", "kiosk", ",\"maxLocks\":2"), key("backend"));
    try (TestServer server = serve(read(false));
        ClassicClient first = v2(server, "/one", secretOf("kiosk"));
        ClassicClient second = v2(server, "/two", secretOf("kiosk"));
        ClassicClient backend = v2(server, "/one", secretOf("backend"));
        ClassicClient anonymous = ClassicClient.join(server.address(), "/three")) {
      assertThat(outcome(first, request(1, "lock", "A1"))).isEqualTo("lockedForYou");
      assertThat(outcome(second, request(1, "lock", "B1"))).isEqualTo("lockedForYou");
      // Full: neither may have more, nor two at once.
      assertThat(outcome(second, request(2, "lock", "B2"))).isEqualTo("limitReached");
      // What was granted is granted again, by its id and to the one that has it.
      assertThat(outcome(second, request(1, "lock", "B1"))).isEqualTo("lockedForYou");
      assertThat(outcome(second, request(9, "lock", "B1"))).isEqualTo("lockedForYou");
      anonymous.act("lock", "C1").expectEvent("lockedForYou", "C1");
      json(backend); // locked A1

      // Unlocked.
      assertThat(outcome(first, request(2, "unlock", "A1"))).isEqualTo("unlockedForYou");
      json(backend);
      assertThat(outcome(first, request(3, "lock", "A1", "A2"))).isEqualTo("limitReached");
      assertThat(outcome(first, request(4, "lock", "A2"))).isEqualTo("lockedForYou");
      json(backend);
      assertThat(outcome(second, request(3, "lock", "B2"))).isEqualTo("limitReached");

      // Reserved by somebody else.
      assertThat(outcome(backend, request(1, "reserve", "A2"))).isEqualTo("reserved");
      json(first);
      assertThat(outcome(second, request(4, "lock", "B2"))).isEqualTo("lockedForYou");
      assertThat(outcome(first, request(5, "lock", "A3"))).isEqualTo("limitReached");
      assertThat(outcome(second, request(5, "unlockAll"))).isEqualTo("unlockedForYou");

      // Paid.
      assertThat(outcome(first, request(6, "lock", "A3"))).isEqualTo("lockedForYou");
      json(backend);
      assertThat(outcome(second, request(6, "lock", "B2"))).isEqualTo("lockedForYou");
      assertThat(outcome(second, request(7, "lock", "B3"))).isEqualTo("limitReached");
      assertThat(outcome(backend, request(2, "pay", "A3"))).isEqualTo("paid");
      json(first);
      assertThat(outcome(second, request(8, "lock", "B3"))).isEqualTo("lockedForYou");

      // Left.
      assertThat(outcome(first, request(7, "lock", "A4"))).isEqualTo("limitReached");
      assertThat(outcome(second, request(9, "bye"))).isEqualTo("goodbye");
      assertThat(outcome(first, request(8, "lock", "A4", "A5"))).isEqualTo("lockedForYou");
    }
  }

  @Test
  void quota_refusedLocksDoNotCount() throws Exception {
    writeKeys(key("kiosk", "kiosk", ",\"maxLocks\":1"));
    try (TestServer server = serve(read(false));
        ClassicClient other = ClassicClient.join(server.address(), "/");
        ClassicClient kiosk = classic(server, "/", secretOf("kiosk"))) {
      kiosk.expect(EMPTY_START);
      other.act("lock", "A1").expectEvent("lockedForYou", "A1");
      kiosk.expectEvent("locked", "A1");
      for (int i = 0; i < SLOW; i++) {
        kiosk.act("lock", "A1").expectEvent("alreadyLocked", "A1");
      }
      kiosk.act("lock", "A2").expectEvent("lockedForYou", "A2");
      kiosk.act("lock", "A3").expectEvent("limitReached", "A3");
    }
  }

  @Test
  void quota_ofAnAddress_countsClientsWithoutKey_andFallsWithTheTimeLimit() throws Exception {
    writeKeys(key("backend"));
    ShowSettings hasty = ShowSettings.DEFAULT.withTimeLimit(Duration.ofMillis(400));
    try (TestServer server = serve(read(false), hasty, 2, ANY);
        ClassicClient keyed = classic(server, "/keyed", secretOf("backend"));
        ClassicClient classic = ClassicClient.join(server.address(), "/");
        ClassicClient v2 = v2(server, "/")) {
      keyed.expect(EMPTY_START);
      v2.send("{\"id\":0,\"action\":\"hello\"}").next(2);
      classic.act("lock", "A1").expectEvent("lockedForYou", "A1");
      json(v2);
      assertThat(outcome(v2, request(1, "lock", "A2", "A3"))).isEqualTo("limitReached");
      assertThat(outcome(v2, request(2, "lock", "A2"))).isEqualTo("lockedForYou");
      classic.expectEvent("locked", "A2");
      classic.act("lock", "A4").expectEvent("limitReached", "A4");
      for (int i = 0; i < 3; i++) {
        keyed.act("lock", "K" + i).expectEvent("lockedForYou", "K" + i);
      }

      classic.expect("{\"event\":\"deleted\",\"data\":[\"A1\"]}");
      classic.expectEvent("unlocked", "A2");
      classic.act("lock", "A4").expectEvent("lockedForYou", "A4");
      classic.act("lock", "A5").expectEvent("lockedForYou", "A5");
      classic.act("lock", "A6").expectEvent("limitReached", "A6");
    }
  }

  @Test
  void quota_ofClassicClients_fallsWhenTheyLeave() throws Exception {
    try (TestServer server =
        serve(AccessKeys.of(AuthorizationString.none()), ShowSettings.DEFAULT, 1, ANY)) {
      for (int i = 0; i < SLOW; i++) {
        ClassicClient watching = ClassicClient.join(server.address(), "/");
        try (ClassicClient client = ClassicClient.join(server.address(), "/")) {
          client.act("lock", "A1").expectEvent("lockedForYou", "A1");
          watching.expectEvent("locked", "A1");
          watching.act("lock", "A2").expectEvent("limitReached", "A2");
        }
        watching.expectEvent("unlocked", "A1").close();
      }
    }
  }

  @Test
  void quota_tooFast_isBusyUntilASecondLater() throws Exception {
    writeKeys(key("kiosk", "kiosk", ",\"maxLocksPerSecond\":3"));
    try (TestServer server = serve(read(false), ShowSettings.DEFAULT, ANY, 2);
        ClassicClient keyed = v2(server, "/keyed", secretOf("kiosk"));
        ClassicClient classic = ClassicClient.join(server.address(), "/")) {
      assertThat(outcome(keyed, request(2, "lock", "A1", "A2"))).isEqualTo("lockedForYou");
      assertThat(outcome(keyed, request(3, "lock", "A3", "A4"))).isEqualTo("busy");
      classic.act("lock", "A1").act("lock", "A2").act("lock", "A3").act("unlock", "A1");
      classic.expectEvent("lockedForYou", "A1").expectEvent("lockedForYou", "A2");
      classic.expectEvent("busy", "A3").expectEvent("unlockedForYou", "A1");

      Thread.sleep(1_050);
      // The same id is asked again: a busy server has not remembered it.
      assertThat(outcome(keyed, request(3, "lock", "A3", "A4"))).isEqualTo("lockedForYou");
      classic.act("lock", "A3").expectEvent("lockedForYou", "A3");
    }
  }
}
