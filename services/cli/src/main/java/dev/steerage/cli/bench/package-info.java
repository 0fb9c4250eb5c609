/// Measurements that a user can repeat on an installation of their own.
package dev.steerage.cli.bench;
