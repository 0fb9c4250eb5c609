/// Look-ups in the code index: what can be asked, what comes back, and how both travel as SBE.
package dev.steerage.schemas.index;
