/// How a command finds the system that it talks to.
package dev.steerage.cli.connection;
