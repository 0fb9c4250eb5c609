/// What documents are about: codes that fire all through them.
package dev.steerage.index.topics;
