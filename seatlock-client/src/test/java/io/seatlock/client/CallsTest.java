package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.core.SeatStatus;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicRequest;
import io.seatlock.protocol.ClassicRequest.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a call. */
class CallsTest extends ClientTestBase {

  @Test
  void everyCall_done_isGranted() {
    SeatLockClient client = connect(builder().authorizationString("secret"));

    assertThat(get(client.lock("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(client.seats().isMine("A1")).isTrue();
    assertThat(get(client.unlock("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(client.seats().status("A1")).isEqualTo(SeatStatus.AVAILABLE);
    assertThat(get(client.reserve("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(client.seats().status("A1")).isEqualTo(SeatStatus.RESERVED);
    assertThat(get(client.unreserve("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(client.seats().status("A1")).isEqualTo(SeatStatus.AVAILABLE);
    assertThat(get(client.pay("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(client.seats().status("A1")).isEqualTo(SeatStatus.PAID);
    assertThat(get(client.unpay("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(client.seats().status("A1")).isEqualTo(SeatStatus.AVAILABLE);
    assertThat(get(client.revoke("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(get(client.revoke("A1")).isGranted()).isTrue();
  }

  @Test
  void privilegedCall_sendsTheAuthorizationString_othersDoNot() throws InterruptedException {
    SeatLockClient client = connect(builder().authorizationString("secret"));
    get(client.lock("A1"));
    get(client.pay("A1"));

    assertThat(server.requests.take()).isEqualTo(new ClassicRequest(Action.LOCK, "A1", null));
    assertThat(server.requests.take()).isEqualTo(new ClassicRequest(Action.PAY, "A1", "secret"));
    assertThat(server.requests.take().authorizationString()).isNull();
    assertThat(server.path).isEqualTo("/hamlet");
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NO_SESSION", "SESSION_EXISTS", "NOTHING_LOCKED"})
  void lock_refused_tellsTheReason(Reason reason) {
    server.script = (client, request) -> ScriptedServer.refuse(client, reason, request.seat());

    assertThat(get(connect().lock("A1"))).isEqualTo(new Outcome.Refused("A1", reason));
  }

  @Test
  void lock_ofOwnLockedSeat_isGranted() {
    SeatLockClient client = connect();
    get(client.lock("A1"));
    server.script = (c, request) -> ScriptedServer.refuse(c, Reason.ALREADY_LOCKED, request.seat());

    assertThat(get(client.lock("A1"))).isEqualTo(new Outcome.Granted("A1"));
    assertThat(get(client.lock("A2"))).isEqualTo(new Outcome.Refused("A2", Reason.ALREADY_LOCKED));
  }

  @Test
  void call_serverBusy_isBusy() {
    server.script =
        (client, request) ->
            ScriptedServer.send(client, ClassicMessage.text(ClassicMessage.BUSY, request.seat()));
    SeatLockClient client = connect();

    assertThat(get(client.lock("A1"))).isEqualTo(new Outcome.Busy("A1"));
    assertThat(get(client.pay("A1"))).isEqualTo(new Outcome.Busy("A1"));
  }

  @Test
  void pay_withoutRight_isUnauthorized() {
    server.script =
        (client, request) -> {
          if (request.action() == Action.PAY) {
            ScriptedServer.send(
                client, ClassicMessage.text(ClassicMessage.UNAUTHORIZED, "No such key."));
          } else {
            ScriptedServer.grant(client, request);
          }
        };
    SeatLockClient client = connect();

    assertThat(get(client.pay("A1"))).isEqualTo(new Outcome.Unauthorized("A1", "No such key."));
    assertThat(get(client.lock("A1")).isGranted()).isTrue();
  }

  @Test
  void call_notUnderstood_failsAsInvalid() {
    server.script =
        (client, request) ->
            ScriptedServer.send(client, ClassicMessage.text(ClassicMessage.INVALID, "What?"));
    SeatLockClient client = connect();

    assertThatThrownBy(() -> get(client.lock("A1")))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("What?");
  }

  @Test
  void pay_anotherPaidJustBefore_isRefused() {
    // The race that the dialect cannot show: the other's broadcast looks like our answer.
    server.script =
        (client, request) -> {
          if (request.action() == Action.PAY) {
            ScriptedServer.send(client, ClassicMessage.event(EventType.PAID, request.seat()));
            ScriptedServer.refuse(client, Reason.ALREADY_PAID, request.seat());
          } else {
            ScriptedServer.grant(client, request);
          }
        };
    SeatLockClient client = connect();

    CompletableFuture<Outcome> pay = client.pay("A1");
    CompletableFuture<Outcome> lock = client.lock("A1");

    assertThat(get(pay)).isEqualTo(new Outcome.Refused("A1", Reason.ALREADY_PAID));
    assertThat(get(lock)).isEqualTo(new Outcome.Granted("A1"));
  }

  @Test
  void manyCalls_atOnce_eachGetsItsOwnAnswer() {
    server.script =
        (client, request) -> {
          if (request.action() == Action.LOCK && request.seat().endsWith("7")) {
            ScriptedServer.refuse(client, Reason.ALREADY_PAID, request.seat());
          } else {
            ScriptedServer.grant(client, request);
          }
        };
    SeatLockClient client = connect();

    List<CompletableFuture<Outcome>> locks = new ArrayList<>();
    List<CompletableFuture<Outcome>> pays = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      locks.add(client.lock("A" + i));
      pays.add(client.pay("B" + i));
    }

    for (int i = 0; i < 200; i++) {
      assertThat(get(locks.get(i)).isGranted()).isEqualTo(i % 10 != 7);
      assertThat(get(locks.get(i)).seat()).isEqualTo("A" + i);
      assertThat(get(pays.get(i))).isEqualTo(new Outcome.Granted("B" + i));
    }
  }

  @Test
  void call_withoutAnswerInTime_isUnknown_andLaterAnswersStillMatch() throws Exception {
    server.script = (client, request) -> {};
    SeatLockClient client = connect(builder().requestTimeout(Duration.ofSeconds(1)));
    assertThat(get(client.lock("A1"))).isInstanceOf(Outcome.Unknown.class);
    server.requests.take();

    server.script =
        (c, request) -> {
          server.send(EventType.LOCKED_FOR_YOU, "A1");
          ScriptedServer.refuse(c, Reason.ALREADY_PAID, request.seat());
        };

    assertThat(get(client.lock("A2"))).isEqualTo(new Outcome.Refused("A2", Reason.ALREADY_PAID));
    assertThat(client.seats().mine()).containsExactly("A1");
  }

  @Test
  void call_connectionLostBeforeItsAnswer_isUnknown() throws Exception {
    server.script = (client, request) -> {};
    SeatLockClient client = connect();
    CompletableFuture<Outcome> lock = client.lock("A1");
    CompletableFuture<Outcome> pay = client.pay("A2");
    server.requests.take();
    server.client.closeConnection(1006, "");

    assertThat(get(lock)).isInstanceOf(Outcome.Unknown.class);
    assertThat(get(pay))
        .isInstanceOf(Outcome.Unknown.class)
        .extracting(Outcome::seat)
        .isEqualTo("A2");
  }

  @Test
  void call_afterLossOrClose_failsAsNotSent() {
    SeatLockClient client = connect();
    server.client.closeConnection(1006, "");
    soon().until(() -> client.state() == ConnectionState.LOST);
    assertNotSent(client);

    client.close();
    assertNotSent(client);
  }

  private static void assertNotSent(SeatLockClient client) {
    CompletableFuture<Outcome> lock = client.lock("A1");
    assertThat(lock).isCompletedExceptionally();
    assertThatThrownBy(lock::join)
        .cause()
        .isInstanceOf(NotSentException.class)
        .hasMessageContaining(client.state().name());
  }

  @Test
  void call_tooManyOpen_failsAsNotSent() {
    server.script = (client, request) -> {};
    SeatLockClient client = connect();
    for (int i = 0; i < SeatLockClient.MAX_OPEN_CALLS; i++) {
      assertThat(client.lock("A" + i)).isNotCompletedExceptionally();
    }

    assertThatThrownBy(client.lock("B1")::join).cause().isInstanceOf(NotSentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A 1", "A\"1", "A\u0000"})
  void call_illFormedSeat_isMisuse(String seat) {
    SeatLockClient client = connect();

    assertThatThrownBy(() -> client.lock(seat))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seat id");
    assertThatThrownBy(() -> client.pay(null)).hasMessage("seat");
    assertThat(server.requests).isEmpty();
  }

  @Test
  void continuation_thatBlocks_holdsUpNoOtherCall() {
    CountDownLatch chained = new CountDownLatch(1); // To a complete future it would run right here.
    server.script =
        (c, request) -> {
          awaitLatch(chained);
          ScriptedServer.grant(c, request);
        };
    SeatLockClient client = connect();
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Void> blocked = client.lock("A1").thenAccept(outcome -> awaitLatch(release));

    // Another one waits for a call inside a continuation.
    CompletableFuture<Outcome> nested =
        client.lock("A2").thenApply(outcome -> get(client.lock("A3")));
    chained.countDown();

    assertThat(get(nested)).isEqualTo(new Outcome.Granted("A3"));
    assertThat(blocked).isNotDone();
    release.countDown();
    get(blocked);
  }

  @Test
  void callsByManyThreads_whileTheConnectionIsLost_allEnd() throws InterruptedException {
    SeatLockClient client = connect();
    Queue<CompletableFuture<Outcome>> calls = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String row = "R" + t + "-";
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; client.state() == ConnectionState.ONLINE; i++) {
                  CompletableFuture<Outcome> call =
                      i % 2 == 0 ? client.lock(row + i) : client.pay(row + i);
                  calls.add(call);
                  call.handle((outcome, failure) -> outcome).join(); // One at a time for each.
                }
              });
      thread.start();
      threads.add(thread);
    }
    soon().until(() -> calls.size() > 500);
    server.client.closeConnection(1006, "");
    for (Thread thread : threads) {
      thread.join(20_000);
    }

    for (CompletableFuture<Outcome> call : calls) {
      assertThat(call).isDone();
      call.handle(
              (outcome, failure) ->
                  assertThat(outcome == null ? failure : outcome)
                      .isInstanceOfAny(
                          Outcome.Granted.class, Outcome.Unknown.class, NotSentException.class))
          .join();
    }
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
