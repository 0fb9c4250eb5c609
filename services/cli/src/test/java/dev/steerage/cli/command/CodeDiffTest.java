package dev.steerage.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.PositionCodes.Position;
import dev.steerage.schemas.index.PositionCodes.SiteSlots;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CodeDiffTest {
  private static final Site HEAD = Site.parse("L0.attn.H0");
  private static final Site MLP = Site.parse("L0.mlp");

  private static PositionCodes run(Position... positions) {
    return new PositionCodes(
        "m",
        List.of(new SiteSlots(HEAD, 2), new SiteSlots(MLP, 1)),
        List.of(positions),
        positions.length);
  }

  private static Position at(int position, int token, Integer... codes) {
    return new Position(position, token, false, List.of(codes));
  }

  @Test
  void shouldSayWhereCodesDifferWhateverTheirSlots() {
    CodeDiff diff =
        CodeDiff.of(
            List.of(run(at(0, 7, 1, 2, 3)), run(at(1, 7, 4, 5, 6), at(2, 7, 1, 1, 1))),
            List.of(run(at(0, 7, 2, 1, 3), at(1, 8, 4, 9, 8))));
    assertThat(diff.compared()).isEqualTo(2);
    assertThat(diff.sameTokens()).isOne();
    assertThat(diff.sites()).isEqualTo(Map.of(HEAD, 1, MLP, 1));
    assertThat(diff.changes())
        .containsExactly(
            new CodeDiff.Change(1, 7, 8, HEAD, Set.of(5), Set.of(9)),
            new CodeDiff.Change(1, 7, 8, MLP, Set.of(6), Set.of(8)));
  }

  @Test
  void shouldFindNothingInARunAndItself() {
    List<PositionCodes> run = List.of(run(at(0, 7, 1, 2, 3)));
    assertThat(CodeDiff.of(run, run).changes()).isEmpty();
    assertThat(CodeDiff.of(run, run).sites()).isEqualTo(Map.of(HEAD, 0, MLP, 0));
  }
}
