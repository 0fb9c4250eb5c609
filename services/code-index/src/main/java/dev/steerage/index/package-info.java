/// The code index: what is known about every code, per tenant, from committed records and live
/// frames.
package dev.steerage.index;
