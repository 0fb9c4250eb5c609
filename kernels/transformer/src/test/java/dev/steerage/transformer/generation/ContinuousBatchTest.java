package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContinuousBatchTest {
  private static final int[] PROMPT = {3, 1, 4, 1, 5};

  private final CodebookTransformer model =
      CodebookTransformer.load(TestModels.golden("gpt_neox"), Backends.byName("reference"));
  private final List<AutoCloseable> open = new ArrayList<>(List.of(model));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void shouldTakeNoMoreThanItHasSequencesFor() {
    ContinuousBatch batch = batch(new BatchLimits(2, 8, 128, 8));
    assertThat(offer(batch, request("a", 4))).isTrue();
    assertThat(offer(batch, request("b", 4))).isTrue();
    assertThat(offer(batch, request("c", 4))).isFalse();
    assertThat(batch.active()).isEqualTo(2);
    run(batch);
    assertThat(offer(batch, request("c", 4))).isTrue();
  }

  @Test
  void shouldTakeNoMoreThanItHasMemoryFor() {
    ContinuousBatch batch = batch(new BatchLimits(8, 8, 48, 8));
    assertThat(batch.freePositions()).isEqualTo(48);
    // 5 + 12 positions need two pages of 16.
    assertThat(offer(batch, request("a", 12))).isTrue();
    assertThat(batch.freePositions()).isEqualTo(16);
    assertThat(offer(batch, request("b", 12))).isFalse();
    assertThat(offer(batch, request("c", 11))).isTrue();
    assertThat(batch.freePositions()).isZero();
    run(batch);
    assertThat(batch.freePositions()).isEqualTo(48);
  }

  @Test
  void shouldSayWhichLimitARequestCanNeverMeet() {
    ContinuousBatch batch = batch(new BatchLimits(2, 8, 32, 8));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> offer(batch, request("a", 60)))
        .withMessage("request: prompt + maxTokens=65, limit=64 positions of the model");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> offer(batch, request("a", 40)))
        .withMessage("request: prompt + maxTokens=45, limit=32 positions of the batch");
    GenerationRequest unknown = GenerationRequest.of("a", new int[] {3, 64}, Sampling.greedy(), 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> offer(batch, unknown))
        .withMessage("request: token=64, limit=0..63");
    assertThat(offer(batch, request("a", 4))).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> offer(batch, request("a", 4)))
        .withMessageContaining("id=a is running");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchLimits(2, 0, 32, 8))
        .withMessage("batch limits: rowsPerStep=0, limit=1..");
    assertThatIllegalArgumentException().isThrownBy(() -> batch(new BatchLimits(2, 8, 15, 8)));
  }

  @Test
  void shouldEndACancelledRequestBeforeTheNextStep() {
    ContinuousBatch batch = batch(new BatchLimits(2, 8, 128, 8));
    Recording a = new Recording();
    batch.offer(request("a", 40), SteeringSource.none(), a);
    batch.step();
    batch.step();
    assertThat(batch.cancel("a")).isTrue();
    assertThat(a.reason).isEqualTo(FinishReason.CANCELLED);
    assertThat(a.tokens).hasSize(2);
    assertThat(batch.cancel("a")).isFalse();
    assertThat(batch.step()).isZero();
    assertThat(batch.freePositions()).isEqualTo(128);
  }

  @Test
  void shouldLetAListenerCancelAndOfferWhileStepping() {
    ContinuousBatch batch = batch(new BatchLimits(1, 8, 128, 8));
    Recording second = new Recording();
    Recording first =
        new Recording() {
          @Override
          public void onToken(int index, int token, float logprob, TopLogprobs top) {
            super.onToken(index, token, logprob, top);
            if (index == 2) {
              batch.cancel("a");
            }
          }

          @Override
          public void onFinished(FinishReason why) {
            super.onFinished(why);
            assertThat(batch.offer(request("b", 3), SteeringSource.none(), second)).isTrue();
          }
        };
    batch.offer(request("a", 40), SteeringSource.none(), first);
    run(batch);
    assertThat(first.tokens).hasSize(3);
    assertThat(first.reason).isEqualTo(FinishReason.CANCELLED);
    assertThat(second.reason).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void shouldPassOverAHeldRequest() {
    ContinuousBatch batch = batch(new BatchLimits(2, 8, 128, 8));
    Recording a = new Recording();
    batch.offer(request("a", 4), SteeringSource.none(), a);
    batch.hold("a", true);
    assertThat(batch.step()).isZero();
    assertThat(batch.active()).isEqualTo(1);
    batch.hold("a", false);
    run(batch);
    assertThat(a.tokens).hasSize(4);
    batch.hold("nobody", true);
  }

  @Test
  void shouldServeGenerationBeforePromptsAndStarveNobody() {
    ContinuousBatch batch = batch(new BatchLimits(4, 2, 256, 8));
    Recording generating = new Recording();
    batch.offer(
        GenerationRequest.of("g", new int[] {1}, Sampling.greedy(), 30),
        SteeringSource.none(),
        generating);
    batch.step();
    List<Recording> prompts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      prompts.add(new Recording());
      batch.offer(
          GenerationRequest.of("p" + i, new int[20], Sampling.greedy(), 2),
          SteeringSource.none(),
          prompts.getLast());
    }
    for (int i = 0; i < 12; i++) {
      assertThat(batch.step()).isEqualTo(2);
    }
    assertThat(generating.tokens).hasSize(13);
    assertThat(prompts).allSatisfy(p -> assertThat(p.natural).hasSizeGreaterThanOrEqualTo(3));
  }

  @Test
  void shouldAskForSteeringInOrderAndTellThePhase() {
    ContinuousBatch batch = batch(new BatchLimits(1, 8, 128, 3));
    List<String> asked = new ArrayList<>();
    batch.offer(request("a", 3), source(asked, false), new Recording());
    run(batch);
    assertThat(asked).containsExactly("0", "1", "2", "3", "4g", "5g", "6g");
  }

  @Test
  void shouldForwardOnePositionAtATimeForASourceThatLooksBack() {
    ContinuousBatch batch = batch(new BatchLimits(1, 8, 128, 3));
    List<String> events = new ArrayList<>();
    Recording listener =
        new Recording() {
          @Override
          public void onForward(int position, CodeView natural, CodeView effective) {
            super.onForward(position, natural, effective);
            events.add("fired " + position);
          }
        };
    batch.offer(request("a", 2), source(events, true), listener);
    run(batch);
    assertThat(events)
        .containsExactly(
            "0", "fired 0", "1", "fired 1", "2", "fired 2", "3", "fired 3", "4g", "fired 4", "5g",
            "fired 5");
  }

  @Test
  void shouldStopAtAStopStringAndAtEndOfText() {
    Recording free = new Recording();
    ContinuousBatch batch = batch(new BatchLimits(4, 8, 256, 8));
    batch.offer(request("free", 12), SteeringSource.none(), free);
    run(batch);
    String text = model.tokenizer().decode(free.tokenArray());
    Recording stopped = new Recording();
    GenerationRequest request =
        new GenerationRequest(
            "stopped",
            PROMPT,
            new int[0],
            Sampling.greedy(),
            12,
            0,
            List.of("never there", text.substring(4, 7)),
            true);
    batch.offer(request, SteeringSource.none(), stopped);
    run(batch);
    assertThat(stopped.reason).isEqualTo(FinishReason.STOP);
    assertThat(stopped.tokens).isEqualTo(free.tokens.subList(0, 7));
  }

  @Test
  void shouldFinishAResumedRequestThatWasDoneWithoutForwardingAnything() {
    ContinuousBatch batch = batch(new BatchLimits(4, 8, 256, 8));
    Recording full = new Recording();
    Recording ended = new Recording();
    batch.offer(resumed("full", false, 7, 8), SteeringSource.none(), full);
    batch.offer(resumed("ended", false, 7, 0), SteeringSource.none(), ended);
    assertThat(batch.step()).isEqualTo(2);
    assertThat(full.reason).isEqualTo(FinishReason.LENGTH);
    assertThat(ended.reason).isEqualTo(FinishReason.EOS);
    assertThat(full.natural).isEmpty();
  }

  @Test
  void shouldRefuseSteeringThatTheModelCannotFollow() {
    ContinuousBatch batch = batch(new BatchLimits(1, 8, 128, 8));
    for (SiteSteering wrong :
        List.of(
            SiteSteering.builder().ban(50).build(),
            SiteSteering.builder().write(0, 5).build(),
            SiteSteering.builder().write(0, -6).build(),
            SiteSteering.builder().disableTop(46).build())) {
      Steering steering = Steering.of(Map.of(4, wrong), model.sites().size());
      batch.offer(
          request("a", 2),
          new SteeringSource() {
            @Override
            public Steering steeringFor(int position, boolean generationPhase) {
              return steering;
            }

            @Override
            public boolean needsHistory() {
              return false;
            }
          },
          new Recording());
      assertThatIllegalArgumentException()
          .isThrownBy(batch::step)
          .withMessageStartingWith("steering at L0.mlp: ");
      batch.cancel("a");
    }
  }

  @Test
  void shouldGiveTheSlotsThatBansLeaveEmptyToNobody() {
    ContinuousBatch batch = batch(new BatchLimits(1, 8, 128, 8));
    SiteSteering.Builder all = SiteSteering.builder();
    for (int code = 0; code < 47; code++) {
      all.ban(code);
    }
    Steering steering = Steering.of(Map.of(4, all.build()), model.sites().size());
    Recording run = new Recording();
    batch.offer(
        request("a", 1),
        new SteeringSource() {
          @Override
          public Steering steeringFor(int position, boolean generationPhase) {
            return steering;
          }

          @Override
          public boolean needsHistory() {
            return false;
          }
        },
        run);
    run(batch);
    // Site 4 comes after four heads of three codes each.
    assertThat(Arrays.copyOfRange(run.effective.getFirst(), 12, 15))
        .containsExactlyInAnyOrder(47, 48, 49);
    assertThat(Arrays.copyOfRange(run.effective.getFirst(), 15, 17)).containsExactly(-1, -1);
  }

  @Test
  void shouldScoreATokenOfThePromptAsIfItHadChosenIt() {
    Recording chosen = new Recording();
    ContinuousBatch alone = batch(new BatchLimits(1, 8, 64, 8));
    alone.offer(top("a", PROMPT, 12, false), SteeringSource.none(), chosen);
    run(alone);
    int[] whole = Arrays.copyOf(PROMPT, PROMPT.length + 12);
    System.arraycopy(chosen.tokenArray(), 0, whole, PROMPT.length, 12);

    // With room for all its logits at once, and one row at a time beside others.
    for (BatchLimits limits :
        List.of(new BatchLimits(40, 40, 640, 40, 640), new BatchLimits(3, 8, 128, 8, 128))) {
      ContinuousBatch batch = batch(limits);
      Scores scores = new Scores();
      assertThat(offer(batch, request("b", 6))).isTrue();
      assertThat(offer(batch, request("c", 6))).isTrue();
      assertThat(batch.offer(top("s", whole, 1, true), SteeringSource.none(), scores)).isTrue();
      run(batch);
      assertThat(scores.positions).hasSize(whole.length - 1).startsWith(1).doesNotHaveDuplicates();
      assertThat(scores.bits.subList(PROMPT.length - 1, whole.length - 1))
          .isEqualTo(chosen.logprobBits);
      assertThat(scores.best.subList(PROMPT.length - 1, whole.length - 1)).isEqualTo(chosen.top);
      assertThat(scores.tokens).hasSize(1);
    }
  }

  private static GenerationRequest top(String id, int[] prompt, int tokens, boolean scored) {
    return new GenerationRequest(
        id, prompt, new int[0], Sampling.greedy(), tokens, 3, List.of(), true, scored, "salt");
  }

  /// Hears how probable a prompt was.
  private static final class Scores extends Recording {
    final List<Integer> positions = new ArrayList<>();
    final List<Integer> bits = new ArrayList<>();
    final List<List<String>> best = new ArrayList<>();

    @Override
    public void onPromptToken(int position, int token, float logprob, TopLogprobs likeliest) {
      assertThat(natural).hasSize(position);
      positions.add(position);
      bits.add(Float.floatToRawIntBits(logprob));
      List<String> row = new ArrayList<>();
      for (int i = 0; i < likeliest.count(); i++) {
        row.add(likeliest.token(i) + ":" + Float.floatToRawIntBits(likeliest.logprob(i)));
      }
      best.add(row);
    }
  }

  private ContinuousBatch batch(BatchLimits limits) {
    ContinuousBatch batch = new ContinuousBatch(model, limits);
    open.add(batch);
    return batch;
  }

  private static boolean offer(ContinuousBatch batch, GenerationRequest request) {
    return batch.offer(request, SteeringSource.none(), new Recording());
  }

  private static GenerationRequest request(String id, int tokens) {
    return new GenerationRequest(
        id, PROMPT, new int[0], Sampling.greedy(), tokens, 0, List.of(), true);
  }

  private static GenerationRequest resumed(String id, boolean ignoreEos, int... committed) {
    return new GenerationRequest(
        id, PROMPT, committed, Sampling.greedy(), 2, 0, List.of(), ignoreEos);
  }

  private static SteeringSource source(List<String> asked, boolean history) {
    return new SteeringSource() {
      @Override
      public Steering steeringFor(int position, boolean generationPhase) {
        asked.add(position + (generationPhase ? "g" : ""));
        return Steering.NONE;
      }

      @Override
      public boolean needsHistory() {
        return history;
      }
    };
  }

  private static void run(ContinuousBatch batch) {
    while (batch.active() > 0) {
      assertThat(batch.step()).isPositive();
    }
  }
}
