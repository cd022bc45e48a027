import axios from "axios";

export function create(baseURL) {
  const api = axios.create({ baseURL });
  return async () => {
    const { data } = await api.post("/role/add_role_group", new URLSearchParams({ name: "制造部" }), {
      params: { access_token: "token" },
    });
    return data;
  };
}
