/// What single codes do in any model: what they raise, which heads they name.
package dev.steerage.experiments.codes;
