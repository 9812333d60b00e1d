package io.seatlock.server.classic;

import static io.seatlock.server.testing.ClassicClient.EMPTY_START;
import static io.seatlock.server.testing.ClassicClient.action;
import static io.seatlock.server.testing.ClassicClient.event;
import static io.seatlock.server.testing.TestServer.SECRET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.seatlock.core.ShowSettings;
import io.seatlock.server.SeatLockServer;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.testing.ClassicClient;
import io.seatlock.server.testing.RawClient;
import io.seatlock.server.testing.TestServer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole server through sockets; each test has shows of its own. */
@Timeout(60)
class ClassicServerTest {

  private static final String INVALID = "{\"event\":\"invalid\",\"data\":\"";

  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ClassicClient join(String path) {
    return ClassicClient.join(server.address(), path);
  }

  // --- shows

  @Test
  void shows_differentOnes_doNotHearEachOther() {
    try (ClassicClient hamlet = join("/hamlet");
        ClassicClient macbeth = join("/macbeth")) {
      hamlet.act("lock", "A1").expectEvent("lockedForYou", "A1");
      macbeth.act("lock", "A1").expectEvent("lockedForYou", "A1");
      hamlet.act("pay", "A2", SECRET).expectEvent("paid", "A2");
      hamlet.expectNothingMore();
      macbeth.expectNothingMore();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/, /main",
    "/main, /?show=other",
    "/%6D%61in, /",
    "/romeo-1, /romeo%2D1",
    "/romeo-2?from=kiosk, /romeo-2",
    "/S%C3%BCd, /%53%c3%bc%64",
    "/%F0%9D%9F%99, /%f0%9d%9f%99",
    "/a.b:c_d~e-f, /a%2Eb%3Ac%5Fd%7Ee-f"
  })
  void connect_pathsOfOneShow_hearEachOther(String one, String other) {
    try (ClassicClient first = join(one);
        ClassicClient second = join(other)) {
      first.act("lock", "A1").expectEvent("lockedForYou", "A1");
      second.expectEvent("locked", "A1");
      first.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
      second.expectEvent("unlocked", "A1").expectNothingMore();
    }
  }

  @Test
  void connect_namesThatDifferInCase_areTwoShows() {
    try (ClassicClient small = join("/othello");
        ClassicClient large = join("/Othello")) {
      small.act("lock", "A1").expectEvent("lockedForYou", "A1");
      large.expectNothingMore();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%20b",
        "/a/b",
        "/a/",
        "//",
        "/%2F",
        "/%zz",
        "/%4",
        "/%",
        "/a%00",
        "/%FF",
        "/%C3",
        "/%ED%A0%80",
        "/%C0%AF",
        "/\u00fc",
        "/a+b",
        "/%E2%82%AC",
        "/<script>",
        "hamlet",
        "*",
        "http://localhost/hamlet"
      })
  void connect_badShowName_isRefusedAtTheHandshake(String path) throws Exception {
    assertRefused(path);
  }

  @Test
  void connect_nameOf64CharactersAndOneMore_isTakenAndRefused() throws Exception {
    try (ClassicClient client = join("/" + "%C3%A9".repeat(64))) {
      client.expectNothingMore();
    }
    assertRefused("/" + "n".repeat(65));
  }

  private static void assertRefused(String path) throws Exception {
    try (RawClient client = RawClient.connect(server.address())) {
      String head = client.write(RawClient.request(path)).head();
      assertThat(head).startsWith("HTTP/1.1 404 ");
      assertThat(client.ended()).isTrue();
    }
  }

  // --- one action at a time

