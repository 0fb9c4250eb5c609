/// The streams between workers, the code index and its clients.
package dev.steerage.schemas.aeron;
