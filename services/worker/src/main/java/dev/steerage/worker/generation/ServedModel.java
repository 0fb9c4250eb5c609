package dev.steerage.worker.generation;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.worker.tick.CodeFrame;

/// The model that a worker runs, under the name that prompts use.
///
/// @param shape what rules are checked against
/// @param layout how the codes of one position lie in a frame
public record ServedModel(
    String name, CodebookTransformer engine, ModelShape shape, CodeFrame.Layout layout) {

  public static ServedModel of(String name, CodebookTransformer engine) {
    var shape =
        new ModelShape(
            name,
            engine.sites().stream()
                .map(s -> new SiteShape(s.site(), s.codes(), s.activeCodes(), s.width()))
                .toList(),
            engine.config().vocabulary(),
            engine.config().maxPositions());
    int[] activeCodes = engine.sites().stream().mapToInt(CodebookSite::activeCodes).toArray();
    return new ServedModel(name, engine, shape, new CodeFrame.Layout(activeCodes));
  }
}
