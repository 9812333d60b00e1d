package io.seatlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.seatlock.protocol.v2.Message;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswersTest {

  private final Chronicle chronicle = new Chronicle("hamlet");
  private final Answers answers = new Answers(chronicle, "anna");

  @BeforeEach
  void nothingIsWrongYet() {
    assertThat(chronicle.contradictions()).isEmpty();
  }

  private void answer(int id) throws Exception {
    Message message = Message.parse("{\"event\":\"pong\",\"id\":" + id + "}");
    answers.onAnswer(Objects.requireNonNull(message.id()), message, 7);
  }

  @Test
  void oneAnswer_toEachTimeThatItIsAsked_isRight() throws Exception {
    for (int time = 0; time < 2; time++) {
      var asked = answers.ask("1");
      answer(1);
      assertThat(asked.join().at()).isEqualTo(7);
    }
    assertThat(chronicle.contradictions()).isEmpty();
  }

  @Test
  void secondAnswer_isAContradiction() throws Exception {
    answers.ask("1");
    answer(1);
    answer(1);
    assertThat(chronicle.contradictions())
        .singleElement()
        .asString()
        .contains("anna was answered without having asked, or again");
  }

  @Test
  void answerToSomethingElse_isAContradiction() throws Exception {
    answers.ask("1");
    answer(1);
    answers.ask("2");
    answer(1);
    assertThat(chronicle.contradictions()).hasSize(1);
  }

  @Test
  void afterTheEnd_nothingIsAnswered_andNothingIsLookedAt() throws Exception {
    var asked = answers.ask("1");
    answers.end();
    assertThat(asked.join()).isNull();
    assertThat(answers.ask("2").join()).isNull();
    answer(1);
    assertThat(chronicle.contradictions()).isEmpty();
  }
}
