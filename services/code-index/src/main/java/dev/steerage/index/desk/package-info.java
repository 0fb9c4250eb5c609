/// Questions about corpora, answered beside the index's own thread.
package dev.steerage.index.desk;
