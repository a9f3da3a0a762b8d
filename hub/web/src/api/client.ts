// Calls to the hub. Every failure becomes a Failure with something to say.

import { t } from "../i18n/text";

export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly said: string,
    readonly hint: string | null,
  ) {
    super(said);
  }
}

/** Called when the hub no longer knows this browser. */
export const onLoggedOut: { call: () => void } = { call: () => undefined };

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "x-hearth": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(address(path), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout ? AbortSignal.timeout(LONGEST_MS) : null,
    });
  } catch {
    throw new Failure(0, t("unreachable"), null);
  }
  const text = await response.text();
  let value: unknown = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = null;
  }
  if (response.ok) return value as T;
  const error = (value ?? {}) as { said?: string; hint?: string | null };
  const isLogin = path === "login" || path === "claim" || path === "password" || path === "pin";
  if (response.status === 401 && !isLogin) onLoggedOut.call();
  throw new Failure(response.status, error.said ?? t("failed"), error.hint ?? null);
}

/** Where a call goes. Relative, so that it also works below a path. */
export const address = (path: string) => `api/v1/${path}`;

export const get = <T>(path: string) => call<T>("GET", path);
export const post = <T>(path: string, body: unknown) => call<T>("POST", path, body);
export const put = <T>(path: string, body: unknown) => call<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown) => call<T>("PATCH", path, body);
export const remove = <T>(path: string) => call<T>("DELETE", path);

/** What went wrong, for a person. */
export function spoken(error: unknown): string {
  if (error instanceof Failure) return error.hint ? `${error.said} – ${error.hint}` : error.said;
  return t("failed");
}

const LONGEST_MS = 120_000;