  @Test
  void connect_afterOthersActed_getsTheirStateFirst() {
    try (ClassicClient author = join("/start")) {
      author.act("lock", "A1").expectEvent("lockedForYou", "A1");
      author.act("lock", "A2").expectEvent("lockedForYou", "A2");
      author.act("reserve", "B1", SECRET).expectEvent("reserved", "B1");
      author.act("pay", "C1", SECRET).expectEvent("paid", "C1");
      author.act("unlock", "A1").expectEvent("unlockedForYou", "A1");
      try (ClassicClient late = ClassicClient.connect(server.address(), "/start")) {
        late.expect(
            "{\"event\":\"startstate\",\"data\":"
                + "{\"locked\":[\"A2\"],\"reserved\":[\"B1\"],\"paid\":[\"C1\"]}}");
        late.expectNothingMore();
      }
    }
  }

  @Test
  void connect_whileOthersAct_missesNothingAndHearsNothingTwice() {
    int seats = 300;
    try (ClassicClient author = join("/busy")) {
      List<ClassicClient> late = new ArrayList<>();
      for (int i = 0; i < seats; i++) {
        author.act("pay", "S" + i, SECRET);
        if (i % 30 == 0) {
          late.add(ClassicClient.connect(server.address(), "/busy"));
        }
      }
      for (int i = 0; i < seats; i++) {
        author.expectEvent("paid", "S" + i);
      }
      for (ClassicClient client : late) {
        String start = client.next();
        assertThat(start).startsWith("{\"event\":\"startstate\",\"data\":{\"locked\":[]");
        int known = start.split("\"S", -1).length - 1;
        for (int i = 0; i < known; i++) {
          assertThat(start).contains("\"S" + i + "\"");
        }
        for (int i = known; i < seats; i++) {
          client.expectEvent("paid", "S" + i);
        }
        client.expectNothingMore();
        client.close();
      }
    }
  }

  @Test
  void act_seatsInAnyScript_areToldAsTheyAre() {
    try (ClassicClient author = join("/scripts");
        ClassicClient other = join("/scripts")) {
      for (String seat : List.of("Süd-1", "座席7", "\ud835\udfd9", "a.b:c_d~e-f", "é".repeat(64))) {
        author.act("lock", seat).expectEvent("lockedForYou", seat);
        other.expectEvent("locked", seat);
      }
      author.act("lock", "a1").expectEvent("lockedForYou", "a1");
      other.expectEvent("locked", "a1").act("lock", "A1").expectEvent("lockedForYou", "A1");
    }
  }

  @Test
  void act_unknownFieldsAndEscapes_areRead() {
    try (ClassicClient author = join("/escapes")) {
      author.send(" {\"id\":7,\"s\\u0065at\":\"\\u00fc\",\"action\":\"lock\",\"x\":{\"seat\":1}} ");
      author.expectEvent("lockedForYou", "ü");
    }
  }

  @Test
  void lock_moreThanTheLimit_isRefused() throws Exception {
    try (TestServer small =
            TestServer.start(ShowSettings.DEFAULT.withMaxLocks(2), AuthorizationString.none());
        ClassicClient author = ClassicClient.join(small.address(), "/");
        ClassicClient other = ClassicClient.join(small.address(), "/")) {
      author.act("lock", "A1").expectEvent("lockedForYou", "A1");
      author.act("lock", "A2").expectEvent("lockedForYou", "A2");
      author.act("lock", "A3").expectEvent("limitReached", "A3");
      other.expectEvent("locked", "A1").expectEvent("locked", "A2").expectNothingMore();
      other.act("lock", "A3").expectEvent("lockedForYou", "A3");
    }
  }

  @Test
  void pay_lockedSeat_endsTheLockForGood() {
    try (ClassicClient backend = join("/sold")) {
      try (ClassicClient buyer = join("/sold")) {
        buyer.act("lock", "A1").expectEvent("lockedForYou", "A1");
        buyer.act("lock", "A2").expectEvent("lockedForYou", "A2");
        backend.expectEvent("locked", "A1").expectEvent("locked", "A2");
        backend.act("pay", "A1", SECRET).expectEvent("paid", "A1");
        buyer.expectEvent("paid", "A1").act("unlock", "A1").expectEvent("notYours", "A1");
      }
      backend.expectEvent("unlocked", "A2").expectNothingMore();
    }
  }

