package io.seatlock.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.core.Reason;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicRequest;
import io.seatlock.protocol.ClassicRequest.Action;
import io.seatlock.protocol.InvalidMessageException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which answer belongs to which call. */
class ClassicConversationTest {

  private final Mirror mirror = new Mirror();
  private final ClassicConversation conversation =
      new ClassicConversation(
          mirror, new Callbacks(new SeatListener() {}, Runnable::run), "secret");

  @BeforeEach
  void start() {
    receive("startstate", "{}");
  }

  @Test
  void messages_ofAPrivilegedCall_endWithAFence() throws InvalidMessageException {
    Call call = conversation.open(Action.PAY, "A1");
    List<String> messages = conversation.messages(call);

    assertThat(ClassicRequest.parse(messages.get(0)))
        .isEqualTo(new ClassicRequest(Action.PAY, "A1", "secret"));
    assertThat(ClassicRequest.parse(messages.get(1)))
        .isEqualTo(new ClassicRequest(Action.UNLOCK, call.fence, null));
    assertThat(call.fence.length()).isLessThanOrEqualTo(64);
    assertThat(conversation.messages(conversation.open(Action.LOCK, "A1"))).hasSize(1);
  }

  @Test
  void broadcast_alone_decidesNothing_untilTheFenceIsAnswered() {
    Call pay = conversation.open(Action.PAY, "A1");

    assertThat(receive("paid", "\"A1\"")).isEmpty();
    assertThat(receive("alreadyUnlocked", '"' + pay.fence + '"'))
        .containsExactly(new ClassicConversation.Answer(pay, new Outcome.Granted("A1")));
    assertThat(conversation.openCalls()).isZero();
  }

  @Test
  void refusalAfterAnothersBroadcast_counts_andTheFenceAddsNothing() {
    Call reserve = conversation.open(Action.RESERVE, "A1");
    receive("reserved", "\"A1\"");

    assertThat(receive("alreadyReserved", "\"A1\""))
        .containsExactly(
            new ClassicConversation.Answer(
                reserve, new Outcome.Refused("A1", Reason.ALREADY_RESERVED)));
    assertThat(receive("unknownSeat", '"' + reserve.fence + '"')).isEmpty();
    assertThat(conversation.openCalls()).isZero();
  }

  @Test
  void revoke_ofReservedOrPaid_isGrantedByEither() {
    Call first = conversation.open(Action.REVOKE, "A1");
    Call second = conversation.open(Action.REVOKE, "A1");
    receive("unreserved", "\"A1\"");
    assertThat(outcome(receive("alreadyUnlocked", '"' + first.fence + '"')))
        .isEqualTo(new Outcome.Granted("A1"));
    receive("unpaid", "\"A1\"");
    assertThat(outcome(receive("alreadyUnlocked", '"' + second.fence + '"')))
        .isEqualTo(new Outcome.Granted("A1"));
  }

  @Test
  void busyFence_isAFenceToo() {
    Call pay = conversation.open(Action.PAY, "A1");
    receive("paid", "\"A1\"");

    assertThat(outcome(receive("busy", '"' + pay.fence + '"')))
        .isEqualTo(new Outcome.Granted("A1"));
  }

  @Test
  void answerLeftOut_isUnknown_andTheNextOnesMatch() {
    Call lost = conversation.open(Action.LOCK, "A1");
    Call pay = conversation.open(Action.PAY, "A2");
    Call lock = conversation.open(Action.LOCK, "A3");
    receive("paid", "\"A2\"");

    List<ClassicConversation.Answer> answers = receive("alreadyPaid", "\"A3\"");

    assertThat(answers)
        .extracting(ClassicConversation.Answer::call)
        .containsExactly(lost, pay, lock);
    assertThat(answers.get(0).outcome()).isInstanceOf(Outcome.Unknown.class);
    assertThat(answers.get(1).outcome()).isEqualTo(new Outcome.Granted("A2"));
    assertThat(answers.get(2).outcome()).isEqualTo(new Outcome.Refused("A3", Reason.ALREADY_PAID));
  }

  @Test
  void fenceAnsweredAndNothingBefore_isUnknown() {
    Call pay = conversation.open(Action.PAY, "A1");

    assertThat(outcome(receive("alreadyUnlocked", '"' + pay.fence + '"')))
        .isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void answerThatNobodyWaitsFor_disturbsNoCall() {
    Call lock = conversation.open(Action.LOCK, "A1");

    assertThat(receive("alreadyPaid", "\"A9\"")).isEmpty();
    assertThat(receive("unauthorized", "\"no\"")).isEmpty();
    assertThat(receive("unlockedForYou", "\"A1\"")).isEmpty();
    assertThat(receive("lockedForYou", "\"A1\""))
        .containsExactly(new ClassicConversation.Answer(lock, new Outcome.Granted("A1")));
  }

  @Test
  void end_leavesWhatIsOpenUnknown_butNotWhatIsAnswered() {
    conversation.open(Action.PAY, "A1");
    receive("alreadyPaid", "\"A1\"");
    Call second = conversation.open(Action.PAY, "A2");

    assertThat(conversation.end("test"))
        .containsExactly(new ClassicConversation.Answer(second, new Outcome.Unknown("A2", "test")));
    assertThat(conversation.openCalls()).isZero();
  }

  private static Outcome outcome(List<ClassicConversation.Answer> answers) {
    assertThat(answers).hasSize(1);
    return answers.get(0).outcome();
  }

  private List<ClassicConversation.Answer> receive(String event, String data) {
    try {
      return conversation.received(
          ClassicMessage.parse("{\"event\":\"" + event + "\",\"data\":" + data + "}"));
    } catch (InvalidMessageException e) {
      throw new AssertionError(e);
    }
  }
}
