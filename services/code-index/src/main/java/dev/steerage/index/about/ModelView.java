package dev.steerage.index.about;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.TokenTable;
import dev.steerage.ops.Backends;
import dev.steerage.schemas.index.AboutCode.LensToken;
import dev.steerage.schemas.index.AboutCode.Related;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.lens.CodeLens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The weights of a corpus' model, read from where it was built. One caller at a time.
public final class ModelView implements VectorView, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelView.class);

  private final CodebookTransformer model;
  private final CodeLens lens;

  private ModelView(CodebookTransformer model) {
    this.model = model;
    this.lens = new CodeLens(model);
  }

  /// Loads the model; none where the folder is gone or holds other weights.
  public static Optional<ModelView> of(CorpusInfo info) {
    Path folder = Path.of(info.modelFolder());
    if (info.modelFolder().isEmpty() || !Files.isDirectory(folder)) {
      return Optional.empty();
    }
    CodebookTransformer model;
    try {
      model = CodebookTransformer.load(folder, Backends.byName("auto"));
    } catch (CheckpointException e) {
      LOG.atWarn().addKeyValue("folder", folder).setCause(e).log("no lens: model cannot be read");
      return Optional.empty();
    }
    if (!model.hash().equals(info.modelHash())) {
      LOG.atWarn().addKeyValue("folder", folder).log("no lens: the folder has other weights now");
      model.close();
      return Optional.empty();
    }
    return Optional.of(new ModelView(model));
  }

  private Optional<CodebookSite> site(Code code) {
    return model.sites().stream().filter(site -> site.site().equals(code.site())).findFirst();
  }

  @Override
  public synchronized List<LensToken> lens(Code code, int most, TokenTable tokens) {
    return site(code).stream()
        .flatMap(site -> lens.tokens(site, code.id(), most).stream())
        .map(token -> new LensToken(token.id(), tokens.text(token.id()), token.logit()))
        .toList();
  }

  @Override
  public synchronized List<Related> nearest(Code code, int most, Function<Code, String> label) {
    return site(code).stream()
        .flatMap(site -> lens.nearest(site, code.id(), most).stream())
        .map(each -> related(new Code(code.site(), each.code()), each.cosine(), label))
        .toList();
  }

  private static Related related(Code code, double cosine, Function<Code, String> label) {
    return new Related(code, cosine, Double.NaN, 0, label.apply(code));
  }

  @Override
  public synchronized void close() {
    lens.close();
    model.close();
  }
}
