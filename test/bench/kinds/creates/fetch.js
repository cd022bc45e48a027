import { check } from "./check.js";

const RETRIES = 3;

/** A loop around `fetch`. DingTalk's pages teach to send a call again after -1, at most 3 times; the loop also does so after any other error. */
export function create(origin, { timeout }) {
  return async (name) => {
    for (let attempt = 0; ; attempt++)
      try {
        const response = await fetch(`${origin}/role/add_role_group?access_token=token`, {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body: `name=${encodeURIComponent(name)}`,
          signal: AbortSignal.timeout(timeout),
        });
        return check(await response.json());
      } catch (error) {
        const isRefused = error.errcode !== undefined && error.errcode !== -1;
        if (isRefused || attempt === RETRIES) throw error;
      }
  };
}
