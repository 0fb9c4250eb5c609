/// What a corpus says about one code.
package dev.steerage.index.about;
