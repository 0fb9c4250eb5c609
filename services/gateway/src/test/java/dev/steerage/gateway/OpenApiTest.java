package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.gateway.api.ApiRoutes;
import dev.steerage.gateway.api.Parts;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.openai.OpenAiRoutes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the published contract with the router, and its examples with its schemas.
class OpenApiTest {
  private static final Contract CONTRACT = new Contract();
  private static final Parts NOTHING =
      new Parts(null, null, null, null, null, null, null, null, null);

  private static List<Route> routes() {
    // Handlers are named, not called.
    return Stream.concat(
            new ApiRoutes(NOTHING, null, () -> true).all().stream(),
            new OpenAiRoutes(NOTHING).routes().stream())
        .toList();
  }

  @Test
  void shouldHaveTheSameOperationsAsTheRouter() {
    Set<String> answered =
        routes().stream()
            .map(route -> route.method() + " " + route.template())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> published =
        CONTRACT.operations().stream()
            .map(Contract.Operation::toString)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(answered).isEqualTo(published);
  }

  @Test
  void shouldDemandAKeyWhereTheRouterDoes() {
    Set<String> openRoutes =
        routes().stream()
            .filter(route -> route.role().isEmpty())
            .map(Route::template)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> openPaths =
        CONTRACT.operations().stream()
            .filter(operation -> operation.node().has("security"))
            .map(Contract.Operation::path)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(openRoutes).isEqualTo(openPaths);
  }

  @Test
  void shouldNameEachOperationOnce() {
    List<String> ids =
        CONTRACT.operations().stream()
            .map(operation -> operation.node().path("operationId").asString(""))
            .toList();

    assertThat(ids).doesNotContain("");
    assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
  }

  static List<Contract.Body> examples() {
    return CONTRACT.examples();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldHaveExamplesOfTheirOwnForm(Contract.Body example) {
    assertThat(CONTRACT.problems(example.pointer(), example.value())).isEmpty();
  }

  @Test
  void shouldNoticeABodyOfAnotherForm() {
    var error = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode().put("error", 1);

    assertThat(CONTRACT.problems("/components/schemas/Error", error)).isNotEmpty();
  }
}
