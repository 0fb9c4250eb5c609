/// Which codes tell a property, which heads take part in a task, what codes of two models share.
package dev.steerage.cli.analysis;
