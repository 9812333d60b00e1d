package io.seatlock.jdbc.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.Command;
import io.seatlock.core.CommandArchive;
import io.seatlock.core.CommandArchive.Entry;
import io.seatlock.core.CommandArchive.SavedState;
import io.seatlock.core.Result;
import io.seatlock.core.SeatLock;
import io.seatlock.core.SeatStatus;
import io.seatlock.core.Show;
import io.seatlock.core.Snapshot;
import io.seatlock.jdbc.Postgres;
import io.seatlock.jdbc.Proxy;
import io.seatlock.jdbc.SharedRow;
import io.seatlock.jdbc.queue.AppendQueue;
import io.seatlock.jdbc.queue.LogSettings;
import io.seatlock.jdbc.store.LogStore;
import io.seatlock.jdbc.store.Row;
import io.seatlock.jdbc.store.ShowLog;
import io.seatlock.testkit.RecordingLog;
import io.seatlock.testkit.RecordingLog.Decision;
import io.seatlock.testsupport.TcpProxy.Direction;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresLogTest {

  private static final LogSettings QUICK =
      LogSettings.DEFAULT.withTimes(
          Duration.ofMillis(100),
          Duration.ofMillis(1000),
          Duration.ofMillis(200),
          Duration.ofMillis(500));

  /** Nobody is declared dead. */
  private static final LogSettings PEACEFUL =
      LogSettings.DEFAULT.withTimes(
          Duration.ofMillis(100),
          Duration.ofMinutes(5),
          Duration.ofMillis(200),
          Duration.ofMillis(500));

  private final List<AutoCloseable> opened = new ArrayList<>();
  private Postgres postgres;

  @BeforeEach
  void createSchema() throws Exception {
    postgres = Postgres.schema();
  }

  @AfterEach
  void closeAll() throws Exception {
    Collections.reverse(opened);
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  /** A program with its log, and what it did and said. */
  private final class Node implements AutoCloseable {
    final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    final RecordingLog log;
    final SeatLock seats;

    Node(String url, LogSettings settings) throws IOException {
      log = new RecordingLog(PostgresLog.at(url).with(settings));
      seats = SeatLock.builder().log(log).onFailure(failures::add).open();
      opened.add(this);
    }

    Show hamlet() {
      return seats.show("hamlet");
    }

    Result pay(String seat) {
      return hamlet().apply(Command.pay(seat));
    }

    CompletableFuture<Result> payLater(String... seats) {
      CompletableFuture<Result> result = new CompletableFuture<>();
      hamlet().apply(Command.pay(seats), result::complete);
      return result;
    }

    List<String> paid() {
      return hamlet().snapshot().seats(SeatStatus.PAID);
    }

    @Override
    public void close() {
      seats.close();
      assertThat(log.faults()).isEmpty();
    }
  }

  private Proxy proxy() throws IOException {
    Proxy proxy = new Proxy(postgres.port());
    opened.add(proxy);
    return proxy;
  }

  // --- several nodes

  @Test
  void twoNodes_appendingAtOnce_decideTheSameInTheSameOrder() throws Exception {
    List<Node> nodes =
        List.of(new Node(postgres.url(), PEACEFUL), new Node(postgres.url(), PEACEFUL));
    int threads = 3;
    int each = 200;
    List<Thread> appenders = new ArrayList<>();
    AtomicInteger granted = new AtomicInteger();
    for (int n = 0; n < nodes.size(); n++) {
      for (int t = 0; t < threads; t++) {
        String name = n + "-" + t + "-";
        SeatLock seats = nodes.get(n).seats;
        Thread appender =
            new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    Show show = seats.show(i % 3 == 0 ? "lear" : "hamlet");
                    if (show.apply(Command.pay(name + i)) instanceof Result.Granted) {
                      granted.incrementAndGet();
                    }
                  }
                });
        appender.start();
        appenders.add(appender);
      }
    }
    for (Thread appender : appenders) {
      appender.join();
    }
    int all = nodes.size() * threads * each;
    assertThat(granted).hasValue(all);
    for (Node node : nodes) {
      Awaitility.await().until(() -> node.log.decisions().size() == all);
    }
    for (String show : List.of("hamlet", "lear")) {
      List<Decision> first = nodes.get(0).log.decisions(show);
      List<Decision> second = nodes.get(1).log.decisions(show);
      assertThat(first)
          .extracting(Decision::index)
          .isEqualTo(LongStream.rangeClosed(1, first.size()).boxed().toList());
      assertThat(second)
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("own")
          .isEqualTo(first);
      for (int i = 0; i < first.size(); i++) {
        assertThat(first.get(i).own()).isNotEqualTo(second.get(i).own());
      }
      assertThat(nodes.get(0).seats.show(show).snapshot())
          .isEqualTo(nodes.get(1).seats.show(show).snapshot());
    }
  }

  @Test
  void twoNodes_wantingTheSameSeat_agreeOnOne() throws Exception {
    Node first = new Node(postgres.url(), PEACEFUL);
    Node second = new Node(postgres.url(), PEACEFUL);
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Result> one = first.payLater("A" + i);
      CompletableFuture<Result> other = second.payLater("A" + i);
      List<Result> results = List.of(one.get(5, TimeUnit.SECONDS), other.get(5, TimeUnit.SECONDS));
      assertThat(results).filteredOn(Result.Granted.class::isInstance).hasSize(1);
      assertThat(results).filteredOn(Result.Refused.class::isInstance).hasSize(1);
    }
  }

  @Test
  void whatComesWhileOthersHaveTheirTurns_goesIntoTheSameTransaction() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL);
    node.pay("A1");
    CompletableFuture<Result> first;
    CompletableFuture<Result> second;
    try (PostgresStore store =
        PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(20))) {
      new PostgresNodes(store).register("other");
      ShowLog show = new ShowLog(store.find("hamlet"));
      new AppendTransaction(store).begin("other", List.of(show));
      first = node.payLater("A2");
      awaitWaitingForALock();
      second = node.payLater("A3");
      store.rollback();
    }
    assertThat(first.get(5, TimeUnit.SECONDS)).isInstanceOf(Result.Granted.class);
    assertThat(second.get(5, TimeUnit.SECONDS)).isInstanceOf(Result.Granted.class);
    assertThat(postgres.ask("SELECT idx, size FROM batch ORDER BY idx DESC LIMIT 1"))
        .containsExactly("2|2");
  }

  private void awaitWaitingForALock() {
    Awaitility.await()
        .until(
            () ->
                postgres
                    .ask(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                            + " AND NOT granted AND classid = current_schema()::regnamespace")
                    .equals(List.of("1")));
  }

  @Test
  void append_isHeardByTheOtherNodeAtOnce() throws Exception {
    LogSettings deaf =
        PEACEFUL.withTimes(
            Duration.ofMillis(100),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofMillis(500));
    Node first = new Node(postgres.url(), deaf);
    Node second = new Node(postgres.url(), deaf);
    first.pay("A0");
    Awaitility.await().until(() -> second.paid().contains("A0"));
    first.pay("A1");
    Awaitility.await().atMost(Duration.ofSeconds(2)).until(() -> second.paid().contains("A1"));
  }

  @Test
  void append_thatNobodyTold_isFoundByLooking() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL);
    node.pay("A1");
    try (PostgresStore store =
        PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(2))) {
      LogStore.StoredShow show = store.find("hamlet");
      store.rows().addCommand(show.id(), 2, Long.MAX_VALUE / 2, Command.pay("A2"));
      store.insert(store.rows().take());
      store.commit();
    }
    Awaitility.await().until(() -> node.paid().contains("A2"));
  }

  @Test
  void ticksOfTwoNodes_areNotLoggedTwice() throws Exception {
    Node first = new Node(postgres.url(), PEACEFUL);
    Node second = new Node(postgres.url(), PEACEFUL);
    first.pay("A1");
    Awaitility.await().until(() -> second.paid().contains("A1"));
    for (int i = 0; i < 10; i++) {
      first.seats.tick();
      second.seats.tick();
    }
    first.pay("A2");
    assertThat(postgres.ask("SELECT action FROM history")).containsExactly("pay", "pay");
  }

  @Test
  void append_twiceBehindTheSameRow_isRefusedByTheKey() throws Exception {
    new Node(postgres.url(), PEACEFUL).pay("A1");
    PostgresUrl url = PostgresUrl.parse(postgres.url());
    try (PostgresStore first = PostgresStore.open(url, Duration.ofSeconds(5));
        PostgresStore second = PostgresStore.open(url, Duration.ofSeconds(5))) {
      // Neither holds the show's lock.
      long show = first.find("hamlet").id();
      long at = Long.MAX_VALUE / 2;
      first.rows().addCommand(show, 2, at, Command.pay("A2"));
      first.rows().addCommand(show, 3, at, Command.pay("A3"));
      first.insert(first.rows().take());
      first.commit();
      second.rows().addCommand(show, 2, at, Command.pay("B2"));
      List<Row> stale = second.rows().take();
      assertThatThrownBy(() -> second.insert(stale)).hasMessageContaining("duplicate key");
    }
    assertThat(postgres.ask("SELECT seats FROM history ORDER BY idx"))
        .containsExactly("A1", "A2", "A3");
  }

  @Test
  void time_isTheDatabasesAndNeverFalls() throws Exception {
    postgres.ask("CREATE TABLE shift (hours int NOT NULL)");
    postgres.ask("INSERT INTO shift VALUES (0)");
    postgres.ask(
        "CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            + " 'SELECT pg_catalog.clock_timestamp() + hours * interval ''1 hour'' FROM shift'");
    // In front of the database's own.
    String url = postgres.url() + ",pg_catalog";
    Node node = new Node(url, PEACEFUL);
    node.pay("A1");
    postgres.ask("UPDATE shift SET hours = 5");
    node.pay("A2");
    postgres.ask("UPDATE shift SET hours = -5");
    node.pay("A3");
    new Node(url, PEACEFUL).pay("A4");
    node.pay("A5");
    List<Long> times = node.log.decisions().stream().map(Decision::at).toList();
    assertThat(times).isSorted();
    assertThat(times.get(1) - times.get(0)).isGreaterThan(TimeUnit.HOURS.toMillis(4));
    assertThat(postgres.ask("SELECT count(*) FROM history")).containsExactly("5");
    // Whoever begins now reads all of it.
    assertThat(new Node(url, PEACEFUL).paid()).hasSize(5);
  }

  // --- life and death of nodes

  @Test
  void nodeThatEnds_losesItsSessions() throws Exception {
    Node first = new Node(postgres.url(), QUICK);
    Node second = new Node(postgres.url(), QUICK);
    first.hamlet().apply(new Command.OpenSession("h1", null, first.seats.newConnection()));
    first.hamlet().apply(new Command.Lock("h1", List.of("A1")));
    Awaitility.await().until(() -> second.hamlet().snapshot().seats(SeatStatus.LOCKED).size() == 1);
    first.close();
    Awaitility.await().until(() -> second.hamlet().snapshot().sessions().isEmpty());
    assertThat(second.hamlet().snapshot().seats(SeatStatus.LOCKED)).isEmpty();
  }

  @Test
  void nodeThatIsSilent_isDeclaredDeadAndMustNotGoOn() throws Exception {
    Proxy way = proxy();
    Node paused = new Node(postgres.urlThrough(way.port()), QUICK);
    Node other = new Node(postgres.url(), QUICK);
    paused.hamlet().apply(new Command.OpenSession("h1", null, paused.seats.newConnection()));
    paused.hamlet().apply(new Command.Lock("h1", List.of("A1")));
    Awaitility.await().until(() -> !other.hamlet().snapshot().sessions().isEmpty());

    way.freeze();
    Awaitility.await().until(() -> other.hamlet().snapshot().sessions().isEmpty());
    assertThat(other.pay("A1")).isInstanceOf(Result.Granted.class);
    assertThat(paused.failures).isEmpty();

    way.thaw();
    Awaitility.await().until(() -> !paused.failures.isEmpty());
    assertThat(paused.failures.get(0)).hasMessageContaining("the others have declared it dead");
    assertThat(paused.pay("B1")).isInstanceOf(Result.NotAccepted.class);
    assertThat(other.failures).isEmpty();
  }

  @Test
  void nodeThatStandsStillWithAShow_isBrokenOff() throws Exception {
    Node other = new Node(postgres.url(), PEACEFUL);
    other.pay("A1");
    try (PostgresStore store =
        PostgresStore.open(PostgresUrl.parse(postgres.url()), PEACEFUL.hold())) {
      new PostgresNodes(store).register("paused");
      AppendTransaction turn = new AppendTransaction(store);
      ShowLog show = new ShowLog(store.find("hamlet"));
      assertThat(turn.begin("paused", List.of(show)).alive()).isTrue();

      long begun = System.nanoTime();
      assertThat(other.pay("A2")).isInstanceOf(Result.Granted.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));

      store.rows().addCommand(show.id(), 2, Long.MAX_VALUE / 2, Command.pay("stale"));
      List<Row> rows = store.rows().take();
      assertThatThrownBy(() -> turn.appendAndCommit(rows, 7, "news")).isNotNull();
    }
    assertThat(postgres.ask("SELECT seats FROM history ORDER BY idx")).containsExactly("A1", "A2");
  }

  @Test
  void start_afterAKill_sessionsOfTheDeadNodeEnd() throws Exception {
    Proxy way = proxy();
    Node killed = new Node(postgres.urlThrough(way.port()), QUICK);
    killed.hamlet().apply(new Command.OpenSession("h1", null, killed.seats.newConnection()));
    way.refuse();
    Node next = new Node(postgres.url(), QUICK);
    assertThat(next.hamlet().snapshot().sessions()).hasSize(1);
    Awaitility.await().until(() -> next.hamlet().snapshot().sessions().isEmpty());
  }

  @Test
  void close_removesTheNode() throws Exception {
    Node node = new Node(postgres.url(), QUICK);
    assertThat(postgres.ask("SELECT name FROM node")).containsExactly(node.log.node());
    node.close();
    assertThat(postgres.ask("SELECT name FROM node")).isEmpty();
  }

  // --- a database that is away

  @ParameterizedTest
  @EnumSource(Direction.class)
  void connectionCutAnywhere_eachCommandIsInTheLogOnceOrNever(Direction direction)
      throws Exception {
    Proxy way = proxy();
    Node node = new Node(postgres.urlThrough(way.port()), PEACEFUL);
    assertThat(node.pay("warm-up")).isInstanceOf(Result.Granted.class);
    int cuts = 0;
    List<String> granted = new ArrayList<>(List.of("warm-up"));
    List<String> refused = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      // Every second time it is cut again while it finds out what became of the first attempt.
      int bytes = i / 2 * 11;
      way.cutAfter(direction, bytes, i % 2 == 0 ? Long.MAX_VALUE : 5L * bytes);
      String seat = "after-" + i;
      Result result = node.payLater(seat).get(20, TimeUnit.SECONDS);
      cuts += way.cuts(direction);
      assertThat(result).isInstanceOfAny(Result.Granted.class, Result.NotAccepted.class);
      (result instanceof Result.Granted ? granted : refused).add(seat);
    }
    assertThat(postgres.ask("SELECT seats FROM history ORDER BY idx")).isEqualTo(granted);
    assertThat(refused).hasSizeLessThan(granted.size() / 4);
    assertThat(cuts).isGreaterThan(60);
    assertThat(node.failures).isEmpty();
  }

  @Test
  void commitInDoubtBehindManyRowsOfOthers_isFound() throws Exception {
    LogSettings settings =
        PEACEFUL
            .withPatience(Duration.ofMinutes(1), 20_000)
            .withTimes(
                Duration.ofMillis(100),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(10));
    Proxy way = proxy();
    Node node = new Node(postgres.urlThrough(way.port()), settings);
    node.pay("A1");
    int others = AppendTransaction.LIMIT - 2;
    int own = 100;
    List<CompletableFuture<Result>> results = new ArrayList<>();
    try (PostgresStore store =
        PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(20))) {
      new PostgresNodes(store).register("other");
      ShowLog show = new ShowLog(store.find("hamlet"));
      new AppendTransaction(store).begin("other", List.of(show));
      for (int i = 0; i < own; i++) {
        results.add(node.payLater(longSeats(i)));
      }
      awaitWaitingForALock();
      long at = node.log.decisions().get(0).at();
      for (int i = 1; i <= others; i++) {
        store.rows().addCommand(show.id(), 1 + i, at + i, Command.pay("B" + i));
      }
      store.insert(store.rows().take());
      // It stands in what the node appends.
      way.silenceAfter("-----");
      store.commit();
    }
    String all = String.valueOf(1 + others + own);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(postgres.ask("SELECT count(*) FROM history")).containsExactly(all));
    assertThat(results).noneMatch(CompletableFuture::isDone);
    way.cut();
    for (CompletableFuture<Result> each : results) {
      assertThat(each.get(20, TimeUnit.SECONDS)).isInstanceOf(Result.Granted.class);
    }
    assertThat(node.pay("last")).isInstanceOf(Result.Granted.class);
    assertThat(postgres.ask("SELECT max(idx), count(DISTINCT seats) FROM history"))
        .containsExactly((2 + others + own) + "|" + (2 + others + own));
    assertThat(postgres.ask("SELECT count(*) > " + (others + 5) + " FROM batch"))
        .as("own commands take several rows")
        .containsExactly("t");
    assertThat(node.failures).isEmpty();
  }

  /** So many that a dozen of such commands fill a row. */
  private static String[] longSeats(int number) {
    return IntStream.range(0, 100)
        .mapToObj(i -> "-".repeat(55) + number + "." + i)
        .toArray(String[]::new);
  }

  @Test
  void databaseAway_impatientOnesAreRefused_patientOnesWait() throws Exception {
    Proxy way = proxy();
    Node node =
        new Node(
            postgres.urlThrough(way.port()), PEACEFUL.withPatience(Duration.ofMillis(300), 20_000));
    node.hamlet().apply(new Command.OpenSession("h1"));
    way.refuse();
    assertThat(node.pay("A1")).isInstanceOf(Result.NotAccepted.class);
    assertThat(node.seats.trouble()).hasValueSatisfying(t -> assertThat(t).contains("is away"));
    node.hamlet().applyEventually(new Command.CloseSession("h1"));
    assertThat(node.pay("A2")).isInstanceOf(Result.NotAccepted.class);
    assertThat(node.hamlet().snapshot().sessions()).hasSize(1);

    way.admit();
    Awaitility.await().until(() -> node.hamlet().snapshot().sessions().isEmpty());
    assertThat(node.pay("A3")).isInstanceOf(Result.Granted.class);
    assertThat(node.seats.trouble()).isEmpty();
    assertThat(node.paid()).containsExactly("A3");
    assertThat(node.failures).isEmpty();
  }

  @Test
  void databaseSilent_impatientOnesAreRefusedAllTheSame() throws Exception {
    Proxy way = proxy();
    Node node =
        new Node(
            postgres.urlThrough(way.port()), PEACEFUL.withPatience(Duration.ofMillis(300), 20_000));
    node.pay("A1");
    way.freeze();
    long begun = System.nanoTime();
    CompletableFuture<Result> stuck = node.payLater("A2");
    CompletableFuture<Result> behind = node.payLater("A3");
    assertThat(behind.get(5, TimeUnit.SECONDS)).isInstanceOf(Result.NotAccepted.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    way.thaw();
    // The first may have been on its way already; then it is decided, otherwise it was refused.
    boolean granted = stuck.get(10, TimeUnit.SECONDS) instanceof Result.Granted;
    assertThat(node.pay("A4")).isInstanceOf(Result.Granted.class);
    assertThat(node.paid()).isEqualTo(granted ? List.of("A1", "A2", "A4") : List.of("A1", "A4"));
  }

  @Test
  void databaseAway_theQueueIsBounded() throws Exception {
    Proxy way = proxy();
    Node node =
        new Node(postgres.urlThrough(way.port()), PEACEFUL.withPatience(Duration.ofMinutes(1), 10));
    way.refuse();
    List<CompletableFuture<Result>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(node.payLater("A" + i));
    }
    assertThat(node.pay("B1")).isEqualTo(new Result.NotAccepted(AppendQueue.FULL));
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    way.admit();
    for (CompletableFuture<Result> each : waiting) {
      assertThat(each.get(10, TimeUnit.SECONDS)).isInstanceOf(Result.Granted.class);
    }
  }

  @Test
  void close_whileTheDatabaseIsAway_endsEverything() throws Exception {
    Proxy way = proxy();
    Node node =
        new Node(
            postgres.urlThrough(way.port()), PEACEFUL.withPatience(Duration.ofMinutes(1), 100));
    node.pay("A1");
    way.refuse();
    CompletableFuture<Result> waiting = node.payLater("A2");
    node.close();
    assertThat(waiting.get(1, TimeUnit.SECONDS)).isInstanceOf(Result.NotAccepted.class);
  }

  @Test
  void serverRestarted_serviceGoesOn(@TempDir Path data) throws Exception {
    EmbeddedPostgres.Builder builder =
        Postgres.builder().setDataDirectory(data.resolve("pg")).setCleanDataDirectory(false);
    EmbeddedPostgres server = builder.start();
    Postgres own = Postgres.schema(server.getPort());
    Node node = new Node(own.url(), PEACEFUL);
    Node other = new Node(own.url(), PEACEFUL);
    node.hamlet().apply(new Command.OpenSession("h1"));
    node.pay("A1");
    server.close();
    node.hamlet().applyEventually(new Command.CloseSession("h1"));
    assertThat(node.pay("A2")).isInstanceOf(Result.NotAccepted.class);
    server = builder.setPort(server.getPort()).start();
    opened.add(0, server);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> node.hamlet().snapshot().sessions().isEmpty());
    assertThat(node.pay("A3")).isInstanceOf(Result.Granted.class);
    Awaitility.await().until(() -> other.paid().equals(List.of("A1", "A3")));
    assertThat(other.pay("A4")).isInstanceOf(Result.Granted.class);
    assertThat(node.failures).isEmpty();
    assertThat(other.failures).isEmpty();
  }

  // --- what it refuses

  @Test
  void start_withANewerSchema_isRefused() throws Exception {
    new Node(postgres.url(), PEACEFUL).close();
    postgres.ask("UPDATE seatlock_schema SET version = 99");
    assertThatThrownBy(() -> new Node(postgres.url(), PEACEFUL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("newer version of seatlock: its schema is 99");
  }

  @Test
  void start_withCommitsThatCanBeLost_isRefused() throws Exception {
    postgres.ask(
        "DO 'BEGIN CREATE ROLE careless SUPERUSER LOGIN; EXCEPTION"
            + " WHEN duplicate_object THEN NULL; END'");
    postgres.ask("ALTER ROLE careless SET synchronous_commit = off");
    String url = postgres.url().replace("postgres:secret", "careless");
    assertThatThrownBy(() -> new Node(url, PEACEFUL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("synchronous_commit = off");
  }

  @Test
  void start_withADamagedCommand_isRefused() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL);
    node.pay("A1");
    node.pay("A2");
    node.close();
    postgres.ask("UPDATE batch SET at = at - 1 WHERE idx = 2");
    assertThatThrownBy(() -> new Node(postgres.url(), PEACEFUL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("command 2 of show hamlet is damaged");
  }

  @Test
  void databaseThatLostCommands_endsTheNode() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL);
    node.pay("A1");
    node.pay("A2");
    postgres.ask("DELETE FROM batch WHERE idx = 2");
    Result result = node.pay("A3");
    assertThat(result).isNotInstanceOf(Result.Granted.class);
    Awaitility.await().until(() -> !node.failures.isEmpty());
    assertThat(node.failures.get(0)).hasMessageContaining("has lost commands");
  }

  @Test
  void databaseThatLostCommandsAndGotOthers_endsTheNode() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL);
    Node other = new Node(postgres.url(), PEACEFUL);
    node.pay("A1");
    node.pay("A2");
    Awaitility.await().until(() -> other.paid().size() == 2);
    try (PostgresStore store =
            PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(5));
        Statement delete = store.connection().createStatement()) {
      delete.executeUpdate("DELETE FROM batch WHERE idx = 2");
      for (int i = 2; i <= 5; i++) {
        store
            .rows()
            .addCommand(store.find("hamlet").id(), i, Long.MAX_VALUE / 2, Command.pay("B" + i));
        store.insert(store.rows().take());
      }
      store.commit();
    }
    for (Node each : List.of(node, other)) {
      // Without anything to append.
      Awaitility.await().until(() -> !each.failures.isEmpty());
      assertThat(each.failures.get(0)).hasMessageContaining("has lost commands: command 2");
      assertThat(each.paid()).containsExactly("A1", "A2");
    }
    assertThat(new Node(postgres.url(), PEACEFUL).paid()).hasSize(5);
  }

  @Test
  void snapshotThatCannotBeSaved_isMadeAgain() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL.withSnapshots(20, 1_000));
    node.pay("first");
    postgres.ask("ALTER TABLE snapshot ADD CONSTRAINT no_more CHECK (idx = 0)");
    for (int i = 0; i < 25; i++) {
      node.pay("A" + i);
    }
    Awaitility.await().until(() -> node.seats.trouble().isPresent());
    postgres.ask("ALTER TABLE snapshot DROP CONSTRAINT no_more");
    AtomicInteger more = new AtomicInteger();
    Awaitility.await()
        .until(
            () -> {
              node.pay("B" + more.incrementAndGet());
              return postgres.ask("SELECT max(idx) > 0 FROM snapshot").equals(List.of("t"));
            });
    assertThat(node.failures).isEmpty();
  }

  @Test
  void start_afterAShowCameWithoutCommands_goesOn() throws Exception {
    Snapshot state;
    try (SeatLock memory = SeatLock.create()) {
      memory.show("hamlet").apply(Command.pay("A1"));
      state = memory.show("hamlet").snapshot();
    }
    try (CommandArchive archive = PostgresArchive.openForWriting(postgres.url())) {
      archive.addShow("hamlet", new SavedState(5200, state), List.<Entry>of().iterator());
      archive.commit();
    }
    try (CommandArchive archive = PostgresArchive.openForReading(postgres.url())) {
      assertThat(archive.check("hamlet")).isZero();
    }
    Node first = new Node(postgres.url(), PEACEFUL);
    Node second = new Node(postgres.url(), PEACEFUL);
    assertThat(first.pay("A2")).isInstanceOf(Result.Granted.class);
    assertThat(second.pay("A3")).isInstanceOf(Result.Granted.class);
    Awaitility.await().until(() -> first.paid().equals(List.of("A1", "A2", "A3")));
    assertThat(postgres.ask("SELECT idx FROM history ORDER BY idx"))
        .containsExactly("5201", "5202");
    first.close();
    second.close();
    assertThat(new Node(postgres.url(), PEACEFUL).paid()).containsExactly("A1", "A2", "A3");
  }

  @Test
  void nodeThatWasAwayTooLong_saysSo() throws Exception {
    LogSettings snapshots = PEACEFUL.withSnapshots(50, 10);
    Proxy way = proxy();
    Node behind = new Node(postgres.urlThrough(way.port()), snapshots);
    behind.pay("first");
    way.refuse();
    Node other = new Node(postgres.url(), snapshots);
    for (int i = 0; i < 120; i++) {
      other.pay("A" + i);
    }
    other.close();
    try (PostgresStore store =
        PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(2))) {
      store.prune(store.find("hamlet"), Long.MAX_VALUE);
      store.commit();
    }
    way.admit();
    Awaitility.await().until(() -> !behind.failures.isEmpty());
    assertThat(behind.failures.get(0)).hasMessageContaining("this node was away too long");
    // Anew it begins with the snapshot.
    assertThat(new Node(postgres.url(), snapshots).paid()).hasSize(121);
  }

  @Test
  void history_tellsTheCommandsInWords() throws Exception {
    Node node = new Node(postgres.url(), PEACEFUL);
    node.hamlet().apply(Command.reserve("A1", "A2").ref("order 17").because("\u0000 \"cash\""));
    assertThat(postgres.ask("SELECT show, idx, action, seats, ref, reason FROM history"))
        .containsExactly("hamlet|1|reserve|A1 A2|order 17|\ufffd \"cash\"");
  }

  @Test
  void history_ofCommandsThatShareARow_tellsTheHolderOfEach() throws Exception {
    try (PostgresStore store =
        PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(2))) {
      SharedRow.add(store);
    }
    assertThat(postgres.ask("SELECT size FROM batch")).containsExactly("5");
    assertThat(postgres.ask("SELECT idx, action, holder FROM history ORDER BY idx"))
        .containsExactly(SharedRow.HISTORY);
  }

  @Test
  void store_writesAWholeShowThatANodeReads() throws Exception {
    List<Entry> entries = new ArrayList<>();
    for (int i = 1; i <= 5000; i++) {
      entries.add(new Entry(i, 1_700_000_000_000L + i, Command.pay("A" + i)));
    }
    try (PostgresStore store =
            PostgresStore.open(PostgresUrl.parse(postgres.url()), Duration.ofSeconds(2));
        SeatLock memory = SeatLock.create()) {
      store.addShow("hamlet", 0, memory.show("hamlet").snapshot(), entries.iterator());
      store.commit();
    }
    Node node = new Node(postgres.url(), PEACEFUL);
    assertThat(node.paid()).hasSize(5000);
    assertThat(node.pay("B1")).isInstanceOf(Result.Granted.class);
  }
}
