/// Activations and histograms as bytes: façades over the codecs generated from
/// `schemas/aeron/activations.xml`. One instance belongs to one thread and is used again for every
/// message.
package dev.steerage.schemas.sbe;
