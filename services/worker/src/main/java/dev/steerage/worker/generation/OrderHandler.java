package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.worker.rules.Refused;
import dev.steerage.worker.tick.TickEvent;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/// Does what commands say to requests that are here. Decode thread only.
final class OrderHandler {
  private final String worker;
  private final Clock clock;
  private final StepEvents step;
  private final BiConsumer<Ticket, Ending> end;

  /// @param end ends a request, running or waiting
  OrderHandler(String worker, Clock clock, StepEvents step, BiConsumer<Ticket, Ending> end) {
    this.worker = worker;
    this.clock = clock;
    this.step = step;
    this.end = end;
  }

  void obey(Order order, Ticket ticket) {
    switch (order.command().kind()) {
      case CANCEL -> {
        accept(order, ticket);
        end.accept(ticket, Ending.of(Completion.Reason.CANCELLED));
      }
      case STOP -> {
        accept(order, ticket);
        stop(ticket);
      }
      case DEADLINE -> deadline(order, ticket);
      case STEER -> steer(order, ticket);
    }
    step.urgent();
  }

  /// After the token being computed; there is none while a request waits.
  private void stop(Ticket ticket) {
    if (ticket.run().isPresent() && !ticket.isHeld()) {
      ticket.run().get().stopAfterToken();
    } else {
      end.accept(ticket, Ending.of(Completion.Reason.STOP));
    }
  }

  private void deadline(Order order, Ticket ticket) {
    if (order.command().deadlineMs().isEmpty()) {
      refuse(order, ticket, Refusal.MALFORMED, "a deadline command without a deadline");
      return;
    }
    accept(order, ticket);
    ticket.deadline(order.command().deadlineMs().getAsLong(), clock.nanos(), clock.epochMs());
  }

  /// The ack names the first token that the command acts on, so that a successor steers from there.
  private void steer(Order order, Ticket ticket) {
    if (ticket.run().isEmpty()) {
      ticket.early().add(order);
      return;
    }
    RequestRun run = ticket.run().get();
    Optional<Refused> refused =
        run.steering()
            .steer(
                order.id(),
                order.partition(),
                order.offset(),
                order.command().actions(),
                run.nextToken());
    refused.ifPresentOrElse(
        why -> refuse(order, ticket, why.refusal(), why.detail()), () -> accept(order, ticket));
  }

  void settle(Claim.Settled settled, Ticket ticket) {
    switch (settled.command().kind()) {
      case DEADLINE ->
          settled
              .command()
              .deadlineMs()
              .ifPresent(at -> ticket.deadline(at, clock.nanos(), clock.epochMs()));
      case STEER ->
          settled
              .tokenIndex()
              .ifPresent(
                  index ->
                      ticket
                          .run()
                          .orElseThrow()
                          .steering()
                          .resumeSteer(
                              settled.id(),
                              settled.partition(),
                              settled.offset(),
                              settled.command().actions(),
                              index));
      case STOP -> ticket.run().orElseThrow().stopAfterToken();
      // Its ack and the end of the request are one transaction.
      case CANCEL -> {}
    }
  }

  private void accept(Order order, Ticket ticket) {
    ack(order, ticket, RuleAck.Kind.ACCEPTED, Optional.empty(), Optional.empty());
  }

  private void refuse(Order order, Ticket ticket, Refusal refusal, String detail) {
    ack(order, ticket, RuleAck.Kind.REFUSED, Optional.of(refusal), Optional.of(detail));
  }

  private void ack(
      Order order,
      Ticket ticket,
      RuleAck.Kind kind,
      Optional<Refusal> refusal,
      Optional<String> detail) {
    OptionalInt token =
        ticket.run().map(run -> OptionalInt.of(run.nextToken())).orElse(OptionalInt.empty());
    step.add(
        new TickEvent.Acked(
            ticket.origin().partition(),
            order.tenant(),
            new RuleAck(
                kind,
                order.id(),
                RuleAck.SubjectKind.COMMAND,
                order.offset(),
                Optional.of(ticket.origin().request()),
                kind == RuleAck.Kind.ACCEPTED ? token : OptionalInt.empty(),
                worker,
                refusal,
                detail)));
  }
}
