/** The same call for each mock. `ready` resolves with the `fetch` that sends it. */
const headers = { "Content-Type": "application/x-www-form-urlencoded;charset=utf-8" };
const init = { method: "POST", headers, body: `name=${encodeURIComponent("制造部")}` };
export const path = "/role/add_role_group?access_token=token";

export function callBy(ready) {
  return async () => {
    const { fetch, origin } = await ready;
    const response = await fetch(origin + path, init);
    return response.json();
  };
}
