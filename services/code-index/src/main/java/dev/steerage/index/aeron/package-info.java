/// Live frames and look-ups in, answers out.
package dev.steerage.index.aeron;
