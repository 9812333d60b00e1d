package io.seatlock.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private final List<String> story = new ArrayList<>();
  private final Table table = new Table(Turns.HEADINGS);

  /** Writes down what is done with it. */
  private final class Told implements Contender {
    private final String name;
    private final List<Long> operations;
    private boolean measured;
    private int turn;

    Told(String name, Long... operations) {
      this.name = name;
      this.operations = List.of(operations);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Stretch load(long nanos) {
      story.add(name + " " + nanos / 1_000_000_000);
      return new Stretch(1, measured ? operations.get(turn++) : 0, 0.5);
    }

    @Override
    public void rest() {
      story.add(name);
    }

    @Override
    public void measure() {
      measured = true;
    }

    @Override
    public Histogram answerTimes() {
      return new Histogram(3);
    }

    @Override
    public Exactness check() {
      return new Exactness(List.of(), 1, true);
    }

    @Override
    public void close() {}
  }

  private boolean take(int rounds, Contender... contenders) throws IOException {
    Progress nobody = new Progress(new PrintStream(OutputStream.nullOutputStream(), true));
    return new Turns("load", new Settings(0, 12, 3, 1), rounds, nobody)
        .take(List.of(contenders), table);
  }

  @Test
  void take_longWarmUp_isSlicedSoThatTheOthersCanSayThatTheyAreAlive() throws Exception {
    assertThat(take(2, new Told("a", 10L, 30L), new Told("b", 10L, 10L))).isTrue();
    assertThat(String.join(", ", story))
        .isEqualTo(
            "a 5, a, b, a 5, a, b, a 2, a, b, b 5, a, b, b 5, a, b, b 2, a, b,"
                + " a 3, a, b, b 3, a, b, b 3, a, b, a 3, a, b");
  }

  @Test
  void take_severalRounds_tellsTheirMedianAndTheRatio() throws Exception {
    take(3, new Told("a", 10L, 50L, 30L), new Told("b", 10L, 10L, 10L));
    List<String> lines = table.toText().lines().toList();
    assertThat(lines).anyMatch(line -> line.matches("load +a +30 +10 to 50 +60 .*EXACT"));
    assertThat(lines).anyMatch(line -> line.matches(" +a : b +×3.00 +×3.00"));
  }

  @Test
  void take_severalContenders_tellsTheRatioOfEachToThoseAfterIt() throws Exception {
    take(1, new Told("one node", 40L), new Told("three nodes", 60L), new Told("rows", 20L));
    List<String> lines = table.toText().lines().toList();
    assertThat(lines).anyMatch(line -> line.matches(" +one node : three nodes +×0.67 +×0.67"));
    assertThat(lines).anyMatch(line -> line.matches(" +one node : rows +×2.00 +×2.00"));
    assertThat(lines).anyMatch(line -> line.matches(" +three nodes : rows +×3.00 +×3.00"));
  }
}
