package dev.steerage.transformer.lens;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a code says by its vector alone: the tokens that it raises and lowers through the output
/// head, and the codes whose vectors are most like it. For one thread.
///
/// The final norm divides by the deviation of the whole residual stream, which one code does not
/// have: the lens takes it as 1, centres the vector and applies gamma. So its numbers order tokens
/// and compare codes; they are no logits of any text. A code in one of k slots counts 1/k.
public final class CodeLens implements AutoCloseable {
  private final ResidualMap map;

  public CodeLens(CodebookTransformer model) {
    map = new ResidualMap(model);
  }

  /// A token and by how much it changes.
  public record Token(int id, float logit) {}

  /// A code of the same site.
  public record Neighbour(int code, double cosine) {}

  /// The change of every token's logit; none: the site has no direct way to the output.
  public Optional<float[]> logits(CodebookSite site, int code) {
    return map.residual(site, map.vector(site, code))
        .map(residual -> map.logits(residual, site.activeCodes()));
  }

  /// What a code in one of the site's slots adds to the residual stream; none: it acts through the
  /// attention scores only.
  public Optional<float[]> residual(CodebookSite site, int code) {
    Optional<float[]> whole = map.residual(site, map.vector(site, code));
    whole.ifPresent(
        vector -> {
          for (int i = 0; i < vector.length; i++) {
            vector[i] /= site.activeCodes();
          }
        });
    return whole;
  }

  /// The tokens that are raised most, then those that are lowered most.
  ///
  /// @param most of each
  public List<Token> tokens(CodebookSite site, int code, int most) {
    Optional<float[]> logits = logits(site, code);
    if (logits.isEmpty()) {
      return List.of();
    }
    List<Token> all = new ArrayList<>();
    for (int id = 0; id < logits.get().length; id++) {
      all.add(new Token(id, logits.get()[id]));
    }
    all.sort(Comparator.comparingDouble(Token::logit).reversed().thenComparingInt(Token::id));
    List<Token> found = new ArrayList<>();
    all.stream().limit(most).filter(token -> token.logit() > 0).forEach(found::add);
    all.reversed().stream().limit(most).filter(token -> token.logit() < 0).forEach(found::add);
    return found;
  }

  /// The codes of the same site whose vectors point the same way, most similar first.
  public List<Neighbour> nearest(CodebookSite site, int code, int most) {
    float[] own = map.vector(site, code);
    List<Neighbour> all = new ArrayList<>();
    for (int other = 0; other < site.codes(); other++) {
      if (other != code) {
        all.add(new Neighbour(other, cosine(own, map.vector(site, other))));
      }
    }
    all.sort(
        Comparator.comparingDouble(Neighbour::cosine).reversed().thenComparingInt(Neighbour::code));
    return all.subList(0, Math.min(most, all.size()));
  }

  private static double cosine(float[] left, float[] right) {
    double product = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      product += (double) left[i] * right[i];
      leftSquares += (double) left[i] * left[i];
      rightSquares += (double) right[i] * right[i];
    }
    double norms = Math.sqrt(leftSquares * rightSquares);
    return norms == 0 ? 0 : product / norms;
  }

  @Override
  public void close() {
    map.close();
  }
}
