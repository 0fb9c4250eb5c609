/// Requests and what comes back for them.
package dev.steerage.cli.prompt;
