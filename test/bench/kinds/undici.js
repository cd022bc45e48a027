import { request } from "undici";

export function create(origin) {
  return async () => {
    const { body } = await request(`${origin}/role/add_role_group?access_token=token`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: `name=${encodeURIComponent("制造部")}`,
    });
    return body.json();
  };
}
