/// Live windows, health and metrics over HTTP on the loopback address.
package dev.steerage.statistics.http;
