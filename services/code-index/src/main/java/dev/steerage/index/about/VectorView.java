package dev.steerage.index.about;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.corpus.TokenTable;
import dev.steerage.schemas.index.AboutCode.LensToken;
import dev.steerage.schemas.index.AboutCode.Related;
import java.util.List;
import java.util.function.Function;

/// What the weights of a model say about its codes.
public interface VectorView {
  /// Of a model whose weights are not at hand.
  VectorView NONE =
      new VectorView() {
        @Override
        public List<LensToken> lens(Code code, int most, TokenTable tokens) {
          return List.of();
        }

        @Override
        public List<Related> nearest(Code code, int most, Function<Code, String> label) {
          return List.of();
        }
      };

  /// Tokens that the code raises, then those that it lowers, strongest first.
  List<LensToken> lens(Code code, int most, TokenTable tokens);

  /// Codes of the same site with the most similar vectors.
  List<Related> nearest(Code code, int most, Function<Code, String> label);
}
