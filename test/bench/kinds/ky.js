import ky from "ky";

export function create(prefix) {
  const api = ky.create({ prefix });
  return () =>
    api
      .post("role/add_role_group", {
        searchParams: { access_token: "token" },
        body: new URLSearchParams({ name: "制造部" }),
      })
      .json();
}
