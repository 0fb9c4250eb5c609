package dev.steerage.worker.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CommandDeskTest {
  private static final long MS = 1_000_000;

  private final List<Order> unknown = new ArrayList<>();
  private final CommandDesk desk = new CommandDesk(100, 3, unknown::add);

  private static Order order(String tenant, String id, String request) {
    var command =
        new Command(
            1,
            Optional.of(id),
            request,
            Command.Kind.CANCEL,
            OptionalLong.empty(),
            List.of(),
            "test");
    return new Order(new TenantId(tenant), id, command, 0, 0, 0);
  }

  @Test
  void shouldKeepACommandForARequestThatComesLater() {
    Order order = order("a", "1", "r");
    desk.keep(order, 0);

    assertThat(desk.take("a", "r")).containsExactly(order);
    assertThat(desk.take("a", "r")).isEmpty();
  }

  @Test
  void shouldNotMixTenants() {
    desk.keep(order("a", "1", "r"), 0);

    assertThat(desk.take("b", "r")).isEmpty();
  }

  @Test
  void shouldGiveUpACommandAfterItsTime() {
    Order order = order("a", "1", "r");
    desk.keep(order, 0);

    desk.expire(99 * MS);
    assertThat(unknown).isEmpty();

    desk.expire(100 * MS);
    assertThat(unknown).containsExactly(order);
    assertThat(desk.take("a", "r")).isEmpty();
  }

  @Test
  void shouldGiveUpTheOldestAtItsLimit() {
    for (int i = 0; i < 4; i++) {
      desk.keep(order("a", "c" + i, "r" + i), i);
    }

    assertThat(unknown).extracting(Order::id).containsExactly("c0");
    assertThat(desk.size()).isEqualTo(3);
  }
}
