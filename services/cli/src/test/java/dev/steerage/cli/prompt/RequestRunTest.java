package dev.steerage.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestRunTest {
  private final RequestRun run = new RequestRun("r");

  private static Completion.Tokens tokens(int... indexes) {
    return new Completion.Tokens(
        "r",
        1,
        Arrays.stream(indexes)
            .mapToObj(i -> new Completion.Token(i, i, "t" + i, -1, List.of(), 0, false))
            .toList());
  }

  @Test
  void shouldTakeEveryTokenOnceEvenWhenItComesTwice() {
    run.take(tokens(0, 1));

    assertThat(run.take(tokens(1, 2))).extracting(Completion.Token::index).containsExactly(2);
    assertThat(run.text()).isEqualTo("t0t1t2");
  }

  @Test
  void shouldNotCallARefusalComplete() {
    run.take(
        new Completion.Finished(
            "r",
            Completion.Reason.REFUSED,
            Optional.of(Refusal.UNKNOWN_MODEL),
            Optional.of("no worker"),
            0,
            0));

    assertThat(run.isOver()).isTrue();
    assertThat(run.isComplete()).isFalse();
    assertThat(run.ending()).isEqualTo("refused: unknown-model (no worker)");
  }
}
