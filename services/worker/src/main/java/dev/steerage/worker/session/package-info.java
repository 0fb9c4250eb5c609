/// Sessions: which turn may begin, and what it continues.
package dev.steerage.worker.session;
