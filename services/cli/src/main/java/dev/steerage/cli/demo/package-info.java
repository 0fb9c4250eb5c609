/// The main job in under a minute, shown step by step.
package dev.steerage.cli.demo;
