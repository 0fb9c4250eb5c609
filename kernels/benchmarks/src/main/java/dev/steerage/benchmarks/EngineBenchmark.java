package dev.steerage.benchmarks;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One step of a continuous batch that decodes on every stream; a stream that ends begins anew.
/// Tokens per second = streams / time per step. `-Dmodels` names the folder of shipped models.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBenchmark implements GenerationListener {
  @Param({"vector", "native"})
  public String backend;

  @Param({"tokfsm", "stories"})
  public String model;

  @Param({"1", "8", "64"})
  public int streams;

  private CodebookTransformer transformer;
  private ContinuousBatch batch;
  private long begun;

  @Setup
  public void load() {
    Path models = Path.of(System.getProperty("models"));
    transformer = CodebookTransformer.load(models.resolve(model), Backends.byName(backend));
    int positions = transformer.config().maxPositions() + 16;
    batch =
        new ContinuousBatch(transformer, new BatchLimits(streams, streams, streams * positions, 1));
  }

  @TearDown
  public void close() {
    batch.close();
    transformer.close();
  }

  @Benchmark
  public int step() {
    while (batch.active() < streams) {
      begin();
    }
    return batch.step();
  }

  private void begin() {
    int tokens = transformer.config().maxPositions() - 1;
    int[] prompt = {transformer.tokenizer().bos().orElse(0)};
    Sampling sampling = new Sampling(1f, 0, 1f, 1f, begun);
    GenerationRequest request =
        new GenerationRequest(
            "r" + begun++, prompt, new int[0], sampling, tokens, 0, List.of(), true);
    if (!batch.offer(request, SteeringSource.none(), this)) {
      throw new IllegalStateException("batch: streams=" + streams + " do not fit");
    }
  }

  @Override
  public void onForward(int position, CodeView natural, CodeView effective) {}

  @Override
  public void onToken(int index, int token, float logprob, TopLogprobs top) {}

  @Override
  public void onFinished(FinishReason reason) {}
}
