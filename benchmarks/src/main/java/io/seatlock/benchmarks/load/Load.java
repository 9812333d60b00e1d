package io.seatlock.benchmarks.load;

import java.io.IOException;
import java.util.List;

/** One way to use a server, and what is measured meanwhile. */
interface Load {

  /** What a kind of load measures: the headings of its table. */
  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed.
  enum Kind {
    FAN_OUT(
        "Under full load",
        "ops/s",
        "deliveries/s",
        "ops per CPU s",
        "deliveries per CPU s",
        "answer ms p50 / p99 / p99.9",
        "delivery ms p50 / p99 / p99.9",
        "KB per conn.",
        "generator CPU"),
    SINGLE(
        "One lock at a time on an idle show",
        "operations",
        "answer ms p50 / p99 / p99.9",
        "delivery ms p50 / p99 / p99.9",
        "CPU ms per op"),
    STORM("Everyone connects", "opened", "refused", "seconds", "KB per conn."),
    STALLED(
        "Some stop reading under full load",
        "ops/s, all read",
        "ops/s, some stalled",
        "readers' rate kept",
        "MB before",
        "MB after",
        "the stalled got"),
    RESUMPTION("Sessions come back", "resumed", "CPU ms each", "back after ms p50 / p99 / p99.9"),
    ROUND_TRIPS(
        "The client library beside a bare socket",
        "requests of each",
        "bare ms p50 / p99 / p99.9",
        "client ms p50 / p99 / p99.9",
        "client adds µs p50 / p99 / p99.9");

    private final String title;
    private final List<String> headings;

    Kind(String title, String... headings) {
      this.title = title;
      this.headings = List.of(headings);
    }

    String title() {
      return title;
    }

    List<String> headings() {
      return headings;
    }
  }

  /**
   * What was measured.
   *
   * @param figures one for each heading of the kind
   * @param notes what a reader should know besides
   */
  record Outcome(List<Figure> figures, Exactness exactness, List<String> notes) {
    /** Copies the lists. */
    public Outcome {
      figures = List.copyOf(figures);
      notes = List.copyOf(notes);
    }
  }

  Kind kind();

  /** One word to select it by. */
  String name();

  /** Its size, in a few words. */
  String size();

  /** Whether it has a sense in the v2 dialect only; it is put on a server of its own then. */
  default boolean isOfV2() {
    return false;
  }

  /** Puts the load on a server. */
  Outcome run(Target target, Settings settings, Progress progress) throws IOException;
}
