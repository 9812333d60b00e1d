package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The future of a call: known first, told to what is chained to it after that. */
@Timeout(30)
class AnswerTest {

  private static final Outcome GRANTED = new Outcome.Granted(1, List.of("A1"), Duration.ZERO);
  private static final Outcome BUSY = new Outcome.Busy("later");

  private final Answer answer = new Answer();
  private final AtomicReference<Object> heard = new AtomicReference<>();

  AnswerTest() {
    var unused =
        answer.whenComplete((outcome, failure) -> heard.set(failure == null ? outcome : failure));
  }

  @Test
  void know_wakesWhoWaits_andRunsNothingThatIsChained() throws Exception {
    CompletableFuture<Outcome> waiting = CompletableFuture.supplyAsync(answer::join);
    answer.settle(GRANTED);

    assertThat(waiting.get()).isEqualTo(GRANTED);
    assertThat(answer.get()).isEqualTo(GRANTED);
    assertThat(answer.get(1, TimeUnit.SECONDS)).isEqualTo(GRANTED);
    assertThat(answer.getNow(BUSY)).isEqualTo(GRANTED);
    assertThat(answer.isDone()).isTrue();
    assertThat(answer.isCompletedExceptionally()).isFalse();
    assertThat(heard).hasNullValue();

    answer.runDependents();
    assertThat(heard).hasValue(GRANTED);
  }

  @Test
  void allOf_alsoHearsOnlyWhenTold() {
    CompletableFuture<Void> all = CompletableFuture.allOf(answer);
    answer.settle(GRANTED);
    assertThat(all).isNotDone();
    answer.runDependents();
    assertThat(all).isDone();
  }

  @Test
  void knowFailure_isThrownToWhoWaits_andTold() {
    answer.settleFailure(new NotSentException("Not sent."));

    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(NotSentException.class);
    assertThatThrownBy(answer::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(NotSentException.class);
    assertThat(answer.isCompletedExceptionally()).isTrue();
    answer.runDependents();
    assertThat(heard.get()).isInstanceOf(NotSentException.class);
  }

  @Test
  void known_canBeAskedForAtOnce_asOfJdk19() {
    assertThatThrownBy(answer::resultNow).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(answer::exceptionNow).isInstanceOf(IllegalStateException.class);
    answer.settle(GRANTED);
    assertThat(answer.resultNow()).isEqualTo(GRANTED);
    assertThatThrownBy(answer::exceptionNow).isInstanceOf(IllegalStateException.class);

    Answer failed = new Answer();
    NotSentException failure = new NotSentException("Not sent.");
    failed.settleFailure(failure);
    assertThat(failed.exceptionNow()).isSameAs(failure);
    assertThatThrownBy(failed::resultNow).isInstanceOf(IllegalStateException.class);

    Answer cancelled = new Answer();
    cancelled.cancel(false);
    assertThatThrownBy(cancelled::exceptionNow).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void orTimeout_endsTheWaiting_andTells() {
    assertThatThrownBy(() -> answer.orTimeout(1, TimeUnit.MILLISECONDS).join())
        .hasCauseInstanceOf(TimeoutException.class);
    ClientTestBase.soon().until(() -> heard.get() instanceof TimeoutException);
    answer.settle(GRANTED);
    answer.runDependents();
    assertThat(answer.isCompletedExceptionally()).isTrue();
  }

  @Test
  void complete_byTheProgram_comesFirst() {
    assertThat(answer.complete(BUSY)).isTrue();
    assertThat(heard).hasValue(BUSY);
    answer.settle(GRANTED);
    answer.runDependents();
    assertThat(answer.join()).isEqualTo(BUSY);
    assertThat(answer.complete(GRANTED)).isFalse();
    assertThat(answer.completeExceptionally(new IllegalStateException())).isFalse();
  }

  @Test
  void completeAsync_byTheProgram_ends() {
    assertThat(answer.completeAsync(() -> BUSY).join()).isEqualTo(BUSY);
  }

  @Test
  void cancel_ends_onceNothingIsKnown() {
    assertThat(answer.cancel(false)).isTrue();
    assertThat(answer.cancel(false)).isTrue();
    assertThat(answer.isCancelled()).isTrue();
    assertThat(heard.get()).isInstanceOf(CancellationException.class);

    Answer other = new Answer();
    other.settle(GRANTED);
    assertThat(other.cancel(false)).isFalse();
    assertThat(other.isCancelled()).isFalse();
    assertThat(other.join()).isEqualTo(GRANTED);
  }
}
