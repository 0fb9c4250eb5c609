/** An answer that is no success, in the gateway's words. */
export class ApiError extends Error {
  /** @param {number} status @param {{message?: string, code?: string, param?: string, problems?: {kind: string, detail: string}[]}} error @param {number | null} retryAfterS */
  constructor(status, error, retryAfterS) {
    super(error.message || `the gateway answered ${status}`);
    this.status = status;
    this.code = error.code ?? null;
    this.param = error.param ?? null;
    this.problems = error.problems ?? [];
    this.retryAfterS = retryAfterS;
  }
}

/** Who calls: a key for this browser tab only, and the tenant. */
export const credentials = {
  get key() {
    return sessionStorage.getItem("steerage.key");
  },
  set key(value) {
    if (value) sessionStorage.setItem("steerage.key", value);
    else sessionStorage.removeItem("steerage.key");
  },
  get tenant() {
    return localStorage.getItem("steerage.tenant");
  },
  set tenant(value) {
    if (value) localStorage.setItem("steerage.tenant", value);
    else localStorage.removeItem("steerage.tenant");
  },
};

/** @returns {Record<string, string>} */
export function identityHeaders() {
  const headers = {};
  if (credentials.key) headers.Authorization = `Bearer ${credentials.key}`;
  if (credentials.tenant) headers["Steerage-Tenant"] = credentials.tenant;
  return headers;
}

/** A path of segments that may hold anything. @param {...string} segments */
export const path = (...segments) => `/api/v1/${segments.map(encodeURIComponent).join("/")}`;

/**
 * @param {string} method
 * @param {string} url
 * @param {{query?: Record<string, any>, body?: any, headers?: Record<string, string>, signal?: AbortSignal}} [options]
 */
export async function call(method, url, { query, body, headers, signal } = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const address = search.size ? `${url}?${search}` : url;
  let response;
  try {
    response = await fetch(address, {
      method,
      signal,
      cache: "no-store",
      // What is taken away is taken away, also when the page is being closed.
      keepalive: method === "DELETE",
      headers: { ...identityHeaders(), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new ApiError(0, { message: "the gateway cannot be reached", code: "unreachable" }, 1);
  }
  if (!response.ok) throw await errorOf(response);
  return response.status === 204 ? null : response.json();
}

/** @param {Response} response */
export async function errorOf(response) {
  const retryAfter = Number(response.headers.get("Retry-After"));
  const error = await response.json().then((json) => json?.error, () => null);
  return new ApiError(response.status, error ?? {}, Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null);
}

export const get = (url, query, signal) => call("GET", url, { query, signal });
export const post = (url, body, query) => call("POST", url, { body, query });
export const put = (url, body, options = {}) => call("PUT", url, { body, ...options });
export const del = (url, options = {}) => call("DELETE", url, options);
