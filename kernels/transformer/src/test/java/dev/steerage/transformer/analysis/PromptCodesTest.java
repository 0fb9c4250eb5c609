package dev.steerage.transformer.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.analysis.PromptCodes.Scope;
import dev.steerage.transformer.evaluation.LastPositions;
import dev.steerage.transformer.intervention.Steering;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptCodesTest {
  private final List<int[]> prompts = List.of(new int[] {10, 4, 8, 2, 4}, new int[] {10, 7, 3});

  @Test
  void shouldReadWhatTheEngineSnapsTo() {
    try (var model =
            CodebookTransformer.load(TestModels.shipped("tokfsm"), Backends.byName("auto"));
        var last = new LastPositions(model, prompts)) {
      last.run(Steering.NONE);
      CodeSpace space = CodeSpace.of(model);
      List<PromptCodes> read = PromptCodes.read(model, prompts, Scope.LAST, true, _ -> {});
      assertThat(read).extracting(PromptCodes::positions).containsExactly(4, 2);
      for (int i = 0; i < prompts.size(); i++) {
        int[] fired = read.get(i).at(Scope.LAST).getFirst();
        int[] ids = last.codes(i);
        assertThat(IntStream.range(0, fired.length).mapToObj(at -> space.code(fired[at]).id()))
            .containsExactlyElementsOf(IntStream.of(ids).boxed().toList());
      }
      assertThat(read.getFirst().neurons())
          .hasSize(model.config().layers() * model.config().inner());
      assertThat(read.getFirst().neurons()).isNotEqualTo(read.get(1).neurons());
    }
  }

  @Test
  void shouldNumberCodesSiteBySite() {
    CodeSpace space = PlantedPrompts.SPACE;
    assertThat(space.size()).isEqualTo(600);
    assertThat(space.code(space.number(5, 49))).isEqualTo(Code.parse("L1.attn.H1:49"));
    assertThat(space.code(space.number(6, 0))).isEqualTo(Code.parse("L1.attn.H2:0"));
  }

  @Test
  void shouldRefusePromptsThatTheModelCannotTake() {
    try (var model =
        CodebookTransformer.load(TestModels.shipped("tokfsm"), Backends.byName("auto"))) {
      List<int[]> tooLong = List.of(new int[model.config().maxPositions() + 1]);
      assertThatThrownBy(() -> PromptCodes.read(model, tooLong, Scope.ANY, false, _ -> {}))
          .hasMessageContaining("prompt: tokens=129, limit=128");
      assertThatThrownBy(
              () -> PromptCodes.read(model, List.of(new int[] {10}), Scope.ANY, false, _ -> {}))
          .hasMessage("prompt: no tokens");
    }
  }
}
