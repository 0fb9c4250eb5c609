package dev.steerage.testkit;

import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Starts the broker of [WithBroker] before the first test of a class and closes it after the last.
public final class BrokerExtension implements BeforeAllCallback, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(BrokerExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    broker(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestBroker.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return broker(context);
  }

  private static TestBroker broker(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    // The store of the class closes the broker when the class is done.
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(testClass, BrokerExtension::start, TestBroker.class);
  }

  private static TestBroker start(Class<?> testClass) {
    WithBroker annotation = testClass.getAnnotation(WithBroker.class);
    List<String> tenants = annotation == null ? List.of("default") : List.of(annotation.tenants());
    return TestBroker.start(tenants);
  }
}
