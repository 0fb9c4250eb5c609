/// The data of the index: counts, contexts, recent requests and concepts, sharded by tenant.
///
/// One thread, the index agent, owns every object of this package.
package dev.steerage.index.store;
