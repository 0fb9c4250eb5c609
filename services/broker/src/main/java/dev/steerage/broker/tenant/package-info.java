/// Tenants on a cluster: topics, principals, ACLs and quotas, from one declarative file.
package dev.steerage.broker.tenant;
