package dev.steerage.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// One broker for the test class, with the catalogue's topics for the named tenants.
///
/// Test methods and constructors take it as a [TestBroker] parameter. Tests of a class share it:
/// use [TestBroker#newTenant()] where they must not see each other's records.
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BrokerExtension.class)
public @interface WithBroker {

  String[] tenants() default {"default"};
}