  // --- unauthorized

  @ParameterizedTest
  @ValueSource(strings = {"reserve", "unreserve", "pay", "unpay", "revoke"})
  void act_privilegedWithoutTheRightString_isUnauthorizedAndChangesNothing(String action) {
    try (ClassicClient author = join("/unauthorized-" + action);
        ClassicClient other = join("/unauthorized-" + action)) {
      String seat = "A1";
      String json = "{\"action\":\"" + action + "\",\"seat\":\"A1\",\"authorizationString\":";
      for (String text :
          List.of(
              action(action, seat),
              action(action, seat, "S3cret"),
              action(action, seat, "s3cret "),
              action(action, seat, "s3cre"),
              action(action, seat, ""),
              json + "null}",
              json + "7}",
              json + "[\"s3cret\"]}")) {
        author
            .send(text)
            .expect(
                "{\"event\":\"unauthorized\",\"data\":"
                    + "\"This action needs the right authorizationString.\"}");
      }
      other.expectNothingMore();
      author.act("lock", "A1").expectEvent("lockedForYou", "A1");
    }
  }

  @Test
  void act_privilegedWhereNoStringIsSet_isAlwaysUnauthorized() throws Exception {
    try (TestServer open = TestServer.start(ShowSettings.DEFAULT, AuthorizationString.none());
        ClassicClient author = ClassicClient.join(open.address(), "/")) {
      for (String secret : List.of("", "null", SECRET)) {
        author.act("pay", "A1", secret);
        assertThat(author.next()).startsWith("{\"event\":\"unauthorized\",");
      }
      author.act("lock", "A1").expectEvent("lockedForYou", "A1");
    }
  }

  @Test
  void lock_withAWrongString_doesNotCare() {
    try (ClassicClient author = join("/free")) {
      author.act("lock", "A1", "wrong").expectEvent("lockedForYou", "A1");
      author.send("{\"action\":\"unlock\",\"seat\":\"A1\",\"authorizationString\":7}");
      author.expectEvent("unlockedForYou", "A1");
    }
  }

  // --- invalid

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "lock A1                               | The message is not JSON.",
        "``                                    | The message is not JSON.",
        "{\"action\":\"lock\",\"seat\":\"A1\"  | The message is not JSON.",
        "[]                                    | The message is not a JSON object.",
        "{\"action\":\"lock\",\"seat\":\"A1\"}{} | Something follows the JSON object.",
        "{\"seat\":\"A1\"}                     | The field action is missing.",
        "{\"action\":\"lock\"}                 | The field seat is missing.",
        "{\"action\":\"fly\",\"seat\":\"A1\"}  | There is no action fly.",
        "{\"action\":1,\"seat\":\"A1\"}        | The field action is not a string.",
        "{\"action\":\"lock\",\"seat\":1}      | The field seat is not a string.",
        "{\"action\":\"lock\",\"seat\":\"A\",\"seat\":\"B\"} | A field comes twice: seat.",
        "{\"action\":\"lock\",\"seat\":\"\"}   | The seat id is empty.",
        "{\"action\":\"pay\",\"seat\":\"A 1\"} | The seat id has the character U+0020 at position 1;"
            + " letters, digits and .:_~- are allowed.",
        "{\"action\":\"lock\",\"seat\":\"<\\\"\\u0000\"} | The seat id has the character U+003C at"
            + " position 0; letters, digits and .:_~- are allowed."
      })
  void send_invalid_isNamedToTheAuthorAlone(String text, String sentence) {
    try (ClassicClient author = join("/invalid");
        ClassicClient other = join("/invalid")) {
      author.send(text == null ? "" : text).expect(INVALID + sentence + "\"}");
      author.expectNothingMore();
      other.expectNothingMore();
    }
  }

  @Test
  void send_seatOf65Characters_isInvalid() {
    try (ClassicClient author = join("/long")) {
      author.act("lock", "x".repeat(65));
      author.expect(INVALID + "The seat id is longer than 64 characters.\"}");
      author.expectNothingMore();
    }
  }

  @Test
  void send_binary_isInvalid() {
    try (ClassicClient author = join("/binary")) {
      author.sendBinary("{\"action\":\"lock\",\"seat\":\"A1\"}".getBytes());
      author.expect(INVALID + "Binary messages are not understood.\"}").expectNothingMore();
    }
  }

  @Test
  void send_nestedDeeply_isInvalidAndNothingBreaks() {
    try (ClassicClient author = join("/deep")) {
      author.send("{\"x\":" + "[".repeat(16_000));
      author.expect(INVALID + "The message is nested too deeply.\"}").expectNothingMore();
    }
  }

  @Test
  void send_tenInvalidInARow_closesWith1008AndFreesTheLocks() {
    try (ClassicClient author = join("/ten");
        ClassicClient other = join("/ten")) {
      author.act("lock", "A1").expectEvent("lockedForYou", "A1");
      other.expectEvent("locked", "A1");
      for (int i = 0; i < 10; i++) {
        if (i % 2 == 0) {
          author.send("{}");
        } else {
          author.sendBinary(new byte[] {1});
        }
        assertThat(author.next()).startsWith(INVALID);
      }
      author.expectClose(1008);
      other.expectEvent("unlocked", "A1").expectNothingMore();
    }
  }

  @Test
  void send_validInBetween_startsTheCountAnew() {
    try (ClassicClient author = join("/nine")) {
      for (String between :
          List.of(
              action("lock", "A1"),
              action("lock", "A1"),
              action("pay", "A1"),
              action("unlock", "A1"))) {
        for (int i = 0; i < 9; i++) {
          assertThat(author.send("no").next()).startsWith(INVALID);
        }
        assertThat(author.send(between).next()).doesNotStartWith(INVALID);
      }
      author.expectNothingMore();
    }
  }

  // --- leaving and time

  @Test
  void close_holder_freesItsLocksAndTellsEach() {
    try (ClassicClient other = join("/leave")) {
      ClassicClient holder = join("/leave");
      holder.act("lock", "A1").expectEvent("lockedForYou", "A1");
      holder.act("lock", "A2").expectEvent("lockedForYou", "A2");
      other.expectEvent("locked", "A1").expectEvent("locked", "A2");
      holder.close();
      assertThat(other.next(2))
          .containsExactlyInAnyOrder(event("unlocked", "A1"), event("unlocked", "A2"));
      other.act("lock", "A1").expectEvent("lockedForYou", "A1").expectNothingMore();
    }
  }

  @Test
  void reset_holder_freesItsLocksAndTellsEach() throws Exception {
    try (ClassicClient other = join("/vanish")) {
      RawClient holder = RawClient.open(server.address(), "/vanish");
      assertThat(holder.next()).isEqualTo(EMPTY_START);
      for (String seat : List.of("A1", "A2", "A3")) {
        holder.send(action("lock", seat));
        assertThat(holder.next()).isEqualTo(event("lockedForYou", seat));
        other.expectEvent("locked", seat);
      }
      holder.reset();
      assertThat(other.next(3))
          .containsExactlyInAnyOrder(
              event("unlocked", "A1"), event("unlocked", "A2"), event("unlocked", "A3"));
      other.expectNothingMore();
    }
  }

  @Test
  void lock_overTheTimeLimit_holderHearsDeletedAndOthersUnlocked() throws Exception {
    ShowSettings settings = ShowSettings.DEFAULT.withTimeLimit(Duration.ofSeconds(1));
    try (TestServer hasty = TestServer.start(settings, AuthorizationString.of(SECRET));
        ClassicClient holder = ClassicClient.join(hasty.address(), "/");
        ClassicClient other = ClassicClient.join(hasty.address(), "/")) {
      holder.act("lock", "A1").act("lock", "A2").act("lock", "A3").act("pay", "A2", SECRET);
      holder.expectEvent("lockedForYou", "A1").expectEvent("lockedForYou", "A2");
      holder.expectEvent("lockedForYou", "A3").expectEvent("paid", "A2");

      holder.expect("{\"event\":\"deleted\",\"data\":[\"A1\",\"A3\"]}").expectNothingMore();
      other.expectEvent("locked", "A1").expectEvent("locked", "A2").expectEvent("locked", "A3");
      other.expectEvent("paid", "A2");
      assertThat(other.next(2))
          .containsExactlyInAnyOrder(event("unlocked", "A1"), event("unlocked", "A3"));
      other.act("lock", "A1").expectEvent("lockedForYou", "A1");
      holder.expectEvent("locked", "A1").act("unlock", "A1").expectEvent("notYours", "A1");
    }
  }

  @Test
  void close_server_tellsEveryClientThatItGoesAway() throws Exception {
    TestServer ending = TestServer.start();
    ClassicClient first = ClassicClient.join(ending.address(), "/");
    ClassicClient second = ClassicClient.join(ending.address(), "/other");
    ending.close();
    first.expectClose(1001);
    second.expectClose(1001);
  }

  @Test
  void start_adminPortTaken_leavesNothingRunning() throws Exception {
    InetSocketAddress free;
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(TestServer.freePort());
      free = (InetSocketAddress) probe.getLocalSocketAddress();
    }
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(TestServer.freePort());
      InetSocketAddress admin = (InetSocketAddress) taken.getLocalSocketAddress();
      assertThatIOException()
          .isThrownBy(() -> new SeatLockServer(TestServer.settings(free, admin), e -> {}));
    }
    SeatLockServer again =
        new SeatLockServer(TestServer.settings(free, TestServer.freePort()), e -> {});
    again.close();
  }

  // --- many at once

  @ParameterizedTest
  @ValueSource(longs = {20_261_123})
  void lock_manyClientsRaceForTheSameSeats_eachSeatHasOneOwnerAndAllHearOneOrder(long seed) {
    int count = 20;
    int seats = 60;
    Random random = new Random(seed);
    List<ClassicClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(join("/race"));
    }
    List<List<String>> wanted = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> order = new ArrayList<>();
      for (int seat = 0; seat < seats; seat++) {
        order.add("S" + seat);
      }
      // Some want the same seats in the same order, others in one of their own.
      if (i % 2 == 0) {
        Collections.shuffle(order, random);
      }
      wanted.add(order);
    }
    for (int round = 0; round < seats; round++) {
      for (int i = 0; i < count; i++) {
        clients.get(i).act("lock", wanted.get(i).get(round));
      }
    }
    List<String> winners = new ArrayList<>();
    List<List<String>> orders = new ArrayList<>();
    for (ClassicClient client : clients) {
      List<String> order = new ArrayList<>();
      int refused = 0;
      int granted = 0;
      while (order.size() < seats || refused + granted < seats) {
        String message = client.next();
        String seat = message.replaceAll(".*\"data\":\"|\"}", "");
        if (message.equals(event("lockedForYou", seat))) {
          winners.add(seat);
          order.add(seat);
          granted++;
        } else if (message.equals(event("alreadyLocked", seat))) {
          assertThat(order).as("refused before anybody was told it is taken").contains(seat);
          refused++;
        } else {
          assertThat(message).isEqualTo(event("locked", seat));
          order.add(seat);
        }
      }
      client.expectNothingMore();
      orders.add(order);
    }
    assertThat(winners).as("one owner each").doesNotHaveDuplicates().hasSize(seats);
    assertThat(orders).as("seed %s: one order for all", seed).containsOnly(orders.get(0));
    clients.forEach(ClassicClient::close);
  }
}
